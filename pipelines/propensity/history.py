"""What was known at the end of a day, today or in the past: one code for learning and for scoring, so that they cannot differ."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.propensity.allowed import refuse_others
from pipelines.step import Day, Input
from pipelines.traits.touch_exclusion import left_out
from schemas.vocabulary_propensity import FEATURES

PACKAGE = "pipelines.propensity"
MEMORY_DAYS = 120  # behaviour further back is not looked at: half of a month's half-life is left 4 times over
UNIT = ("unit_id", "person_id", "population", "draw")
INPUTS = (
    *(Input(name) for name in ("member", "person", "contact_record", "transaction", "vehicle", "consent_event")),
    *(Input(name) for name in ("web_attachment", "web_evidence")),
    *(Input(name, "until") for name in ("touch_day", "crm_contacts", "ownership_lists")),
    Input("busy_minute", "until"),
    Input("web_network"),
)
ACTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "vehicle": ("vdp_view",),
        "browse": ("srp_view", "media_view", "special_offer", "search_model", "review_read", "cta_click", "page_view"),
        "tool": ("payment_tool", "configure", "form_start"),
        "form": ("form_sales", "form_trade", "form_credit", "form_test_drive"),
        "lead": ("lead",),
        "third_lead": ("lead_third_party",),
        "talk": ("click_to_call", "chat", "call_sales"),
        "third": ("third_party_vdp", "third_party_search", "third_party_signal"),
        "mail": ("email_open", "email_click"),
        "service": ("form_service", "call_service", "appointment"),
    }
)
# Purchases and visits are read from the deals and orders themselves; an advertisement shown is our act, not the person's.


def register_history(engine: Engine, day: Day, from_on: date) -> None:
    """Register known_record, act, look, deal and visit, for cutoffs from `from_on` to the day.

    Machines, staff and own devices are judged by the rules of touch_exclusion over all the days that are looked at.
    """
    rows = [(kind, act) for act, kinds in ACTS.items() for kind in kinds]
    engine.register("kind_act", pl.DataFrame(rows, schema={"kind": pl.String, "act": pl.String}, orient="row"))
    window = {"from_on": from_on - timedelta(days=MEMORY_DAYS), "as_of": day.as_of}
    engine.register("left_out", left_out(engine, day, window["from_on"]).select("record_id"))
    made = {
        "known_record": engine.sql(query_text(PACKAGE, "records"), as_of=day.as_of),
        "act": engine.sql(query_text(PACKAGE, "acts"), **window),
        "look": engine.sql(query_text(PACKAGE, "looks"), **window),
        "deal": engine.sql(query_text(PACKAGE, "deals"), as_of=day.as_of),
        "visit": engine.sql(query_text(PACKAGE, "visits"), as_of=day.as_of),
    }
    for name, frame in made.items():
        engine.register(name, frame)


def features_at(engine: Engine, day: Day, cutoff: date) -> pl.DataFrame:
    """unit_id, person_id, population, draw and every feature of the closed list, as known at the end of `cutoff`; sorted by unit.

    Needs register_history. Null where nothing is known or nothing happened.
    """
    loss = day.policy.scoring.depreciation
    found = engine.sql(
        query_text(PACKAGE, "features"),
        cutoff=cutoff,
        seed=day.seed,
        first_year=loss.first_year,
        later_years=loss.later_years,
        band=loss.band,
    )
    refuse_others(name for name in found.columns if name not in UNIT)
    return found.select(*UNIT, *(pl.col(name).cast(pl.Float64) for name in FEATURES))


def with_labels(engine: Engine, frame: pl.DataFrame, cutoff: date, horizon_days: int) -> pl.DataFrame:
    """Those who had not decided yet on the cutoff, with has_bought: a retail deal here within the horizon after it."""
    labels = engine.sql(query_text(PACKAGE, "labels"), cutoff=cutoff, horizon_days=horizon_days)
    told = frame.join(labels, on="person_id", how="left", maintain_order="left")
    told = told.with_columns(pl.col("has_bought", "has_decided").fill_null(False))
    return told.filter(~pl.col("has_decided")).drop("has_decided")


def first_day_of_behaviour(engine: Engine, as_of: date) -> date | None:
    """The first local day of any touch that is not of the DMS; None where there is none yet."""
    query = "SELECT min(local_day) AS day FROM touch_day WHERE NOT starts_with(feed, 'dms_') AND local_day <= $as_of"
    found = engine.sql(query, as_of=as_of).item()
    return found if isinstance(found, date) else None
