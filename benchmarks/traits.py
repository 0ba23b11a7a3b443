"""Touches to traits beside a query that only scans and groups the same columns, and a day's delta beside all of it.

    ./run python -m benchmarks.traits --touches 5000000,50000000 --out out/traits

- peer: one DuckDB query over every touch, grouped by the columns that the traits read; its groups are counted, not kept.
- full: every touch into `touch_day` (written as Parquet, about a million touches at a time), then intent, its drivers, its
  dimensions and interest of the last day, as frames in memory.
- daily: the last day's touches into `touch_day`, then the same four tables from the state that the full run left.
- peer, written: the peer's groups written as Parquet, and the window's groups with their person at the grain of our tables
  (person and kind by make; person and value of a dimension), counted and written as Parquet.
- full, written and daily, written: the same runs with the four tables written as Parquet too.

Each is a process of its own, on the same engine, memory limit and files. Wall and CPU seconds are of the work, without starting
Python and without reading the policy; peak memory is of the process.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl

from assets.engine import DuckDBEngine
from assets.policy_files import load_policy
from benchmarks.touch_world import DAYS, LAST, write_members, write_touches
from pipelines.records import touch_day
from pipelines.step import Day
from pipelines.traits import intent
from schemas.sources.inventory import FEED as INVENTORY
from schemas.tables.identity import GARAGE
from schemas.tables.records import VEHICLE
from schemas.tables.touches import TOUCH_EXCLUSION

GROUP = "velocity_b"
MEMORY_LIMIT = "3GB"
CHUNK_TOUCHES = 1_000_000
GROUPS = """
    SELECT record_id, CAST(timezone('America/New_York', occurred_at) AS DATE) AS local_day, feed, kind, source, rooftop_id,
        vin, make, model, body_style, condition, price,
        count(*) AS touches, min(occurred_at) AS first_at, max(occurred_at) AS last_at
    FROM touch
    GROUP BY ALL
"""
PEER = f"SELECT count(*) FROM ({GROUPS}) WHERE first_at <= last_at"  # the condition keeps all columns needed
OF_PERSON = """
    SELECT person_id, make, kind, count(*) AS rows, sum(touches) AS touches, min(local_day) AS first_on, max(local_day) AS last_on
    FROM groups JOIN member USING (record_id)
    WHERE local_day >= $starts_on
    GROUP BY GROUPING SETS ((person_id, kind), (person_id, make, kind))
"""
OF_VALUE = """
    SELECT person_id, make, model, body_style, condition, CAST(price // 10000 AS INTEGER) AS band, sum(touches) AS touches
    FROM groups JOIN member USING (record_id)
    WHERE local_day >= $starts_on
    GROUP BY GROUPING SETS (
        (person_id, make), (person_id, make, model), (person_id, body_style), (person_id, condition), (person_id, band)
    )
"""
AS_PARQUET = "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 250000)"
Frames = Mapping[str, pl.DataFrame]
HEADINGS = ("touches", "what", "wall s", "CPU s", "peak MB", "of peer, wall", "of peer, CPU", "of full, wall", "of full, CPU")


def day_of() -> Day:
    """The last day of the made touches, by the policy of the example group."""
    return Day(as_of=LAST, policy=load_policy(GROUP), seed="")


def engine_in(folder: Path) -> DuckDBEngine:
    """An engine that spills into the folder."""
    return DuckDBEngine(temp=folder / "spill", memory_limit=MEMORY_LIMIT)


def partitions(folder: Path) -> list[Path]:
    """The files of touches, by day of delivery."""
    return [file for number in range(DAYS) for file in partition(folder, LAST - timedelta(days=DAYS - 1 - number))]


def partition(folder: Path, delivered_on: date) -> list[Path]:
    """The file of touches of one day of delivery."""
    return [folder / "touch" / f"dt={delivered_on.isoformat()}" / "part-0.parquet"]


def peer(folder: Path, day: Day) -> Frames:
    """Scan and group; nothing is kept."""
    engine = engine_in(folder)
    engine.view("touch", partitions(folder))
    engine.sql(PEER)
    return {}


def peer_written(folder: Path, day: Day) -> Frames:
    """Scan, group and write; then group the window's groups by person and write."""
    folder.joinpath("peer").mkdir(exist_ok=True)
    with duckdb.connect(":memory:", config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(folder / "spill")}) as engine:
        engine.execute("SET TimeZone = 'UTC'")
        engine.execute(f"CREATE VIEW touch AS SELECT * FROM read_parquet({[str(one) for one in partitions(folder)]})")
        engine.execute(f"CREATE VIEW member AS SELECT * FROM read_parquet('{folder}/member.parquet')")
        engine.execute(f"COPY ({GROUPS}) TO '{folder}/peer/groups.parquet' {AS_PARQUET}")
        engine.execute(f"CREATE VIEW groups AS SELECT * FROM read_parquet('{folder}/peer/groups.parquet')")
        starts_on = day.as_of - timedelta(days=day.policy.scoring.intent.window_days - 1)
        for name, query in (("of_person", OF_PERSON), ("of_value", OF_VALUE)):
            engine.execute(f"COPY ({query}) TO '{folder}/peer/{name}.parquet' {AS_PARQUET}", {"starts_on": starts_on})
    return {}


