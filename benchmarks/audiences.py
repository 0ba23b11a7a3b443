"""The audiences of a day: rules, exclusions, arbitration, arms and the three published tables, on a day that a lake holds.

    ./run python -m benchmarks.audiences --lake out/lake --group velocity_b --out out/audiences
    ./run python -m benchmarks.audiences --lake out/lake --group velocity_b --out out/audiences --times 10

The day's tables are read where they lie and nothing is published. `--times` lays copies of all people beside them, under ids of
their own, in the same ZIPs. Inputs are read as Parquet and tables written as such, as on a day, but for checks. Each run is a
process of its own; seconds are of the work, without starting Python and reading the policy; peak memory is of the process.
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
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from assets.engine import DuckDBEngine
from assets.lake import Lake
from assets.policy_files import POLICY_ROOT, load_policy
from assets.table import schema_of
from pipelines.audiences import audience_conquest, audience_in_market, audience_loyalty, membership
from pipelines.step import Day, Step

STEPS = {"membership": membership, "conquest": audience_conquest, "in_market": audience_in_market, "loyalty": audience_loyalty}
OF_PEOPLE = ("person_id", "household_id")
AS_PARQUET = "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 250000)"
HEADINGS = ("people", "rows judged", "eligible", "members", "wall s", "CPU s", "peak MB", "load before")


def inputs(step: Step) -> list[str]:
    """The tables of the day that a step reads."""
    return sorted({one.table for one in step.inputs if one.window == "day"})


def lay(lake: Lake, day: date, folder: Path, times: int) -> None:
    """The day's inputs as files of the folder, with `times` copies of everything that is of people."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(":memory:", config={"memory_limit": "2GB", "temp_directory": str(folder / "spill")}) as engine:
        engine.execute("SET preserve_insertion_order = false")
        for name in inputs(membership.STEP):
            source, place = lake.part(name, day), folder / f"{name}.parquet"
            held = [one for one in OF_PEOPLE if one in schema_of(name).columns()]
            if times == 1 or not held or not source.is_file():
                place.unlink(missing_ok=True)
                if source.is_file():
                    place.symlink_to(source.resolve())
                continue
            renamed = ", ".join(f"CASE copy WHEN 0 THEN {one} ELSE {one} || '-' || copy END AS {one}" for one in held)
            rows = f"SELECT t.* REPLACE ({renamed}) FROM read_parquet('{source}') t, range({times}) c(copy)"
            engine.execute(f"COPY ({rows}) TO '{place}' {AS_PARQUET}")


def made(step: Step, folder: Path, day: Day, memory: str) -> dict[str, int]:
    """Run one step on the folder's files and write what it makes there; rows per table."""
    engine = DuckDBEngine(folder / "spill", memory)
    for one in step.inputs:
        place = folder / f"{one.alias}.parquet"
        if place.exists():
            engine.view(one.alias, [place])
        else:
            engine.register(one.alias, schema_of(one.table).create_empty())
    frames = step.frames(engine, day)
    for name, frame in frames.items():
        frame.write_parquet(folder / f"{name}.parquet", compression="zstd", statistics=True, row_group_size=250_000)
    engine.close()
    return {name: frame.height for name, frame in frames.items()}


def only(folder: Path, group: str, policy: Path, day: date, memory: str) -> None:
    """Make the audiences of the folder's people once, and print seconds, peak memory and rows as JSON."""
    known = Day(day, load_policy(group, policy), "velocity")
    wall, cpu = time.monotonic(), time.process_time()
    rows: dict[str, int] = {}
    for module in STEPS.values():
        rows |= made(module.STEP, folder, known, memory)
    told = {"wall": time.monotonic() - wall, "cpu": time.process_time() - cpu}
    print(json.dumps({**told, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "rows": rows}))


def measured(told: argparse.Namespace, folder: Path, day: date) -> list[str]:
    """One run in a process of its own, as cells of the table."""
    asked = ["--only", "--out", str(folder), "--group", told.group, "--policy", str(told.policy), "--date", day.isoformat()]
    load = os.getloadavg()[0]
    command = [sys.executable, "-m", "benchmarks.audiences", *asked, "--memory", told.memory]
    said = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip().splitlines()[-1])
    judged = pl.scan_parquet(folder / "candidate.parquet").select(pl.col("person_id").n_unique().alias("people"), rows=pl.len())
    people, rows = judged.collect().row(0)
    counts = (people, rows, said["rows"]["eligibility"], said["rows"]["membership"])
    return [*(f"{one:,}" for one in counts), f"{said['wall']:.1f}", f"{said['cpu']:.1f}", f"{said['peak']:,}", f"{load:.1f}"]


def line(cells: Iterable[str]) -> str:
    """A row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Run the benchmark."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--lake", type=Path)
    asked.add_argument("--group", default="velocity_b")
    asked.add_argument("--policy", type=Path, default=POLICY_ROOT)
    asked.add_argument("--date", default="", help="a day that the lake holds; the newest where absent")
    asked.add_argument("--out", type=Path, required=True)
    asked.add_argument("--times", default="1", help="copies of all people, such as 1,10")
    asked.add_argument("--runs", type=int, default=1)
    asked.add_argument("--memory", default="3GB", help="memory limit of the engine")
    asked.add_argument("--only", action="store_true")
    told = asked.parse_args()
    if told.only:
        only(told.out, told.group, told.policy, date.fromisoformat(told.date), told.memory)
        return
    lake = Lake(told.lake.resolve(), told.group)
    day = date.fromisoformat(told.date) if told.date else lake.days("membership")[-1]
    print(json.dumps({"python": platform.python_version(), "cores": os.cpu_count(), "memory": told.memory}))
    print(f"{line(HEADINGS)}\n{line('---' for _ in HEADINGS)}")
    for times in (int(one) for one in told.times.split(",")):
        folder = told.out.resolve() / f"times_{times}"
        lay(lake, day, folder, times)
        for _ in range(told.runs):
            print(line(measured(told, folder, day)), flush=True)


if __name__ == "__main__":
    main()
