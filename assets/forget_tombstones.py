"""The tombstones of a lake. All days are in force whatever day is run: a past day that is made again brings nobody back."""

from datetime import date

import polars as pl

from assets.lake import Lake
from schemas.tables.forgotten import FORGOTTEN, Forgotten


def every(lake: Lake) -> pl.DataFrame:
    """Every tombstone row of the lake, lifted ones too."""
    parts = [lake.read(FORGOTTEN.name, day) for day in lake.days(FORGOTTEN.name)]
    return pl.concat([Forgotten.create_empty(), *parts])


def in_force(lake: Lake) -> pl.DataFrame:
    """Tombstone rows that were not lifted since."""
    rows = every(lake)
    lifted = rows.filter(pl.col("scope") == "lifted")["tombstone_id"]
    return rows.filter(~pl.col("tombstone_id").is_in(lifted.implode()))


def add(lake: Lake, day: date, rows: pl.DataFrame) -> None:
    """Add tombstone rows to a day, atomically; what is there already changes nothing."""
    before = lake.read(FORGOTTEN.name, day) if day in lake.days(FORGOTTEN.name) else Forgotten.create_empty()
    both = pl.concat([before, rows.cast(dict(before.schema)).select(before.columns)])  # type: ignore[arg-type]  # a mapping's keys are invariant
    kept = both.unique(FORGOTTEN.key, keep="first", maintain_order=True).sort(FORGOTTEN.key)
    lake.publish(lake.stage(FORGOTTEN.name, day, kept), FORGOTTEN.name, day)
