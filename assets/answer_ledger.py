"""What the pull interface told, folded into the lake with each day: table shared_by_answer, beside what exports shared.

A day takes every record since the newest earlier day that was folded, up to its own end in the group's time zone; run again, it
takes the same ones.
"""

import time
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import dagster as dg
import polars as pl

from assets.house import House
from assets.lake import Lake
from assets.progress import tell
from assets.service.audit import records
from assets.table import CHECKS, audit, check_specs, day_of, publish, spec_of
from pipelines.shape import in_shape
from schemas.tables.service import SHARED_BY_ANSWER

KEY = ("person_id", "recipient", "cell", "client", "purpose", "shared_on", "basis")


def asset(partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    """The asset that folds a day's records."""

    @dg.multi_asset(
        name="answers_told",
        specs=[spec_of(SHARED_BY_ANSWER, deps=["shared_with"])],
        check_specs=check_specs(SHARED_BY_ANSWER.name, CHECKS),
        partitions_def=partitions,
    )
    def body(context: dg.AssetExecutionContext, house: House) -> Iterator[Any]:
        started, day = time.monotonic(), day_of(context)
        frame = folded(house.tables, day)
        path = house.tables.stage(SHARED_BY_ANSWER.name, day, frame)
        yield from publish(context, house, [audit(house, SHARED_BY_ANSWER, path, frame, day)])
        tell(SHARED_BY_ANSWER.name, frame.height, started)

    return body


def folded(lake: Lake, day: date) -> pl.DataFrame:
    """The rows of shared_by_answer of a day, from the records of the service."""
    earlier = [one for one in lake.days(SHARED_BY_ANSWER.name) if one < day]
    rows = [
        {**told, **one, "shared_on": date.fromisoformat(one["day"]), "at": datetime.fromisoformat(one["at"])}
        for one in records(lake, earlier[-1] if earlier else None, day)
        for told in one["told"]
    ]
    dtypes = SHARED_BY_ANSWER.schema.create_empty().schema
    frame = pl.DataFrame(rows, schema={name: dtypes[name] for name in KEY} | {"at": dtypes["first_at"]})
    counted = frame.group_by(KEY).agg(answers=pl.len().cast(pl.Int64), first_at=pl.col("at").min(), last_at=pl.col("at").max())
    return in_shape(counted, SHARED_BY_ANSWER)
