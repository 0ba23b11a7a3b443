"""A world of a given size: simulate it, run its first full day and the next one, and print time and memory per stage.

    ./run python benchmarks/day.py --people 85000 --months 18 --out out/bench

Each part is a process of its own; peak memory is the largest resident set of that process.
"""

import argparse
import json
import os
import platform
import re
import resource
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

from assets.catalogue import all_contracts

ROOT = Path(__file__).resolve().parents[1]
LINE = re.compile(r"\[\d+/\d+\] (?P<name>\w+): (?P<rows>\d+) rows, (?P<seconds>[\d.]+) s, peak (?P<peak>\d+) MB")
GROUP = "velocity_b"


def velocity(*arguments: str) -> tuple[float, int, str]:
    """Run the command; return seconds, peak MB of it, and what it said."""
    before = time.monotonic()
    command = [sys.executable, "-c", "from assets.cli import main; main()", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        said = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3):
        raise SystemExit(said)
    return time.monotonic() - before, usage.ru_maxrss // 1024, said


def stages(said: str) -> dict[str, dict[str, float]]:
    """Seconds, rows and peak by stage, from the command's progress lines."""
    found: dict[str, dict[str, float]] = {}
    for line in LINE.finditer(said):
        table = all_contracts().get(line["name"])
        stage = table.stage if table else "exports"
        kept = found.setdefault(stage, {"seconds": 0.0, "rows": 0, "peak": 0})
        kept["seconds"] += float(line["seconds"])
        kept["rows"] += int(line["rows"])
        kept["peak"] = max(kept["peak"], int(line["peak"]))
    return found


def show(title: str, seconds: float, peak: int, said: str) -> None:
    """One Markdown table for one run."""
    by_stage = stages(said)
    after = sum(kept["seconds"] for stage, kept in by_stage.items() if stage != "sources")
    print(f"\n### {title}: {seconds:.0f} s in all, {after:.0f} s after ingest, peak {peak:,} MB\n")
    print("| stage | seconds | rows | peak MB so far |\n|---|---|---|---|")
    for stage, kept in by_stage.items():
        print(f"| {stage} | {kept['seconds']:.1f} | {int(kept['rows']):,} | {int(kept['peak']):,} |")


def main() -> None:
    """Run the benchmark."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=85000)
    asked.add_argument("--months", type=int, default=18)
    asked.add_argument("--until", default="2026-11-21")
    asked.add_argument("--out", type=Path, required=True)
    told = asked.parse_args()
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    print(json.dumps({"python": platform.python_version(), "cores": os.cpu_count(), "memory_gb": memory_gb}))
    world, lake = (told.out / "world").resolve(), (told.out / "lake").resolve()
    size = ["--people", str(told.people), "--months", str(told.months), "--until", told.until, "--seed", "7"]
    seconds, peak, _ = velocity("simulate", "--group", GROUP, *size, "--out", str(world))
    print(f"\n### simulate {told.people:,} people, {told.months} months: {seconds:.0f} s, peak {peak:,} MB")
    last = date.fromisoformat(told.until)
    for title, day in (("first full day", last - timedelta(days=1)), ("the following day", last)):
        where = ["--drop", str(world / "drop"), "--lake", str(lake)]
        show(title, *velocity("run", "--group", GROUP, "--date", day.isoformat(), *where))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
