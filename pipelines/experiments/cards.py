"""What policy says about tests and their arms, as small tables that queries join."""

from datetime import date

import polars as pl

from schemas.policy import Policy
from schemas.policy.experiments import Experiment

PARTS = 1_000_000  # a share is a whole number of these: no comparison of fractions decides about anybody
GLOBAL = "global_control"
CONTROL, TREATMENT, OUTSIDE = "control", "treatment", "outside"

TEST: dict[str, pl.DataType | type[pl.DataType]] = {
    "test": pl.String,
    "is_control": pl.Boolean,
    "segments": pl.List(pl.String),
    "brand": pl.String,
    "market_types": pl.List(pl.String),
    "audiences": pl.List(pl.String),
    "unit": pl.String,
    "strata": pl.List(pl.String),
    "design": pl.String,
    "is_in_force": pl.Boolean,
}
ARM: dict[str, pl.DataType | type[pl.DataType]] = {
    "test": pl.String,
    "place": pl.Int64,
    "arm": pl.String,
    "parts": pl.Int64,
    "is_held_back": pl.Boolean,
}


def person_tests(policy: Policy) -> list[Experiment]:
    """All tests by name. Those of kind geo are drawn by cluster of ZIPs: everybody who lives there is in one arm."""
    return sorted(policy.experiments.experiments, key=lambda one: one.experiment)


def unit_of(test: Experiment) -> str:
    """Who is drawn: person, household or cluster."""
    return "cluster" if test.kind == "geo" else test.unit


def cards_of_tests(policy: Policy, day: date) -> pl.DataFrame:
    """A row of TEST per test: the global control first, then the tests by name."""
    rules = policy.experiments.assignment
    starts_on = policy.experiments.control_starts_on
    everybody: list[str] = []
    segments: list[str] = list(policy.channels.segment_priority)
    runs = policy.experiments.global_control_share > 0 and (starts_on is None or starts_on <= day)
    strata: list[str] = list(rules.strata)
    design = _design(policy, GLOBAL, strata, rules.control_unit)
    rows: list[tuple[object, ...]] = [
        (GLOBAL, True, segments, None, everybody, everybody, rules.control_unit, strata, design, runs)
    ]
    for one in person_tests(policy):
        strata = ["market"] if one.kind == "geo" else list(one.strata or rules.strata)
        design = _design(policy, one.experiment, strata, unit_of(one))
        concerned = ([one.segment], one.brand, list(one.market_types), list(one.audiences), unit_of(one), strata, design)
        rows.append((one.experiment, False, *concerned, one.is_in_force(day)))
    return pl.DataFrame(rows, schema=TEST, orient="row")


def arm_cards(policy: Policy) -> pl.DataFrame:
    """A row of ARM per arm. Parts of a test add up to PARTS: who is in no arm is in the arm `outside`."""
    control = round(policy.experiments.global_control_share * PARTS)
    rows = [(GLOBAL, 0, CONTROL, control, True), (GLOBAL, 1, TREATMENT, PARTS - control, False)]
    for one in person_tests(policy):
        ends = [0]
        for arm in one.arms:
            ends.append(min(round((ends[-1] / PARTS + arm.share) * PARTS), PARTS))
        ends[-1] = PARTS if abs(sum(arm.share for arm in one.arms) - 1) < 0.0006 else ends[-1]  # thirds, written as 0.333
        for place, arm in enumerate(one.arms):
            rows.append((one.experiment, place, arm.arm, ends[place + 1] - ends[place], arm.is_held_back))
        if ends[-1] < PARTS:
            rows.append((one.experiment, len(one.arms), OUTSIDE, PARTS - ends[-1], False))
    return pl.DataFrame(rows, schema=ARM, orient="row")


def _design(policy: Policy, test: str, strata: list[str], unit: str) -> str:
    arms = arm_cards(policy).filter(pl.col("test") == test)
    shares = ",".join(f"{arm}={parts}" for arm, parts in arms.select("arm", "parts").iter_rows())
    return f"{shares}/{','.join(strata)}/{unit}"
