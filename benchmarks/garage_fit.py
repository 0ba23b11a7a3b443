"""Fit the garage's figures of scoring.yaml on simulated worlds, by maximum likelihood against the truth.

    ./run python -m benchmarks.garage_fit out/world_7:out/lake_7 out/world_3:out/lake_3

Each argument is a world of `velocity simulate` and the lake of its last day. Prints the figures as YAML, for policy/. Judge them
with benchmarks/garage.py on worlds of other seeds. They describe the simulator's people, nobody else's.
"""

import argparse
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from scipy.optimize import minimize

from assets.engine import DuckDBEngine
from assets.lake import Lake
from assets.policy_files import load_policy
from assets.table import read_inputs
from benchmarks.garage_truth import true_holders, true_people, with_truth
from pipelines.identity.garage import STEP, holdings
from pipelines.identity.retention import probability
from pipelines.step import Day
from schemas.policy.scoring import GaragePolicy

YEARS = tuple(f"half_life_years_{name}" for name in ("new", "used", "leased", "serviced", "listed", "stated", "visit"))
SHAPES = ("shape_new", "shape_used")
SHARES = (
    "lease_kept_share", "served_elsewhere_after_visits", "served_elsewhere_after_deal", "kept_after_purchase",
    "kept_after_other_sign", "kept_after_household_purchase", "sure_at_most",
)  # fmt: skip
MOST_YEARS, MOST_SHAPE, LEAST = 40.0, 4.0, 0.001
PULL = 1e-4  # towards the figures of policy, for what the rows say nothing about
ROUNDS = 12


def encoded(policy: GaragePolicy) -> np.ndarray:
    """Figures on an unbounded scale: logarithms of years and shapes, log odds of shares."""
    positive = [np.log(getattr(policy, name)) for name in YEARS + SHAPES]
    shares = np.clip([getattr(policy, name) for name in SHARES], LEAST, 1 - LEAST)
    return np.concatenate([positive, np.log(shares / (1 - shares))])


def decoded(point: np.ndarray) -> dict[str, float]:
    """Back from the unbounded scale."""
    positive = np.exp(np.clip(point[: len(YEARS + SHAPES)], -3, 8))
    most = [MOST_YEARS] * len(YEARS) + [MOST_SHAPE] * len(SHAPES)
    shares = 1 / (1 + np.exp(-np.clip(point[len(YEARS + SHAPES) :], -8, 8)))
    values = [*np.minimum(positive, most), *np.clip(shares, LEAST, 1 - LEAST)]
    return dict(zip(YEARS + SHAPES + SHARES, map(float, values), strict=True))


def fit(rows: pl.DataFrame, start: GaragePolicy, as_of: date) -> dict[str, float]:
    """The figures under which what is true of the rows (is_held) is likeliest, by Powell's method from policy's."""
    held, origin = rows["is_held"].to_numpy().astype(float), encoded(start)

    def loss(point: np.ndarray) -> float:
        policy = start.model_copy(update=decoded(point))
        told = rows.select(probability(policy, as_of)).to_series().to_numpy().clip(LEAST, 1 - LEAST)
        likelihood = held * np.log(told) + (1 - held) * np.log(1 - told)
        return float(-likelihood.mean() + PULL * ((point - origin) ** 2).sum())

    found = minimize(loss, origin, method="Powell", options={"maxiter": ROUNDS, "xtol": 1e-2, "ftol": 1e-5})
    return decoded(found.x)


def main() -> None:
    """Fit and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("worlds", nargs="+", help="WORLD:LAKE")
    asked.add_argument("--group", default="velocity_b")
    asked.add_argument("--date", type=date.fromisoformat, default=date(2026, 11, 21))
    told = asked.parse_args()
    policy, parts = load_policy(told.group), []
    for one in told.worlds:
        world, _, root = one.partition(":")
        lake, truth, engine = Lake(Path(root), told.group), Path(world) / "truth", DuckDBEngine()
        read_inputs(lake, engine, STEP, told.date)
        rows = holdings(engine, Day(told.date, policy, "velocity")).filter(pl.col("until").is_null())
        people, holders = true_people(lake, truth, told.date), true_holders(truth, told.date)
        parts.append(with_truth(rows, people, holders, "true_person"))
    for name, value in fit(pl.concat(parts), policy.scoring.garage, told.date).items():
        print(f"{name}: {value:.3f}")


if __name__ == "__main__":
    main()
