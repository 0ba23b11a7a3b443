"""Who is held back, and who is in which arm of a test. An arm depends on the seed, the test and the person, on nothing else.

So it stays for as long as the person does, whatever else changes. Tests are independent of each other; the global control
stands above them all.
"""

import polars as pl

from pipelines.engine import Engine, query_text
from schemas.policy import Policy

PARTS = 1_000_000  # a share is a whole number of these: no comparison of fractions decides about anybody
CONTROL = "control"
HELD_BACK = r":(control|holdout|held_back)(\||$)"  # arms of a test, as `test:arm`, that are not addressed
_GLOBAL = "global_control"
_SLICE: dict[str, pl.DataType | type[pl.DataType]] = {
    "segment": pl.String,
    "experiment": pl.String,
    "arm": pl.String,
    "low": pl.Int64,
    "high": pl.Int64,
    "brand": pl.String,
    "market_types": pl.List(pl.String),
}


def slices(policy: Policy) -> pl.DataFrame:
    """segment, experiment, arm, low, high, brand, market_types: the half-open range of parts that an arm takes, and of whom.

    brand null and market_types empty mean everybody in the segment. Geo tests are drawn elsewhere.
    """
    control = round(policy.experiments.global_control_share * PARTS)
    everybody: list[str] = []
    rows: list[tuple[object, ...]] = [
        (segment, _GLOBAL, CONTROL, 0, control, None, everybody) for segment in policy.channels.segment_priority
    ]
    for one in sorted(policy.experiments.experiments, key=lambda test: test.experiment):
        if one.kind == "person" and one.is_on:
            at = 0.0
            for arm in one.arms:
                low, high = round(at * PARTS), round((at + arm.share) * PARTS)
                rows.append((one.segment, one.experiment, arm.arm, low, high, one.brand, list(one.market_types)))
                at += arm.share
    return pl.DataFrame(rows, schema=_SLICE, orient="row")


def drawn(engine: Engine, policy: Policy, people: pl.DataFrame, seed: str) -> pl.DataFrame:
    """person_id, segment, arm for each row of `people` (person_id, segment, brand, market_type).

    arm is control, treatment, or `test:arm`; where a segment runs several tests, joined by | in alphabetical order.
    """
    engine.register("drawn_people", people.select("person_id", "segment", "brand", "market_type"))
    engine.register("arm_slice", slices(policy))
    return engine.sql(query_text(__package__, "holdouts"), seed=seed, parts=PARTS)


def is_held_back(arm: str = "arm") -> pl.Expr:
    """True where an arm keeps the person from being addressed: the global control, or a test's own control."""
    return (pl.col(arm) == CONTROL) | pl.col(arm).str.contains(HELD_BACK)
