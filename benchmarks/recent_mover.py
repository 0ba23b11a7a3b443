"""Recent movers: did they move, and how long ago? By a simulated world's truth, for several values of gap_days_to.

    ./run python -m benchmarks.recent_mover --lake out/lake --world out/world --group velocity_b --date 2026-11-21

Of the people whose records tell of a new home within window_days: the share who truly moved within that window, within half a
year and within a year before the day, and half of them no longer ago than so many days. Found: of true people who moved within
the window and are in the lake with a record that has an address, the share told. The simulator's people prove wiring, not how
often real ones tell of a move.
"""

import argparse
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from assets.engine import DuckDBEngine
from assets.lake import Lake
from assets.policy_files import load_policy
from benchmarks.garage_truth import true_people
from pipelines.engine import query_text

GAPS = (60, 90, 180, 365, 3650)  # days between the last sight of the old home and the first of the new; the last: no limit
WITHIN = (183, 365)
HEADINGS = (
    "gap_days_to",
    "told",
    "truly moved within the window",
    "within 183 days",
    "within 365 days",
    "median days ago",
    "found",
)


def told_of(lake: Lake, day: date, window: int, miles: float, gap: int) -> pl.DataFrame:
    """What the trigger tells with a gap."""
    engine = DuckDBEngine()
    engine.register("residence", lake.read("residence", day))
    values = {"as_of": day, "window_days": window, "miles_from": miles, "gap_days_to": gap}
    told = engine.sql(query_text("pipelines.triggers", "recent_mover"), **values)
    engine.close()
    return told


def judged(
    told: pl.DataFrame, owners: pl.DataFrame, moves: pl.DataFrame, known: pl.DataFrame, day: date, window: int
) -> list[str]:
    """Columns of HEADINGS after the first."""
    last = moves.filter(pl.col("moved_on") <= day).group_by("true_id").agg(pl.max("moved_on"))
    ago = told.select("person_id").join(owners, on="person_id").join(last, on="true_id", how="left")
    days = ago.select((pl.lit(day) - pl.col("moved_on")).dt.total_days()).to_series()
    shares = [(days <= limit).sum() / max(len(days), 1) for limit in (window, *WITHIN)]
    recent = last.filter(pl.col("moved_on") > day - timedelta(days=window)).join(known, on="true_id", how="semi")
    found = recent.join(ago, on="true_id", how="semi").height / max(recent.height, 1)
    return [
        f"{told.height:,}",
        *(f"{share:.1%}" for share in shares),
        str(days.median()),
        f"{found:.1%} of {recent.height:,}",
    ]


def main() -> None:
    """Run the benchmark."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--lake", type=Path, required=True)
    asked.add_argument("--world", type=Path, required=True)
    asked.add_argument("--group", required=True)
    asked.add_argument("--date", type=date.fromisoformat, required=True)
    told = asked.parse_args()
    lake, day = Lake(told.lake, told.group), told.date
    parameters = load_policy(told.group).triggers.triggers["recent_mover"].parameters
    window, miles = int(parameters["window_days"]), float(parameters["miles_from"])
    owners = true_people(lake, told.world / "truth", day).select("person_id", true_id="true_person")
    seen = lake.read("address_seen", day).join(lake.read("member", day), on="record_id").join(owners, on="person_id")
    moves = pl.read_parquet(told.world / "truth" / "move.parquet").rename({"person_id": "true_id"})
    print(f"| {' | '.join(HEADINGS)} |\n|{'---|' * len(HEADINGS)}")
    for gap in GAPS:
        rows = told_of(lake, day, window, miles, gap)
        print(f"| {gap} | {' | '.join(judged(rows, owners, moves, seen.select('true_id').unique(), day, window))} |", flush=True)


if __name__ == "__main__":
    main()
