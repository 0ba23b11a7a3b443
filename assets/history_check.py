"""Whether the day's entries and exits explain the sizes: a check on membership_change, audience by audience."""

import time
from datetime import date

import dagster as dg
import polars as pl

from assets.house import House
from assets.lake import Lake
from assets.progress import tell

NAME = "entries_less_exits"


def check() -> dg.AssetChecksDefinition:
    """The asset check. What breaks it stops what follows in the day; the day is the run's."""

    @dg.asset_check(
        asset="membership_change",
        name=NAME,
        description="For every audience, entries less exits are today's members less those of the day before.",
        additional_deps=["membership"],
        blocking=True,
    )
    def entries_less_exits(context: dg.AssetCheckExecutionContext, house: House) -> dg.AssetCheckResult:
        started = time.monotonic()
        wrong = unexplained(house.tables, date.fromisoformat(context.partition_key))
        tell(NAME, wrong.height, started)
        return dg.AssetCheckResult(passed=wrong.is_empty(), metadata={"audiences": dg.MetadataValue.json(wrong.to_dicts())})

    return entries_less_exits


def unexplained(lake: Lake, day: date) -> pl.DataFrame:
    """audience, before, after, entered, left where they do not add up; no rows where they do."""
    earlier = [one for one in lake.days("membership") if one < day]
    now = lake.read("membership", day).select("audience")
    before = lake.read("membership", earlier[-1]).select("audience") if earlier else now.clear()
    changes = lake.read("membership_change", day).select("audience", change=pl.col("change").cast(pl.String))
    parts = {
        "before": before,
        "after": now,
        "entered": changes.filter(pl.col("change") == "enter"),
        "left": changes.filter(pl.col("change") == "leave"),
    }
    every = pl.concat([frame.select("audience") for frame in parts.values()]).unique().sort("audience")
    for name, frame in parts.items():
        every = every.join(frame.group_by("audience").agg(pl.len().cast(pl.Int64).alias(name)), on="audience", how="left")
    counted = every.with_columns(pl.col(list(parts)).fill_null(0))
    return counted.filter(pl.col("before") + pl.col("entered") - pl.col("left") != pl.col("after"))
