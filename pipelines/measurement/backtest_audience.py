"""What an audience would have caught: who of those who then bought or booked was in it, how early, and its rate against outside.

A member counts on every replayed day on which the audience holds them; so does everybody else who was known on that day. One
person is one cluster, however often they count.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

import numpy as np
import polars as pl

from pipelines.measurement.backtest_estimate import GIVEN, NOT_OVER, followed, verdict
from pipelines.measurement.backtest_intervals import Arm, Floats, Ints, arm, ratio, wilson
from schemas.policy.backtest import BacktestPolicy

AUDIENCE_OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "bought_here": "bought or leased here",
        "booked": "booked a service appointment here",
        "serviced": "had a vehicle serviced here",
        "lead": "became a lead",
    }
)
WHOLE = "all cells"
QUARTERS = (0.25, 0.5, 0.75)
RATE_SCHEMA = {
    "cell": pl.String,
    "outcome": pl.String,
    "horizon_days": pl.Int64,
    "verdict": pl.String,
    "member_people": pl.Int64,
    "outside_people": pl.Int64,
    "members_with_outcome": pl.Int64,
    "censored_days": pl.Int64,
    **{f"{name}{end}": pl.Float64 for name in ("member_rate", "outside_rate", "lift") for end in ("", "_low", "_high")},
}
CAUGHT_SCHEMA = {
    "cell": pl.String,
    "outcome": pl.String,
    "verdict": pl.String,
    "people": pl.Int64,
    "caught_people": pl.Int64,
    **{f"share{end}": pl.Float64 for end in ("", "_low", "_high")},
    **{f"days_early_{name}": pl.Float64 for name in ("q1", "median", "q3")},
    "began_before": pl.Int64,
}


def rates(
    known: pl.DataFrame, members: pl.DataFrame, events: pl.DataFrame, days: Sequence[date], last_day: date, policy: BacktestPolicy
) -> pl.DataFrame:
    """Rates of outcomes after a day inside and outside, and the lift, per cell, outcome and horizon. RATE_SCHEMA.

    known: day, person_id of everybody who is counted; members: day, person_id, cell; events: outcome, person_id, on_day. Only
    days strictly after the day count. The outside is everybody who is in no cell on the day.
    """
    inside = members.join(known, on=["day", "person_id"], how="semi")
    numbers = known.select("person_id").unique().sort("person_id").with_row_index("person")
    rows = known.join(inside, on=["day", "person_id"], how="left").join(numbers, on="person_id").sort("day", "person_id")
    rows = followed(rows, events, list(AUDIENCE_OUTCOMES))
    people, found = numbers.height, []
    for horizon in policy.horizons_days:
        over = rows.filter(pl.col("day") <= last_day - timedelta(days=horizon))
        censored = sum(day > last_day - timedelta(days=horizon) for day in days)
        for outcome in AUDIENCE_OUTCOMES:
            had = (over[f"days_to_{outcome}"] <= horizon).fill_null(False)
            found += _of_cells(over, had, people, (outcome, horizon, censored), policy)
    return pl.DataFrame(found, schema=RATE_SCHEMA, orient="row").sort(pl.col("cell") != WHOLE, "cell", maintain_order=True)


def _of_cells(
    rows: pl.DataFrame, had: pl.Series, people: int, about: tuple[str, int, int], policy: BacktestPolicy
) -> list[dict[str, object]]:
    outside = _side(rows, had, rows["cell"].is_null(), people)
    cells = [WHOLE, *sorted(rows["cell"].drop_nulls().unique())]
    return [_of_cell(rows, had, people, cell, outside, about, policy) for cell in cells]


def _of_cell(
    rows: pl.DataFrame, had: pl.Series, people: int, cell: str, outside: tuple[Arm | None, int, int],
    about: tuple[str, int, int], policy: BacktestPolicy,
) -> dict[str, object]:  # fmt: skip
    chosen = rows["cell"].is_not_null() if cell == WHOLE else (rows["cell"] == cell).fill_null(False)
    mine, members, events = _side(rows, had, chosen, people)
    yours, others, theirs = outside
    said = verdict([members, others], [events, theirs], policy) if rows.height else NOT_OVER
    row: dict[str, object] = {
        "cell": cell, "outcome": about[0], "horizon_days": about[1], "verdict": said, "member_people": members,
        "outside_people": others, "members_with_outcome": events, "censored_days": about[2],
    }  # fmt: skip
    if said == GIVEN and mine and yours:
        one, other = (wilson(side.rate, side.effective, policy.confidence) for side in (mine, yours))
        for name, found in (("member_rate", one), ("outside_rate", other), ("lift", ratio(one, other))):
            row |= {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high} if found else {}
    return {name: row.get(name) for name in RATE_SCHEMA}


def _side(rows: pl.DataFrame, had: pl.Series, chosen: pl.Series, people: int) -> tuple[Arm | None, int, int]:
    """The arm of the chosen rows, its people, and those of them with the outcome."""
    person: Ints = rows["person"].filter(chosen).to_numpy().astype(np.int64)
    outcome = had.filter(chosen).to_numpy()
    found = arm(outcome, np.ones(len(person)), person, people) if len(person) else None
    return found, len(np.unique(person)), len(np.unique(person[outcome]))


def caught(members: pl.DataFrame, events: pl.DataFrame, days: Sequence[date], every: int, policy: BacktestPolicy) -> pl.DataFrame:
    """Of those with an outcome, who was a member on the last replayed day before it, and for how long. CAUGHT_SCHEMA.

    An outcome counts where a replayed day lies within `every` days before it; of a person the first such of a kind. Days early
    run from the first replayed day of the unbroken stay; `began_before` counts stays that began on or before the first day.
    """
    stays = _stays(members, days)
    dated = pl.DataFrame({"day": sorted(days)}, schema={"day": pl.Date})
    near = (
        events.filter(pl.col("outcome").is_in(list(AUDIENCE_OUTCOMES))).sort("on_day")
        .join_asof(dated, left_on="on_day", right_on="day", strategy="backward", allow_exact_matches=False)
        .filter((pl.col("on_day") - pl.col("day")).dt.total_days() <= every)
        .unique(["outcome", "person_id"], keep="first", maintain_order=True)
        .join(stays, on=["day", "person_id"], how="left").sort("outcome", "person_id")
    )  # fmt: skip
    cells = [WHOLE, *sorted(members["cell"].unique())]
    found = [
        _caught(near.filter(outcome=outcome), cell, outcome, min(days), policy) for cell in cells for outcome in AUDIENCE_OUTCOMES
    ]
    return pl.DataFrame(found, schema=CAUGHT_SCHEMA, orient="row")


def _stays(members: pl.DataFrame, days: Sequence[date]) -> pl.DataFrame:
    """day, person_id, cell, began: the first replayed day of the unbroken run of days to which each day belongs."""
    ranks = pl.DataFrame({"day": sorted(days), "rank": range(len(days))}, schema={"day": pl.Date, "rank": pl.Int64})
    ranked = members.join(ranks, on="day").sort("person_id", "rank")
    new = (pl.col("rank") - pl.col("rank").shift(1).over("person_id") != 1).fill_null(True)
    run = ranked.with_columns(run=new.cast(pl.Int64).cum_sum().over("person_id"))
    return run.with_columns(began=pl.col("day").min().over("person_id", "run")).select("day", "person_id", "cell", "began")


def _caught(near: pl.DataFrame, cell: str, outcome: str, first: date, policy: BacktestPolicy) -> dict[str, object]:
    mine = pl.col("cell").is_not_null() if cell == WHOLE else pl.col("cell") == cell
    hit = near.filter(mine.fill_null(False))
    row: dict[str, object] = {
        "cell": cell,
        "outcome": outcome,
        "verdict": verdict([near.height], [near.height], policy),
        "people": near.height,
        "caught_people": hit.height,
        "began_before": hit.filter(pl.col("began") <= first).height,
    }
    if row["verdict"] == GIVEN:
        share = wilson(hit.height / near.height, near.height, policy.confidence)
        row |= {"share": share.value, "share_low": share.low, "share_high": share.high}
    if hit.height >= policy.least_events:
        early: Floats = hit.select((pl.col("on_day") - pl.col("began")).dt.total_days())["on_day"].to_numpy().astype(np.float64)
        row |= dict(
            zip(("days_early_q1", "days_early_median", "days_early_q3"), np.quantile(early, QUARTERS).tolist(), strict=True)
        )
    return {name: row.get(name) for name in CAUGHT_SCHEMA}
