"""Identity against Splink 5: the same records, in turn, each run a process of its own; quality, time, memory, and their ratio.

    python -m venv PEER && PEER/bin/pip install splink==5.0.0
    python -m benchmarks.identity --set dealer --records 100000,1000000 --repeat 3 --peer-python PEER/bin/python
    python -m benchmarks.identity --samples FOLDER --peer-python PEER/bin/python
    python -m benchmarks.identity --growth 100000,1000000,3000000
    python -m benchmarks.identity --increment 0.001,0.01 --records 1000000 --repeat 3

Ours answers at the one threshold of its model file; Splink gets the best of six. Wall and CPU run from opening the Parquet
file to the members in memory, without imports; "process" is all of the child, imports and writing included. Peak is the
largest resident set of the child when its members were there.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import polars as pl

from assets.identity_model_files import load_model
from benchmarks.identity_increment import increments
from benchmarks.identity_people import written
from pipelines.identity.pairwise import Pairwise, pairwise

HERE = Path(__file__).resolve().parent
MODELS = HERE / "models"
SAMPLES = {
    "dealer_20000": "dealer",
    "febrl3": "febrl3",
    "febrl4": "febrl4",
    "fake_1000": "fake_1000",
    "rldata10000": "rldata10000",
}
HEADINGS = "set | records | who | F1 | precision | recall | at | wall s | CPU s | process s | peak MB"


@dataclass(frozen=True)
class Run:
    """One run of one side. `marks` by threshold."""

    who: str
    marks: dict[str, Pairwise]
    cost: dict[str, float]
    process: float

    @property
    def best(self) -> str:
        """The threshold with the highest F1."""
        return max(self.marks, key=lambda one: (self.marks[one].f1, one))


def child(command: list[str]) -> float:
    """Run in this process group; seconds of wall. Raises SystemExit with what it said where it fails."""
    before = time.monotonic()
    told = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, check=False)
    if told.returncode:
        raise SystemExit(f"{' '.join(command)}\n{told.stdout}{told.stderr}")
    return time.monotonic() - before


def marked(folder: Path, records: Path, model: Path) -> dict[str, Pairwise]:
    """Marks by threshold of all members in `folder`; a link counts only pairs across sources."""
    told = load_model(model)
    across = told.source if told.mode == "link" and told.source else None
    truth = pl.read_parquet(records, columns=["rid", "truth", *([across] if across else [])])
    out = {}
    for path in sorted(folder.glob("members_*.parquet")):
        both = truth.join(pl.read_parquet(path), on="rid", how="left", validate="1:1", maintain_order="left")
        out[path.stem.removeprefix("members_")] = pairwise(both["cluster"], both["truth"], both[across] if across else None)
    return out


def run(who: str, told: argparse.Namespace, kind: str, records: Path, thresholds: str = "") -> Run:
    """One side on one file."""
    model = MODELS / f"{kind}.yaml"
    with tempfile.TemporaryDirectory() as made:
        command = [sys.executable, "-m", "benchmarks.identity_ours", "--model", str(model)]
        if who == "Splink 5":
            command = [told.peer_python, str(HERE / "identity_peers.py"), "--set", kind]
            command += ["--thresholds", thresholds] if thresholds else []
        process = child([*command, "--records", str(records), "--out", made])
        cost = json.loads((Path(made) / "cost.json").read_text())
        return Run(who, marked(Path(made), records, model), cost, process - cost.get("extra_wall", 0.0))


def in_turn(told: argparse.Namespace, kind: str, records: Path) -> Iterator[Run]:
    """Ours, Splink, ours, Splink; Splink tries all thresholds once and then keeps to the best."""
    best = ""
    for _ in range(told.repeat):
        yield run("ours", told, kind, records)
        if told.peer_python:
            peer = run("Splink 5", told, kind, records, best)
            best = peer.best
            yield peer


def compare(told: argparse.Namespace, kind: str, records: Path) -> None:
    """Print the rows of one file, and how many times the peer's cost ours is: the median over paired runs."""
    runs = []
    for one in in_turn(told, kind, records):
        runs.append(one)
        print(row(records, one), flush=True)
    pairs = list(zip(runs[::2], runs[1::2], strict=True)) if told.peer_python else []
    if pairs:
        parts = (
            f"{key} {median(peer.cost[key] / ours.cost[key] for ours, peer in pairs):.2f}" for key in ("wall", "cpu", "peak_mb")
        )
        print(f"Splink / ours on {records.stem}, median of {len(pairs)} paired runs: " + ", ".join(parts), flush=True)


def row(records: Path, one: Run) -> str:
    """One line of the table."""
    marks = one.marks[one.best]
    count = pl.scan_parquet(records).select(pl.len()).collect().item()
    quality = f"{marks.f1:.4f} | {marks.precision:.4f} | {marks.recall:.4f} | {one.best}"
    cost = f"{one.cost['wall']:.2f} | {one.cost['cpu']:.2f} | {one.process:.2f} | {one.cost['peak_mb']:,}"
    return f"| {records.stem} | {count:,} | {one.who} | {quality} | {cost} |"


def arguments() -> argparse.Namespace:
    """What was asked."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--set", default="dealer", choices=["dealer"], help="the generated set that --records are made of")
    asked.add_argument("--records", default="", help="sizes, separated by commas")
    asked.add_argument("--samples", type=Path, help="folder of labelled files")
    asked.add_argument("--growth", default="", help="sizes; ours only")
    asked.add_argument("--increment", default="", help="shares of the records that are new, changed or gone; ours only")
    asked.add_argument("--repeat", type=int, default=1)
    asked.add_argument("--peer-python", default=os.environ.get("PEER_PYTHON", ""), help="an interpreter that has splink 5")
    asked.add_argument("--people", type=Path, default=Path("out/bench"), help="folder of generated people")
    told = asked.parse_args()
    if told.increment and not told.records:
        asked.error("--increment needs --records, the size of the full run")
    return told


def main() -> None:
    told = arguments()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    if told.increment:
        shares = [float(one) for one in told.increment.split(",")]
        for size in told.records.split(","):
            increments(shares, written(int(size), told.people), MODELS / f"{told.set}.yaml", child, told.repeat)
        return
    print(f"\n| {HEADINGS} |\n|{'---|' * (HEADINGS.count('|') + 1)}")
    for stem, kind in SAMPLES.items() if told.samples else ():
        compare(told, kind, told.samples / f"{stem}.parquet")
    for size in filter(None, told.records.split(",")):
        compare(told, told.set, written(int(size), told.people))
    for size in filter(None, told.growth.split(",")):
        print(row(path := written(int(size), told.people), run("ours", told, told.set, path)), flush=True)


if __name__ == "__main__":
    main()
