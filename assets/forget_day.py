"""The first asset of a day: forgets who asked for it on an earlier day, and tells the feeds whose rows stay out.

Somebody who asks to be deleted is suppressed on the day of the request, and that day's exports ask platforms to drop them.
They are forgotten on the first later morning on which no platform holds them and no removal of theirs is on its way.
"""

import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import dagster as dg
import polars as pl

from assets import forget_removals as removals
from assets import forget_tombstones
from assets.forget import Asked, forget, resume, settle
from assets.forget_subject import NobodyThere
from assets.house import House
from assets.lake import Lake
from assets.progress import tell
from assets.seed import check_lake
from assets.table import CHECKS, audit, check_specs, day_of, publish, spec_of
from schemas.tables.forgotten import FORGET_PROOF, FORGOTTEN, PENDING_REMOVAL, ForgetProof, Forgotten

NAME = "forgotten_people"
NOTHING_LEFT = {"nothing_left": "After an erasure no file of the lake names the person."}
TABLES = (FORGOTTEN, FORGET_PROOF, PENDING_REMOVAL)


def asset(partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    """The asset; every feed comes after it."""

    @dg.multi_asset(
        name=NAME,
        specs=[spec_of(table, deps=["receipt_member"]) for table in TABLES],  # what is confirmed is owed no more
        check_specs=[
            *(spec for table in TABLES for spec in check_specs(table.name, CHECKS)),
            *check_specs(FORGET_PROOF.name, NOTHING_LEFT),
        ],
        partitions_def=partitions,
    )
    def body(context: dg.AssetExecutionContext, house: House) -> Iterator[Any]:
        started, day = time.monotonic(), day_of(context)
        done = forget_due(house, day)
        left = sorted({file for one in done for file in one["left_in"]})
        yield dg.AssetCheckResult(
            asset_key=FORGET_PROOF.name,
            check_name="nothing_left",
            passed=not left,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"erasures": len(done), "files": left},
        )
        frames = (_published(house.tables, day, FORGOTTEN.name, Forgotten.create_empty()),
                  _published(house.tables, day, FORGET_PROOF.name, ForgetProof.create_empty()),
                  removals.carried(house.tables, day))  # fmt: skip
        staged = [
            audit(house, table, house.tables.stage(table.name, day, frame), frame, day)
            for table, frame in zip(TABLES, frames, strict=True)
        ]
        yield from publish(context, house, staged)
        tell(NAME, len(done), started)

    return body


def _published(lake: Lake, day: date, table: str, empty: pl.DataFrame) -> pl.DataFrame:
    return lake.read(table, day) if day in lake.days(table) else empty


def forget_due(house: House, day: date) -> list[dict[str, Any]]:
    """Finish what was cut, purge what is confirmed, forget who is due; return the certificates."""
    check_lake(house.tables, house.seed)
    done = [*resume(house), *settle(house, day)]
    for person_id in due(house.tables, day):
        asked = Asked("a deletion was asked for in the feed privacy_requests", "the daily run", day, day.isoformat())
        try:
            done.append(forget(house, person_id, asked))
        except NobodyThere:  # went with somebody who was forgotten a moment ago
            continue
    return done


def due(lake: Lake, day: date) -> list[str]:
    """Who asked to be deleted by the newest earlier day, whom no platform holds and of whom no removal was asked on that day."""
    earlier = [one for one in lake.days("suppression") if one < day]
    if not earlier:
        return []
    last = earlier[-1]
    asked = lake.read("suppression", last).filter(pl.col("reason") == "deletion")["person_id"].unique()
    busy = [lake.read(one, last)["person_id"] for one in ("delivered", "export_member") if last in lake.days(one)]
    waiting = set(pl.concat(busy).to_list()) if busy else set()
    return sorted(set(asked.to_list()) - waiting)


def lift(lake: Lake, tombstone_id: str, day: date) -> int:
    """Put a tombstone out of force: rows of the person that come from now on are taken again. Returns the hashes it had."""
    rows = forget_tombstones.in_force(lake).filter(pl.col("tombstone_id") == tombstone_id)
    if rows.height:
        one = pl.DataFrame(
            {"tombstone_id": [tombstone_id], "scope": ["lifted"], "key_hash": [""], "forgotten_on": [day]},
        )
        forget_tombstones.add(lake, day, one)
    return rows.height
