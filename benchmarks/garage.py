"""Is the garage calibrated? Probabilities of a simulated world's garage against the truth, by tenth, relation and end.

    ./run python -m benchmarks.garage --world out/world [--lake out/lake] [--again]

`--world` is what `velocity simulate` wrote; its last day is judged. Without `--lake`, or where it lacks the day, the day is run
first, from the drop folder alone. `--again` builds the garage anew from the lake's other tables, to judge a change of policy
in seconds; `--figures published` does so by the published figures alone, `--figures own` after fitting what can be fitted without
the truth on the lake's own deals (pipelines/identity/retention_fit.py).

Exit code 1 where a mark is missed: every tenth with 200 holdings within 10 points, expected calibration error 0.05.
"""

import argparse
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl

from assets.engine import DuckDBEngine
from assets.lake import Lake
from assets.policy_files import load_policy
from assets.table import read_inputs
from benchmarks.garage_truth import true_holders, true_people, with_truth
from pipelines.identity.garage import STEP, holdings
from pipelines.identity.retention_fit import fit_retention
from pipelines.step import Day
from schemas.policy.scoring import GaragePolicy

TENTHS = 10
ENOUGH, WITHIN, MOST_ERROR = 200, 0.10, 0.05
PUBLISHED = GaragePolicy(half_life_years_new=6.6, half_life_years_used=5.5, current_from=0.5)  # IHS Markit, end of 2015
ROOT = Path(__file__).resolve().parents[1]


def reliability(judged: pl.DataFrame) -> pl.DataFrame:
    """Per tenth of probability: how many, the mean told and the share true. Needs probability and is_held."""
    tenth = (pl.col("probability") * TENTHS).floor().clip(0, TENTHS - 1).cast(pl.Int64)
    return (
        judged.group_by(tenth=tenth)
        .agg(rows=pl.len(), told=pl.col("probability").mean(), true=pl.col("is_held").cast(pl.Float64).mean())
        .sort("tenth")
    )


def calibration_error(table: pl.DataFrame) -> float:
    """Expected calibration error: the mean gap of the tenths, weighted by rows (Naeini, Cooper and Hauskrecht 2015)."""
    gaps = table.select((pl.col("rows") * (pl.col("told") - pl.col("true")).abs()).sum() / pl.col("rows").sum())
    return float(gaps.item() or 0.0)


def brier(judged: pl.DataFrame) -> float:
    """Mean squared difference of probability and truth (Brier 1950)."""
    return float(judged.select(((pl.col("probability") - pl.col("is_held").cast(pl.Float64)) ** 2).mean()).item() or 0.0)


def missed(table: pl.DataFrame) -> list[str]:
    """The marks that a reliability table misses, in words."""
    far = table.filter((pl.col("rows") >= ENOUGH) & ((pl.col("told") - pl.col("true")).abs() > WITHIN))
    found = [f"tenth {row['tenth']}: told {row['told']:.2f}, true {row['true']:.2f}" for row in far.to_dicts()]
    error = calibration_error(table)
    return found + ([f"expected calibration error {error:.3f} above {MOST_ERROR}"] if error > MOST_ERROR else [])


def garages(lake: Lake, group: str, day: date, again: bool, figures: str) -> dict[str, pl.DataFrame]:
    """The two tables of the garage: as the lake has them, or built anew from its other tables."""
    if not again and figures == "policy":
        return {one.name: lake.read(one.name, day) for one in STEP.tables}
    engine = DuckDBEngine()
    read_inputs(lake, engine, STEP, day)
    chosen = Day(day, load_policy(group), "velocity")
    if figures != "policy":
        chosen = _with_figures(chosen, PUBLISHED)
    if figures == "own":
        fitted, found = fit_retention(holdings(engine, chosen), chosen.policy.scoring.garage, day)
        print(f"\nfrom the lake's own deals: {dict(found)}, share of ends seen {fitted.ends_seen_share}")
        chosen = _with_figures(chosen, fitted)
    return STEP.frames(engine, chosen)


def _with_figures(day: Day, figures: GaragePolicy) -> Day:
    scoring = day.policy.scoring.model_copy(update={"garage": figures})
    return Day(day.as_of, day.policy.model_copy(update={"scoring": scoring}), day.seed)


def show(title: str, judged: pl.DataFrame) -> list[str]:
    """Print one garage's tables in Markdown; return the marks it misses."""
    table = reliability(judged)
    error, score, rate = calibration_error(table), brier(judged), _mean(judged, "is_held")
    print(
        f"\n### {title}: {len(judged):,} holdings, ECE {error:.4f}, Brier {score:.4f} (always the mean {rate * (1 - rate):.4f})\n"
    )
    print("| probability | holdings | told | true |\n|---|---|---|---|")
    for row in table.to_dicts():
        print(f"| {row['tenth'] / TENTHS:.1f} | {row['rows']:,} | {row['told']:.3f} | {row['true']:.3f} |")
    print("\n| known by, end | holdings | told | true | ECE | Brier |\n|---|---|---|---|---|---|")
    kinds = judged.with_columns(kind=pl.coalesce(pl.col("until_reason").cast(pl.String), pl.col("relation").cast(pl.String)))
    for part in kinds.sort("kind").partition_by("kind", maintain_order=True):
        kind = part["kind"].item(0)
        told, true = _mean(part, "probability"), _mean(part, "is_held")
        error = calibration_error(reliability(part))
        print(f"| {kind} | {len(part):,} | {told:.3f} | {true:.3f} | {error:.3f} | {brier(part):.4f} |")
    return [f"{title}: {one}" for one in missed(table)]


def _mean(frame: pl.DataFrame, column: str) -> float:
    return float(frame.select(pl.col(column).cast(pl.Float64).mean()).item() or 0.0)


def main() -> int:
    """Judge one world. Returns the exit code."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--world", type=Path, required=True)
    asked.add_argument("--lake", type=Path)
    asked.add_argument("--group", default="velocity_b")
    asked.add_argument("--date", type=date.fromisoformat, default=date(2026, 11, 21))
    asked.add_argument("--again", action="store_true")
    asked.add_argument("--figures", choices=("policy", "published", "own"), default="policy")
    told = asked.parse_args()
    world, day = told.world.resolve(), told.date
    lake = Lake((told.lake or world / "lake").resolve(), told.group)
    if day not in lake.days("member"):
        run = ["run", "--group", told.group, "--date", day.isoformat(), "--drop", str(world / "drop"), "--lake", str(lake.root)]
        command = [sys.executable, "-c", "from assets.cli import main; main()", *run]
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)  # 3: a day with something to look at
    made = garages(lake, told.group, day, told.again, told.figures)
    people, holders = true_people(lake, world / "truth", day), true_holders(world / "truth", day)
    wrong = show("persons", with_truth(made["garage"], people, holders, "true_person"))
    wrong += show("households", with_truth(made["household_garage"], people, holders, "true_home"))
    print("\n" + ("\n".join(f"MISSED {one}" for one in wrong) or "all marks met"))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
