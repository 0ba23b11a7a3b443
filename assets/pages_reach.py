"""Writes the page of a day's reach and of its circuit breaker."""

import time
from collections.abc import Iterator

import dagster as dg

from assets.house import House
from assets.progress import tell
from assets.table import day_of
from pipelines.reports.reach_page import TABLES, reach_page


def asset(partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    """The asset of the page."""

    @dg.asset(
        name="reach_site",
        deps=list(TABLES),
        group_name="reports",
        owners=["team:marketing"],
        kinds={"html"},
        partitions_def=partitions,
        description="What each platform could find, which lists are too small and why, frequency, and what is held back.",
    )
    def reach_site(context: dg.AssetExecutionContext, house: House) -> Iterator[dg.MaterializeResult]:
        started, day, lake = time.monotonic(), day_of(context), house.tables
        frames = {name: lake.read(name, day) for name in TABLES}
        place = lake.write_bytes(f"_site/{day.isoformat()}/reach.html", reach_page(day, house.rules, frames).encode())
        tell("reach_site", frames["reach"].height, started)
        yield dg.MaterializeResult(metadata={"dagster/uri": str(place), "cells": frames["reach"].height})

    return reach_site