def counted(folder: Path, day: Day, files: Iterable[Path], name: str) -> None:
    """Count the touches of some files and write them as a part of the state."""
    engine = engine_in(folder)
    engine.view("touch", list(files))
    state = folder / "state"
    state.mkdir(exist_ok=True)
    write(touch_day.build(engine, day), state / f"{name}.parquet")
    engine.close()


def write(frame: pl.DataFrame, place: Path) -> None:
    """Write a frame as the lake does."""
    frame.write_parquet(place, compression="zstd", statistics=True, row_group_size=250_000)


def traits(folder: Path, day: Day) -> Frames:
    """The four tables of the last day."""
    engine = engine_in(folder)
    engine.view("touch_day", sorted((folder / "state").glob("*.parquet")))
    engine.view("member", [folder / "member.parquet"])
    for table in (GARAGE, VEHICLE, TOUCH_EXCLUSION):
        engine.register(table.name, table.schema.create_empty())
    engine.register("inventory", INVENTORY.schema().create_empty())
    return intent.build(engine, day)


def full(folder: Path, day: Day) -> Frames:
    """Everything from every touch."""
    files = partitions(folder)
    touches = sum(pl.scan_parquet(file).select(pl.len()).collect().item() for file in files[:1]) * DAYS
    per_chunk = max(1, min(DAYS - 1, CHUNK_TOUCHES * DAYS // max(touches, 1)))
    earlier = files[:-1]
    for first in range(0, len(earlier), per_chunk):
        counted(folder, day, earlier[first : first + per_chunk], f"{first:04}")
    return daily(folder, day)


def daily(folder: Path, day: Day) -> Frames:
    """The last day on the state of the days before."""
    counted(folder, day, partition(folder, LAST), "last")
    return traits(folder, day)


Work = Callable[[Path, Day], Frames]
WORK: Mapping[str, Work] = {"peer": peer, "full": full, "daily": daily, "peer_written": peer_written}


def measured(folder: Path, what: str) -> dict[str, dict[str, float]]:
    """Run one of them in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.traits", "--only", what, "--out", str(folder)]
    said = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(said.stdout.strip().splitlines()[-1])


def only(folder: Path, what: str) -> None:
    """Do the work and print seconds, peak memory and rows as JSON; where tables came of it, once more with writing them."""
    day, told = day_of(), {}
    wall, cpu = time.monotonic(), time.process_time()
    frames = WORK[what](folder, day)
    told[what] = spent(wall, cpu, frames)
    for name, frame in frames.items():
        write(frame, folder / f"{name}.parquet")
    if frames:
        told[f"{what}_written"] = spent(wall, cpu, frames)
    print(json.dumps(told))


def spent(wall: float, cpu: float, frames: Frames) -> dict[str, float]:
    """Seconds since, peak memory in MB and rows."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    rows = sum(frame.height for frame in frames.values())
    return {"wall": time.monotonic() - wall, "cpu": time.process_time() - cpu, "peak": peak, "rows": rows}


def compare(touches: int, folder: Path) -> None:
    """Make the touches if they are not there, measure all and print a table row for each."""
    if not (folder / "member.parquet").exists():
        write_touches(touches, folder)
        write_members(touches, folder)
    found: dict[str, dict[str, float]] = {}
    for what in WORK:
        found |= measured(folder, what)
    for what, one in found.items():
        kept = "_written" if what.endswith("_written") else ""
        of = [ratio(one, found[f"peer{kept}"], kind) for kind in ("wall", "cpu")]
        of += [ratio(one, found[f"full{kept}"], kind) if what.startswith("daily") else "" for kind in ("wall", "cpu")]
        figures = [f"{touches:,}", what.replace("_", ", "), f"{one['wall']:.1f}", f"{one['cpu']:.1f}", f"{one['peak']:,.0f}", *of]
        print(f"| {' | '.join(figures)} |", flush=True)


def ratio(one: Mapping[str, float], other: Mapping[str, float], kind: str) -> str:
    """How many times the other's seconds."""
    return f"{one[kind] / other[kind]:.2f}"


def main() -> None:
    """Run the benchmark."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--touches", default="5000000")
    asked.add_argument("--out", type=Path, required=True)
    asked.add_argument("--only", choices=sorted(WORK))
    told = asked.parse_args()
    if told.only:
        only(told.out, told.only)
        return
    print(json.dumps({"python": platform.python_version(), "cores": os.cpu_count(), "load": os.getloadavg()[0]}))
    print(f"| {' | '.join(HEADINGS)} |\n|{'---|' * len(HEADINGS)}")
    for touches in (int(one) for one in told.touches.split(",")):
        compare(touches, told.out / f"touches_{touches}")


if __name__ == "__main__":
    main()
