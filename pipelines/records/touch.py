"""touch: what people and devices did, and what was done to them, taken in on the day. One query; millions of rows stay columns.

touch_<feed>.sql brings a feed's rows into one raw shape, touch.sql into the common schema. Sorted by time, then id.
"""

from datetime import date, time, timedelta
from itertools import pairwise

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.normalise.email import standard_emails
from pipelines.records.rooftop_alias import rooftop_aliases
from pipelines.records.touch_web_names import web_event_kinds
from pipelines.step import Day, Input, Step
from schemas.policy import Group
from schemas.tables.records import TOUCH, Touch

PACKAGE = "pipelines.records"
FEEDS = ("web_events", "crm_leads", "call_tracking", "shopping_signals", "email_status", "campaign_exposures")
SOURCES = (*FEEDS, "transaction")
SLICE_ROWS = 1_000_000  # web events sorted and converted at a time; bounds memory, changes no row
EARLIEST, LATEST = -(2**62), 2**62
NOON_YEARS = 30  # date-only events further back have no moment; no feed keeps more


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """The touches taken in on the day, sorted by occurred_at and touch_id."""
    engine.register("rooftop_alias", rooftop_aliases(day.policy.group))
    engine.register("own_source", own_sources(day.policy.group))
    engine.register("noon", noons(day.policy.group.time_zone, day.as_of))
    engine.register("web_event_kind", web_event_kinds(_column(engine, "SELECT DISTINCT event_name FROM web_events")))
    _register_emails(engine, day)
    _register_spellings(engine)
    engine.register("earlier_submission", engine.sql(query_text(PACKAGE, "touch_earlier_submission"), as_of=day.as_of))
    engine.register("web_submission", engine.sql(query_text(PACKAGE, "touch_web_submission")))
    events = "\nUNION ALL BY NAME\n".join(f"({_with_all_columns(source)})" for source in SOURCES)
    query = f"WITH event AS ({events})\n{query_text(PACKAGE, 'touch')}"
    parts = [_part(engine.sql(query, as_of=day.as_of, from_micros=low, until_micros=high)) for low, high in _slices(engine)]
    return pl.concat(parts, rechunk=False)


def _slices(engine: Engine) -> list[tuple[int, int]]:
    """Consecutive spans of time with about SLICE_ROWS web events each, so that a first day of millions fits in memory."""
    rows = _column(engine, "SELECT count(*) FROM web_events").item()
    shares = [at / -(-rows // SLICE_ROWS) for at in range(1, -(-rows // SLICE_ROWS))]
    query = "SELECT unnest(quantile_disc(event_micros, $shares::DOUBLE[])) FROM web_events"
    cuts = engine.sql(query, shares=shares).to_series().to_list() if shares else []
    bounds = [EARLIEST, *sorted(set(cuts)), LATEST]
    return list(pairwise(bounds))


def _part(found: pl.DataFrame) -> pl.DataFrame:
    return Touch.cast(found.with_columns(pl.col("occurred_at").dt.replace_time_zone("UTC")).select(Touch.column_names()))


def own_sources(group: Group) -> pl.DataFrame:
    """[name]: the names, in lower case, under which the group's own sites send leads."""
    names = {group.title.lower()}
    for rooftop in group.rooftops:
        names |= {one.lower() for one in (rooftop.title, *rooftop.vendor_names, *rooftop.web_hostnames)}
    return pl.DataFrame({"name": sorted(names)}, schema={"name": pl.String})


def noons(time_zone: str, as_of: date) -> pl.DataFrame:
    """[happened_on, noon_micros]: noon in the group's time zone, in microseconds UTC, for events that know only a day."""
    first = as_of - timedelta(days=366 * NOON_YEARS)
    days = pl.DataFrame({"happened_on": pl.date_range(first, as_of + timedelta(days=1), eager=True)})
    noon = pl.col("happened_on").dt.combine(time(12)).dt.replace_time_zone(time_zone)
    return days.with_columns(noon.dt.epoch("us").alias("noon_micros"))


def _with_all_columns(source: str) -> str:
    """The query of a source. The first source is web_events, which has all columns but these two."""
    query = query_text(PACKAGE, f"touch_{source}")
    return (
        f"SELECT *, NULL::DATE AS happened_on, NULL::BIGINT AS duration_seconds FROM ({query})"
        if source == "web_events"
        else query
    )


def _register_emails(engine: Engine, day: Day) -> None:
    forms = standard_emails(_column(engine, "SELECT DISTINCT email FROM email_status"), day.policy.identity.placeholder_emails)
    engine.register("email_form", forms.filter("is_valid").select("raw", "standard"))
    wanted = "SELECT sha256(standard) AS email_hash FROM email_form UNION SELECT lower(email_sha256) FROM campaign_exposures"
    engine.register("wanted_hash", engine.sql(wanted))
    engine.register("email_record", engine.sql(query_text(PACKAGE, "touch_email_record")))


def _register_spellings(engine: Engine) -> None:
    """What makes and models are as typed, also where underscores were typed for spaces."""
    query = "SELECT kind::VARCHAR AS kind, context, replace(raw, '_', ' ') AS raw, matched FROM vocabulary_match ORDER BY ALL"
    known = engine.sql(query).filter(pl.col("matched").is_not_null())
    matched = known.unique(["kind", "context", "raw"], keep="first", maintain_order=True)
    makes = matched.filter(pl.col("kind") == "make").select("raw", make="matched")
    models = matched.filter(pl.col("kind") == "model").select(make="context", raw_model="raw", model="matched")
    engine.register("spelling_make", makes)
    engine.register("spelling_model", makes.select(raw_make="raw", make="make").join(models, on="make").drop("make"))


def _column(engine: Engine, query: str) -> pl.Series:
    return engine.sql(query).to_series()


STEP = Step(
    tables=(TOUCH,),
    inputs=(
        *(Input(feed) for feed in FEEDS),
        Input("vehicle"),
        Input("vocabulary_match"),
        Input("contact_record"),
        Input("transaction"),
        Input("transaction", "previous"),
        Input("touch", "until"),
    ),
    build=build,
)
