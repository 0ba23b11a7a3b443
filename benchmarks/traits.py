"""Touches to traits beside a query that only scans and groups the same columns, and a day's delta beside all of it.

    ./run python -m benchmarks.traits --touches 5000000,50000000 --out out/traits

- peer: one DuckDB query over every touch, grouped by the columns that the traits read, on the same engine and memory limit.
- full: every touch into `touch_day` (written as Parquet, about a million touches at a time), then intent, its drivers, its
  dimensions and interest of the last day.
- daily: the last day's touches into `touch_day`, then the same four tables from the state that the full run left.

Each is a process of its own. Wall and CPU seconds are of the work, without starting Python; peak memory is of the process.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

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
PEER = """
    SELECT count(*) FROM (
        SELECT record_id, CAST(timezone('America/New_York', occurred_at) AS DATE) AS local_day, feed, kind, source, rooftop_id,
            vin, make, model, body_style, condition, price, count(*) AS touches, min(occurred_at), max(occurred_at)
        FROM touch
        GROUP BY ALL
    )
"""
HEADINGS = ("touches", "what", "wall s", "CPU s", "peak MB", "of peer, wall", "of peer, CPU", "of full, wall", "of full, CPU")


def day_of() -> Day:
    """The last day of the made touches, by the policy of the example group."""
    return Day(as_of=LAST, policy=load_policy(GROUP), seed="")


def engine_in(folder: Path) -> DuckDBEngine:
    """An engine that spills into the folder."""
    return DuckDBEngine(temp=folder / "spill", memory_limit=MEMORY_LIMIT)


def partitions(folder: Path) -> list[Path]:
    """The files of touches, by day of delivery."""
    return sorted((folder / "touch").glob("dt=*/*.parquet"))


def peer(folder: Path) -> int:
    """Scan and group; rows of the result."""
    engine = engine_in(folder)
    engine.view("touch", partitions(folder))
    return int(engine.sql(PEER).item())


def counted(folder: Path, files: Iterable[Path], name: str) -> None:
    """Count the touches of some files and write them as a part of the state."""
    engine = engine_in(folder)
    engine.view("touch", list(files))
    state = folder / "state"
    state.mkdir(exist_ok=True)
    touch_day.build(engine, day_of()).write_parquet(state / f"{name}.parquet", compression="zstd", row_group_size=250_000)
    engine.close()


def traits(folder: Path) -> int:
    """The four tables of the last day; their rows."""
    engine = engine_in(folder)
    engine.view("touch_day", sorted((folder / "state").glob("*.parquet")))
    engine.view("member", [folder / "member.parquet"])
    for table in (GARAGE, VEHICLE, TOUCH_EXCLUSION):
        engine.register(table.name, table.schema.create_empty())
    engine.register("inventory", INVENTORY.schema().create_empty())
    frames = intent.build(engine, day_of())
    return sum(frame.height for frame in frames.values())


def full(folder: Path) -> int:
    """Everything from every touch."""
    files = partitions(folder)
    touches = sum(pl.scan_parquet(file).select(pl.len()).collect().item() for file in files[:1]) * DAYS
    per_chunk = max(1, min(DAYS - 1, CHUNK_TOUCHES * DAYS // max(touches, 1)))
    earlier = files[:-1]
    for first in range(0, len(earlier), per_chunk):
        counted(folder, earlier[first : first + per_chunk], f"{first:04}")
    return daily(folder)


def daily(folder: Path) -> int:
    """The last day on the state of the days before."""
    counted(folder, partitions(folder)[-1:], "last")
    return traits(folder)


WORK = {"peer": peer, "full": full, "daily": daily}


def measured(folder: Path, what: str) -> dict[str, float]:
    """Run one of them in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.traits", "--only", what, "--out", str(folder)]
    said = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(said.stdout.strip().splitlines()[-1])


def only(folder: Path, what: str) -> None:
    """Do the work and print seconds and peak memory as JSON."""
    wall, cpu = time.monotonic(), time.process_time()
    rows = WORK[what](folder)
    spent = {"wall": time.monotonic() - wall, "cpu": time.process_time() - cpu}
    print(json.dumps({**spent, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "rows": rows}))


def compare(touches: int, folder: Path) -> None:
    """Make the touches if they are not there, measure all three and print a table row for each."""
    if not (folder / "member.parquet").exists():
        write_touches(touches, folder)
        write_members(touches, folder)
    found: dict[str, dict[str, float]] = {}
    for what in WORK:
        one = found[what] = measured(folder, what)
        of_peer = [f"{one[kind] / found['peer'][kind]:.2f}" for kind in ("wall", "cpu")]
        of_full = [f"{one[kind] / found['full'][kind]:.3f}" if what == "daily" else "" for kind in ("wall", "cpu")]
        figures = [f"{touches:,}", what, f"{one['wall']:.1f}", f"{one['cpu']:.1f}", f"{one['peak']:,.0f}", *of_peer, *of_full]
        print(f"| {' | '.join(figures)} |", flush=True)


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
