"""The ledger of the day: whose data was shared with whom, for which purpose and on which basis.

Where people upload files, what was made is what was shared. Where we deliver, receipts tell: the day's ledger has what was
delivered since the day before, each with the body's key and the moment; what may have arrived, and what the platform rejected,
was shared too.
"""

import polars as pl

from pipelines.engine import Engine
from pipelines.step import Day
from schemas.platforms import all_platforms


def shared(engine: Engine, day: Day, sent: pl.DataFrame) -> pl.DataFrame:
    """The columns of shared_with. `sent` are the day's asks: platform, cell, person_id, action, basis, identifiers, withdrawn."""
    return pl.concat([_by_hand(sent, day), _by_receipts(engine, day)], how="diagonal_relaxed")


def _by_hand(sent: pl.DataFrame, day: Day) -> pl.DataFrame:
    """What was asked of platforms to which people upload: nothing is told, where a removal has nothing left to name."""
    receipted = [name for name, one in day.policy.channels.platforms.items() if one.delivery is not None]
    recipients = {name: one.recipient for name, one in all_platforms().items()}
    purposes = {name: one.purpose for name, one in all_platforms().items()}
    is_told = (pl.col("identifiers").list.len() > 0) | (pl.col("withdrawn").list.len() > 0)
    told = sent.filter(is_told & ~pl.col("platform").is_in(receipted))
    return told.select(
        "person_id",
        "cell",
        "basis",
        pl.col("action").cast(pl.String),
        recipient=pl.col("platform").replace_strict(recipients, default=pl.col("platform"), return_dtype=pl.String),
        purpose=pl.col("platform").replace_strict(purposes, default="ads", return_dtype=pl.String),
        shared_on=pl.lit(day.as_of),
        batch_key=pl.lit(""),
        shared_at=pl.lit(None, pl.Datetime("us", "UTC")),
        outcome=pl.lit("made"),
    )


def _by_receipts(engine: Engine, day: Day) -> pl.DataFrame:
    """What was delivered since the day before. Both sides of a changed member may be in it: what was added and what withdrawn."""
    told = engine.sql("SELECT * FROM receipt_member WHERE batch_key IS NOT NULL AND answered_at IS NOT NULL")
    zone = day.policy.group.time_zone if told.height else "UTC"
    is_drop = pl.col("side").cast(pl.String) == "drop"
    return told.select(
        "person_id",
        "cell",
        "basis",
        "recipient",
        "purpose",
        "batch_key",
        action=pl.when(is_drop).then(pl.lit("remove")).otherwise(pl.col("action").cast(pl.String)),
        shared_on=pl.col("answered_at").dt.convert_time_zone(zone).dt.date(),
        shared_at="answered_at",
        outcome=pl.col("outcome").cast(pl.String),
    ).with_columns(action=pl.col("action").replace("replace", "refresh"))
