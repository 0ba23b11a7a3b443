"""Who let a blocked platform or cell go: kept per day in the lake, and folded into the table breaker_release of that day.

    LAKE/<group>/_releases/2026-11-21.json     what was released for that day, by whom, why and when it was recorded

The day's exports read the table. A day that is made again reads the same file, so it comes out the same.
"""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import dagster as dg
import polars as pl

from assets.house import House
from assets.lake import Lake
from assets.progress import tell
from assets.table import CHECKS, audit, check_specs, day_of, publish, spec_of
from pipelines.shape import in_shape
from schemas.tables.breaker import BREAKER_RELEASE, WHOLE

FOLDER = "_releases"


def asset(partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    """The asset that folds a day's releases."""

    @dg.multi_asset(
        name="breaker_releases",
        specs=[spec_of(BREAKER_RELEASE)],
        check_specs=check_specs(BREAKER_RELEASE.name, CHECKS),
        partitions_def=partitions,
    )
    def body(context: dg.AssetExecutionContext, house: House) -> Iterator[Any]:
        started, day = time.monotonic(), day_of(context)
        frame = released(house.tables, day)
        path = house.tables.stage(BREAKER_RELEASE.name, day, frame)
        yield from publish(context, house, [audit(house, BREAKER_RELEASE, path, frame, day)])
        tell(BREAKER_RELEASE.name, frame.height, started)

    return body


def released(lake: Lake, day: date) -> pl.DataFrame:
    """The rows of breaker_release of a day, the newest of each platform and cell."""
    told = {(one["platform"], one["cell"]): one for one in _kept(lake, day)}
    rows = [{**one, "released_at": datetime.fromisoformat(one["released_at"])} for one in told.values()]
    return in_shape(pl.DataFrame(rows, schema=BREAKER_RELEASE.schema.create_empty().schema), BREAKER_RELEASE)


def record(lake: Lake, day: date, platform: str, cell: str | None, reason: str, by: str, at: datetime | None = None) -> None:
    """Keep a release of a day. Atomic; `at` is the moment it was given, now where absent."""
    given = (at or datetime.now(UTC)).replace(microsecond=0).isoformat()
    one = {"platform": platform, "cell": cell or WHOLE, "reason": reason, "released_by": by, "released_at": given}
    lake.write_json(_place(day), {"releases": [*_kept(lake, day), one]})


def _kept(lake: Lake, day: date) -> list[dict[str, Any]]:
    return (lake.read_json(_place(day)) or {"releases": []})["releases"]


def _place(day: date) -> str:
    return f"{FOLDER}/{day.isoformat()}.json"
