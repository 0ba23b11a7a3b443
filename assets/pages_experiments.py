"""Writes the page of hold-outs and tests of a day."""

import time
from collections.abc import Iterator

import dagster as dg

from assets.experiments_view import experiments_view
from assets.house import House
from assets.progress import tell
from assets.table import day_of


def asset(partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    """The asset of the page."""

    @dg.asset(
        name="experiments_site",
        deps=["experiment_arm", "experiment_health", "assignment", "geo_balance"],
        group_name="reports",
        owners=["team:marketing"],
        kinds={"html"},
        partitions_def=partitions,
        description="Hold-outs and tests: arms and their sizes, balance, power by now, contamination, dark ZIPs.",
    )
    def experiments_site(context: dg.AssetExecutionContext, house: House) -> Iterator[dg.MaterializeResult]:
        started, day = time.monotonic(), day_of(context)
        view = experiments_view(house.tables, day)
        place = house.tables.write_bytes(f"_site/{day.isoformat()}/experiments.html", view.page(house.rules).encode())
        tell("experiments_site", view.arms.height, started)
        yield dg.MaterializeResult(metadata={"dagster/uri": str(place), "arms": view.arms.height})

    return experiments_site
