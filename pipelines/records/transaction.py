"""transaction: deals, repair orders and appointments in one schema. Yesterday's, with those touched today made anew."""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.normalise.name import is_business_name, plain
from pipelines.records.contact_record_dms import EMAILS, NAME, PARTIES, PHONES, Party, person_key
from pipelines.records.current_rows import current_rows
from pipelines.records.rooftop_alias import rooftop_aliases, rooftop_of
from pipelines.step import Day, Input, Step
from schemas.sources import all_feeds
from schemas.tables.records import TRANSACTION, Transaction

FEEDS = ("dms_sales", "dms_service", "dms_appointments")
OPERATIONS = ("op_codes", "recommended_ops", "op_texts", "recommended_texts")
TRADER_WORDS = ("auction", "auctions", "wholesale", "manheim", "adesa", "motors", "auto sales", "dealership", "carmax", "carvana")
FLEET_WORDS = ("fleet", "rental", "rentals", "rent a car", "hertz", "leasing", "fleet services")


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """The transactions of the day, sorted by transaction_id."""
    fresh = pl.concat([_fresh(engine, feed, day) for feed in FEEDS]).sort("transaction_id")
    previous = Transaction.cast(engine.sql("SELECT * FROM previous_transaction").select(Transaction.column_names()))
    kept = previous.join(fresh.select("transaction_id"), on="transaction_id", how="anti")
    return pl.concat([kept, fresh]).sort("transaction_id")


def _fresh(engine: Engine, feed: str, day: Day) -> pl.DataFrame:
    """The transactions of one feed that were touched on the day."""
    current = engine.sql(current_rows(feed, [field.name for field in all_feeds()[feed].fields]), as_of=day.as_of)
    engine.register("current", _with_buyer(current) if feed == "dms_sales" else current)
    for party in (one for one in PARTIES if one.feed == feed):
        engine.register(party.role, _people_of(engine, party, day))
    found = engine.sql(query_text("pipelines.records", f"transaction_{feed}"))
    return _finished(found, day)


def _people_of(engine: Engine, party: Party, day: Day) -> pl.DataFrame:
    return engine.sql(person_key(party), as_of=day.as_of)


def _with_buyer(deals: pl.DataFrame) -> pl.DataFrame:
    """What the deal does not say itself: whether the buyer trades in cars or runs a fleet, and whether a co-buyer is stated."""
    name = pl.coalesce("customer_full_name", pl.col("customer_last_name"))
    distinct = deals.select(name.alias("name")).drop_nulls().unique()
    words = {one: f" {plain(one)} " if is_business_name(one) else "" for one in distinct.get_column("name")}
    flagged = pl.col("customer_party_type").str.to_lowercase().str.starts_with("b").fill_null(False)
    known = name.replace_strict(words, default="", return_dtype=pl.String)
    stated = [f"co_buyer_{one}" for one in (*NAME, *PHONES, *EMAILS, "number")]
    return deals.with_columns(
        (flagged & known.str.contains_any([f" {one} " for one in TRADER_WORDS])).alias("is_trader"),
        (flagged & known.str.contains_any([f" {one} " for one in FLEET_WORDS])).alias("is_fleet"),
        pl.any_horizontal(pl.col(stated).is_not_null()).alias("has_co_buyer"),
    )


def _finished(found: pl.DataFrame, day: Day) -> pl.DataFrame:
    """Exactly the columns of Transaction: rooftops named, lists without blanks and repeats, the rest null."""
    frame = found.with_columns(rooftop_of(["rooftop_ref"], rooftop_aliases(day.policy.group)).alias("rooftop_id"))
    lacking = [name for name in Transaction.column_names() if name not in frame.columns]
    frame = frame.with_columns(pl.lit(None).alias(name) for name in lacking)
    frame = frame.with_columns(pl.col(one).cast(pl.List(pl.String)).fill_null([]) for one in OPERATIONS)
    said = pl.element().filter(pl.element().is_not_null() & (pl.element().str.strip_chars() != ""))
    lists = pl.col(*OPERATIONS).list.eval(said).list.unique(maintain_order=True)
    return Transaction.cast(frame.with_columns(lists).select(Transaction.column_names()))


STEP = Step(
    tables=(TRANSACTION,),
    inputs=(*(Input(feed, "until") for feed in FEEDS), Input("transaction", "previous")),
    build=build,
)
