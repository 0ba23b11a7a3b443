"""What was delivered since the last run of a day, closed and folded into the lake: tables receipt, receipt_member and drift.

A run of a day begins by asking deliveries to stop. What they did is then part of the day's tables, and the exports are made
against it: what was not confirmed is asked again. Deliveries of earlier days are closed for good.
"""

import shutil
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl

from assets.delivery.facts import drifts, expected_in, member_rows_of, receipts
from assets.delivery.journal import CLOSED, FOLDER, Journal, close, folders
from assets.delivery.lock import stopped_delivery
from assets.delivery.standing import shut
from assets.house import House
from assets.lake import Lake
from assets.progress import tell
from assets.table import CHECKS, audit, check_specs, day_of, publish, spec_of
from pipelines.shape import in_shape
from schemas.contract import Table
from schemas.tables.receipts import DRIFT, RECEIPT, RECEIPT_MEMBER

TABLES = (RECEIPT, RECEIPT_MEMBER, DRIFT)
PATIENCE_SECONDS = 900  # one body may take 600 seconds by policy


def asset(partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    """The asset that closes deliveries and folds them into the day."""

    @dg.multi_asset(
        name="deliveries_folded",
        specs=[spec_of(table) for table in TABLES],
        check_specs=[spec for table in TABLES for spec in check_specs(table.name, CHECKS)],
        partitions_def=partitions,
    )
    def body(context: dg.AssetExecutionContext, house: House) -> Iterator[Any]:
        started, day, lake = time.monotonic(), day_of(context), house.tables
        frames = folded(lake, day)
        paths = [lake.stage(table.name, day, frames[table.name]) for table in TABLES]
        staged = [audit(house, table, path, frames[table.name], day) for table, path in zip(TABLES, paths, strict=True)]
        yield from publish(context, house, staged)
        clear(lake, day)
        tell(RECEIPT.name, frames[RECEIPT.name].height, started)

    return body


def folded(lake: Lake, day: date) -> dict[str, pl.DataFrame]:
    """Rows of the three tables for a day: those that it has, and of every delivery that no partition tells of. Closes them."""
    shut(lake, day)
    known = told_of(lake)
    found = [_rows(lake, journal) for journal in _closed(lake, day) if journal.plan.delivery not in known]
    return {table.name: _all(lake, table, day, [one[table.name] for one in found]) for table in TABLES}


def told_of(lake: Lake) -> set[str]:
    """Deliveries that the lake's receipts tell of."""
    parts = [lake.part(RECEIPT.name, one) for one in lake.days(RECEIPT.name)]
    return {name for part in parts for name in pl.read_parquet(part, columns=["delivery"])["delivery"].unique().to_list()}


def clear(lake: Lake, day: date) -> None:
    """Remove what the tables now hold. A delivery without a body is told by no row, and goes too."""
    known = told_of(lake)
    for folder in folders(lake, day):
        if folder.name.endswith(CLOSED):
            journal = Journal(folder)
            if journal.plan.delivery in known or not journal.plan.batches:
                shutil.rmtree(folder)
    for left in sorted((lake.home / FOLDER).glob("????-??-??/*/.*.part")):  # plans that a kill kept from appearing
        if date.fromisoformat(left.parent.parent.name) <= day:
            shutil.rmtree(left)


def _closed(lake: Lake, day: date) -> list[Journal]:
    """Every delivery on disk up to a day, first to last, with nobody sending any more."""
    by_platform: dict[str, list[Path]] = {}
    for folder in folders(lake, day):
        by_platform.setdefault(folder.parent.name, []).append(folder)
    found = []
    for platform, places in sorted(by_platform.items()):
        with stopped_delivery(lake, platform, PATIENCE_SECONDS):
            found += [Journal(close(place)) for place in places]
    return sorted(found, key=lambda one: (one.plan.day, one.plan.platform, one.plan.number))


def _rows(lake: Lake, journal: Journal) -> dict[str, pl.DataFrame]:
    return {
        RECEIPT.name: receipts(journal),
        RECEIPT_MEMBER.name: member_rows_of(journal),
        DRIFT.name: drifts(journal, expected_in(lake, journal)),
    }


def _all(lake: Lake, table: Table, day: date, new: list[pl.DataFrame]) -> pl.DataFrame:
    part = lake.part(table.name, day)
    before = [in_shape(pl.read_parquet(part), table)] if part.is_file() else []
    return in_shape(pl.concat([table.schema.create_empty(), *before, *new], how="vertical_relaxed"), table)
