"""How long a group's own customers hold what they buy: half-lives and shapes from its own deals, by maximum likelihood.

No truth is needed, only customers whose next step is seen: those with any sign within ACTIVE_DAYS. Of their purchases a
trade-in or later sale is an end with its day, another purchase an end on the day of that purchase, and everything else was held
at its last sign and is censored there (Weibull survival with right-censored times; Lawless 2003, chapter 5).
From all purchases then follows what share of ends the group gets to see: the ends seen over the ends to be expected.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import minimize

from pipelines.identity.retention import DAYS_PER_YEAR
from schemas.policy.scoring import GaragePolicy

ACTIVE_DAYS = 550  # a year and a half: longer than any interval between services
LEAST_ENDS = 200  # fewer, and policy's figures say more: a half-life from 200 ends is right to about one part in ten
SEEN_ENDS = ("traded_in", "sold_to_other", "registered_elsewhere", "serviced_by_other", "in_stock")
MOST_SEEN = 0.95
TINY = 1e-12
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fitted:
    """What was found for one way of acquiring; is_fitted is false where policy's figures stay."""

    half_life_years: float
    shape: float
    ends: int
    is_fitted: bool


def fit_retention(
    holdings: pl.DataFrame, policy: GaragePolicy, as_of: date, least_ends: int = LEAST_ENDS
) -> tuple[GaragePolicy, Mapping[str, Fitted]]:
    """The policy with the group's own half-lives and shapes of vehicles bought new and used, and its share of ends seen.

    Args:
        holdings: what garage.holdings returns: person_id, driver_id, relation, condition, started_on, seen_on, until,
            until_reason, next_vehicle, next_on.
        policy: figures to start from, kept for a way of acquiring with fewer than `least_ends` ends of active customers.
        as_of: the day of the holdings.
    """
    spells = _spells(holdings, as_of)
    found = {
        "new": _fit(spells.filter("is_new"), policy.half_life_years_new, policy.shape_new, least_ends),
        "used": _fit(spells.filter(~pl.col("is_new")), policy.half_life_years_used, policy.shape_used, least_ends),
    }
    figures = {f"half_life_years_{kind}": one.half_life_years for kind, one in found.items()}
    figures |= {f"shape_{kind}": one.shape for kind, one in found.items()}
    if all(one.is_fitted for one in found.values()):
        figures["ends_seen_share"] = _seen_share(spells, found)
    return policy.model_copy(update=figures), found


def _spells(holdings: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per purchase by its buyer: whether its end was seen, years until that or the last sign, and until today."""
    own = holdings.filter(pl.col("driver_id") == pl.col("person_id")).sort("person_id", "vin")
    seen = pl.max_horizontal("started_on", "seen_on")
    recent = (seen.max().over("person_id") > as_of - timedelta(days=ACTIVE_DAYS)).alias("is_active")
    bought = own.with_columns(recent).filter(pl.col("relation") == "bought")
    replaced = pl.col("until").is_null() & pl.col("next_on").is_not_null()
    ended = pl.col("until_reason").is_in(SEEN_ENDS).fill_null(False)
    end = pl.when(ended).then("until").when(replaced).then("next_on").otherwise(seen)
    return bought.select(
        "is_active",
        is_new=(pl.col("condition") == "new").fill_null(False),
        has_ended=ended | replaced,
        age=_years(end),
        now=_years(pl.lit(as_of)),
    )


def _years(day: pl.Expr) -> pl.Expr:
    return ((day - pl.col("started_on")).dt.total_days() / DAYS_PER_YEAR).clip(1 / DAYS_PER_YEAR)


def _fit(spells: pl.DataFrame, half_life: float, shape: float, least_ends: int) -> Fitted:
    active = spells.filter("is_active")
    has_ended, age = active["has_ended"].to_numpy(), active["age"].to_numpy()
    ends = int(has_ended.sum())
    if ends < least_ends:
        return Fitted(half_life, shape, ends, False)
    start = np.log([half_life, shape])
    found = minimize(_loss, start, args=(has_ended, age), method="Nelder-Mead")
    years, bent = np.exp(found.x)
    return Fitted(round(float(years), 3), round(float(bent), 3), ends, True)


def _survival(age: Floats, years: float, shape: float) -> Floats:
    return np.exp2(-((age / years) ** shape))


def _loss(point: Floats, has_ended: NDArray[np.bool_], age: Floats) -> float:
    """Minus the mean log likelihood: density at an end that was seen, survival until a last sign."""
    years, shape = np.exp(np.clip(point, -3.0, 4.0))
    left = _survival(age, years, shape)
    hazard = np.log(2.0) * shape / years * (age / years) ** (shape - 1.0)
    return float(-np.log(np.maximum(left * np.where(has_ended, hazard, 1.0), TINY)).mean())


def _seen_share(spells: pl.DataFrame, found: Mapping[str, Fitted]) -> float:
    """Ends seen over ends to be expected by today, of all purchases."""
    expected = 0.0
    for kind, one in found.items():
        now = spells.filter(pl.col("is_new") == (kind == "new"))["now"].to_numpy()
        expected += float((1.0 - _survival(now, one.half_life_years, one.shape)).sum())
    seen = int(spells["has_ended"].sum())
    return round(min(seen / max(expected, 1.0), MOST_SEEN), 3)
