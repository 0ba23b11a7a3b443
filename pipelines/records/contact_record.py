"""contact_record: every mention of a person, in one schema. Yesterday's records, with those touched today made anew."""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.records.contact_record_dms import PARTIES, dms_mentions
from pipelines.records.contact_record_mention import mentions
from pipelines.records.contact_record_standard import contact_records
from pipelines.records.current_rows import current_rows
from pipelines.step import Day, Input, Step
from schemas.sources import all_feeds
from schemas.tables.records import CONTACT_RECORD, ContactRecord

KEYED = ("crm_contacts", "crm_leads", "shopping_signals", "ownership_lists", "household_appends", "call_tracking")
"""Feeds whose rows each mention one person; contact_record_<feed>.sql turns a current row into a mention."""

DMS = ("dms_sales", "dms_service", "dms_appointments")


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """The contact records of the day, sorted by record_id."""
    found, replaced = [], []
    for party in PARTIES:
        people, earlier = dms_mentions(engine, party, day.as_of)
        found.append(people)
        replaced.append(earlier)
    found += [_mentions_of(engine, feed, day) for feed in KEYED]
    web = engine.sql(query_text("pipelines.records", "contact_record_web_events"), as_of=day.as_of)
    found.append(mentions(web.with_columns(pl.lit("web_events").alias("feed"))))
    fresh = contact_records(pl.concat(found), day.policy, day.as_of)
    gone = pl.concat([fresh.get_column("record_id"), *replaced]).unique()
    previous = ContactRecord.cast(engine.sql("SELECT * FROM previous_contact_record").select(ContactRecord.column_names()))
    kept = previous.filter(~pl.col("record_id").is_in(gone.implode()))
    return pl.concat([kept, fresh]).sort("record_id")


def _mentions_of(engine: Engine, feed: str, day: Day) -> pl.DataFrame:
    columns = [field.name for field in all_feeds()[feed].fields]
    query = f"WITH current AS ({current_rows(feed, columns)}) {query_text('pipelines.records', f'contact_record_{feed}')}"
    return mentions(engine.sql(query, as_of=day.as_of).with_columns(pl.lit(feed).alias("feed")))


STEP = Step(
    tables=(CONTACT_RECORD,),
    inputs=(*(Input(feed, "until") for feed in (*DMS, *KEYED, "web_events")), Input("contact_record", "previous")),
    build=build,
)
