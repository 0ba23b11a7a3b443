"""What a day's exports still owe people who were forgotten: removals, in the columns of the day's changes."""

import polars as pl

from pipelines.engine import Engine
from pipelines.step import Day

OWED = """
    SELECT platform, cell, person_id, CAST(segment AS VARCHAR) AS segment, basis, identifiers FROM pending_removal
    WHERE exported_on <= $as_of ORDER BY platform, cell, person_id
"""


def owed(engine: Engine, day: Day) -> pl.DataFrame:
    """Removals of people who were forgotten, on every day until they are confirmed."""
    rows = engine.sql(OWED, as_of=day.as_of)
    return rows.with_columns(action=pl.lit("remove"), cause=pl.lit("suppressed"), withdrawn=pl.lit([], pl.List(pl.String)))
