"""warehouse.duckdb: one view per table over the lake, for people and tools that speak SQL. It holds no rows of its own."""

import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import dagster as dg
import duckdb

from assets.catalogue import all_contracts
from assets.house import House
from assets.lake import PART, Lake, replace_durably
from assets.progress import tell
from assets.table import day_of

NAME = "warehouse.duckdb"


def asset(upstream: Sequence[dg.AssetsDefinition], partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    """The asset that renews the views after everything else of the day."""
    keys = sorted({key for one in upstream for key in one.keys}, key=lambda key: key.to_user_string())

    @dg.asset(
        name="warehouse",
        deps=keys,
        group_name="reports",
        owners=["team:data"],
        kinds={"duckdb"},
        partitions_def=partitions,
        description="warehouse.duckdb with a view per table: <table> over all days, <table>_now as of the current day.",
    )
    def body(context: dg.AssetExecutionContext, house: House) -> Iterator[dg.MaterializeResult]:
        started = time.monotonic()
        place, views = write(house.tables, day_of(context))
        tell("warehouse", views, started)
        yield dg.MaterializeResult(metadata={"dagster/uri": str(place), "views": views})

    return body


def write(lake: Lake, day: date) -> tuple[Path, int]:
    """Write the views beside the lake's tables and move the file into place; return it and the number of views."""
    current = max([day, *lake.days("membership")])
    beside = lake.home / ".staged" / NAME
    beside.parent.mkdir(parents=True, exist_ok=True)
    beside.unlink(missing_ok=True)
    views = 0
    with duckdb.connect(str(beside)) as connection:
        for table in lake.tables():
            pattern = str(lake.home / table / "dt=*" / PART).replace("'", "''")
            reading = f"read_parquet('{pattern}', hive_partitioning = true, hive_types = {{'dt': DATE}})"
            connection.execute(f'CREATE VIEW "{table}" AS SELECT * FROM {reading}')
            keeps = all_contracts()[table].kind if table in all_contracts() else "snapshot"
            when = f"dt <= DATE '{current}'" if keeps == "log" else f"dt = DATE '{current}'"
            connection.execute(f'CREATE VIEW "{table}_now" AS SELECT * FROM "{table}" WHERE {when}')
            views += 2
    place = lake.home / NAME
    replace_durably(beside, place)
    return place, views
