"""What followed: rates of outcomes after the day, fired against matched, with intervals; and how they grew day by day.

Only days strictly after the day count, up to the horizon. A day whose horizon is not over yet is left out of that horizon.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

import numpy as np
import polars as pl

from pipelines.measurement.backtest_intervals import Arm, Interval, arm, correlation, difference, ratio, wilson
from schemas.policy.backtest import BacktestPolicy

OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "bought_here": "bought or leased here",
        "bought_elsewhere": "bought elsewhere, as far as our data tell",
        "serviced": "had a vehicle serviced here",
        "lead": "became a lead",
    }
)
GIVEN, FEW_PEOPLE, FEW_EVENTS, NOT_OVER = "given", "too few people", "too few with the outcome", "horizon not over"
FIGURES = ("fired_rate", "matched_rate", "difference", "lift")
RESULT_SCHEMA = {
    "outcome": pl.String,
    "horizon_days": pl.Int64,
    "verdict": pl.String,
    "fired_people": pl.Int64,
    "matched_people": pl.Int64,
    "fired_with_outcome": pl.Int64,
    "matched_with_outcome": pl.Int64,
    "censored_people": pl.Int64,
    **{f"{name}{end}": pl.Float64 for name in FIGURES for end in ("", "_low", "_high")},
}
CURVE_SCHEMA = {
    "outcome": pl.String, "side": pl.String, "days": pl.Int64, "share": pl.Float64, "low": pl.Float64, "high": pl.Float64,
}  # fmt: skip


def followed(rows: pl.DataFrame, events: pl.DataFrame, outcomes: Sequence[str]) -> pl.DataFrame:
    """`rows` with days_to_<outcome>: days from the row's day to the person's next event strictly after it; null for none.

    rows: person_id and day; events: outcome, person_id, on_day.
    """
    found = rows.with_row_index("row").sort("day")
    for name in outcomes:
        of = events.filter(pl.col("outcome") == name).select("person_id", "on_day").sort("on_day")
        found = found.join_asof(
            of,
            left_on="day",
            right_on="on_day",
            by="person_id",
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        found = found.with_columns((pl.col("on_day") - pl.col("day")).dt.total_days().alias(f"days_to_{name}")).drop("on_day")
    return found.sort("row").drop("row")


def results(rows: pl.DataFrame, outcomes: Sequence[str], last_day: date, policy: BacktestPolicy) -> pl.DataFrame:
    """One row of RESULT_SCHEMA per outcome and horizon. `rows` have been matched and followed; `last_day` is the last known.

    Rates are shares of people-weighted rows, lift is fired / matched. Where policy's least is not reached there is no figure.
    """
    known = _numbered(rows.filter(pl.col("weight").is_not_null()))
    found = [_result(known, name, days, last_day, policy) for name in outcomes for days in policy.horizons_days]
    return pl.DataFrame(found, schema=RESULT_SCHEMA, orient="row")


def curves(rows: pl.DataFrame, outcomes: Sequence[str], last_day: date, policy: BacktestPolicy) -> pl.DataFrame:
    """Cumulative incidence by day of both sides: the share that had the outcome within so many days. CURVE_SCHEMA.

    Over the longest horizon that is over for enough people, of outcomes that enough had; limits are pointwise, on the effective
    size of the last day.
    """
    known = _numbered(rows.filter(pl.col("weight").is_not_null()))
    long_enough = [days for days in policy.horizons_days if _enough(_over(known, days, last_day), policy)]
    frames = [pl.DataFrame(schema=CURVE_SCHEMA)]
    if long_enough:
        over = _over(known, long_enough[-1], last_day)
        longest = long_enough[-1]
        told = [name for name in outcomes if _with_outcome(over, name, longest) >= policy.least_events]
        frames += [_curve(over, name, longest, fired, policy) for name in told for fired in (True, False)]
    return pl.concat(frames)


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(person=pl.col("person_id").rank("dense").cast(pl.Int64) - 1)


def _over(rows: pl.DataFrame, days: int, last_day: date) -> pl.DataFrame:
    return rows.filter(pl.col("day") <= last_day - timedelta(days=days))


def _with_outcome(rows: pl.DataFrame, outcome: str, days: int) -> int:
    had = rows.filter(pl.col(f"days_to_{outcome}") <= days)
    return sum(had.filter(is_fired=side)["person_id"].n_unique() for side in (True, False))


def _enough(rows: pl.DataFrame, policy: BacktestPolicy) -> bool:
    return all(rows.filter(is_fired=side)["person_id"].n_unique() >= policy.least_people for side in (True, False))


def _result(rows: pl.DataFrame, outcome: str, days: int, last_day: date, policy: BacktestPolicy) -> dict[str, object]:
    over = _over(rows, days, last_day)
    fired, like = over.filter("is_fired"), over.filter(~pl.col("is_fired"))
    had = (pl.col(f"days_to_{outcome}") <= days).fill_null(False)
    counts = [fired["person_id"].n_unique(), like["person_id"].n_unique()]
    events = [fired.filter(had)["person_id"].n_unique(), like.filter(had)["person_id"].n_unique()]
    row: dict[str, object] = {
        "outcome": outcome,
        "horizon_days": days,
        "verdict": NOT_OVER if not counts[0] and rows.filter("is_fired").height else verdict(counts, events, policy),
        "fired_people": counts[0],
        "matched_people": counts[1],
        "fired_with_outcome": events[0],
        "matched_with_outcome": events[1],
        "censored_people": rows.filter("is_fired")["person_id"].n_unique() - counts[0],
    }
    if row["verdict"] == GIVEN:
        for name, found in _figures(over, had, policy.confidence).items():
            row |= {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high} if found else {}
    return {name: row.get(name) for name in RESULT_SCHEMA}


def verdict(people: Sequence[int], events: Sequence[int], policy: BacktestPolicy) -> str:
    """Whether a figure is given: enough people on each side, and enough with the outcome on all sides together."""
    if min(people) < policy.least_people:
        return FEW_PEOPLE
    return GIVEN if sum(events) >= policy.least_events else FEW_EVENTS


def _figures(over: pl.DataFrame, had: pl.Expr, confidence: float) -> dict[str, Interval | None]:
    people = _persons(over)
    fired, like = (_arm(over.filter(is_fired=side), had, people) for side in (True, False))
    together = correlation(fired, like)
    one, other = (wilson(side.rate, side.effective, confidence) for side in (fired, like))
    return {
        "fired_rate": one,
        "matched_rate": other,
        "difference": difference(one, other, together),
        "lift": ratio(one, other, together),
    }


def _persons(over: pl.DataFrame) -> int:
    """How many person numbers there are: they run from 0."""
    return int(over.select(pl.max("person")).item() or 0) + 1


def _arm(rows: pl.DataFrame, had: pl.Expr, people: int) -> Arm:
    outcome = rows.select(had.alias("had"))["had"].to_numpy()
    return arm(outcome, rows["weight"].to_numpy(), rows["person"].to_numpy(), people)


def _curve(over: pl.DataFrame, outcome: str, longest: int, fired: bool, policy: BacktestPolicy) -> pl.DataFrame:
    rows = over.filter(is_fired=fired)
    weight = rows["weight"].to_numpy()
    after = rows[f"days_to_{outcome}"].fill_null(longest + 1).clip(0, longest + 1).to_numpy()
    share = np.cumsum(np.bincount(after, weights=weight, minlength=longest + 2)[: longest + 1]) / weight.sum()
    had = (pl.col(f"days_to_{outcome}") <= longest).fill_null(False)
    size = _arm(rows, had, _persons(over)).effective
    limits = [wilson(float(one), size, policy.confidence) for one in share]
    side = "fired" if fired else "matched"
    return pl.DataFrame(
        [(outcome, side, day, one.value, one.low, one.high) for day, one in enumerate(limits)], schema=CURVE_SCHEMA, orient="row"
    )
