"""Intervals of rates, of their difference and of their ratio, when people are weighted and may count more than once.

Each arm has a Wilson interval on its effective sample size (Korn and Graubard 1998; Dean and Pagano 2015), and the two are
joined by the method of variance estimates recovery, MOVER (Zou and Donner 2008; Donner and Zou 2012 for the ratio), with
the correlation that comes from people who are in both arms at different times. For two plain independent proportions this
is Newcombe's method 10 (1998). Closed forms: nothing is drawn, so nothing needs a seed.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Interval:
    """A figure with its lower and upper confidence limit, in the figure's own unit. `high` may be infinite for a ratio."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Arm:
    """The weighted rate of one arm, the size it is worth, and what each person adds to its error (one row per person)."""

    rate: float
    effective: float
    influence: Floats


def arm(outcome: NDArray[np.bool_], weight: Floats, person: Ints, people: int) -> Arm:
    """The weighted rate of an arm with its effective size, errors clustered by person.

    `person` numbers the people of both arms from 0 to `people` - 1. The rate is sum(w y) / sum(w); its linearised error per
    person is sum(w (y - rate)) / sum(w), Taylor series as in Wolter (2007). The effective size is rate (1 - rate) / variance,
    never above the number of rows; where the rate is 0 or 1 it is Kish's (sum W)^2 / sum W^2 over people's total weights.
    """
    total = float(weight.sum())
    rate = float((weight * outcome).sum()) / total
    influence = np.bincount(person, weights=weight * (outcome - rate), minlength=people) / total
    of_person = np.bincount(person, weights=weight, minlength=people)
    here = int((of_person > 0).sum())
    variance = float((influence**2).sum()) * here / max(here - 1, 1)
    kish = total**2 / float((of_person**2).sum())
    effective = rate * (1 - rate) / variance if variance > 0 else kish
    return Arm(rate, min(effective, float(len(outcome))), influence)


def correlation(one: Arm, other: Arm) -> float:
    """How the errors of two arms go together, from people who are in both; 0 where an arm has no error."""
    size = sqrt(float((one.influence**2).sum()) * float((other.influence**2).sum()))
    return float((one.influence * other.influence).sum()) / size if size > 0 else 0.0


def wilson(rate: float, size: float, confidence: float) -> Interval:
    """Wilson's score interval of a proportion (1927). `size` may be a fraction; with none the interval is 0 to 1."""
    if size <= 0:
        return Interval(rate, 0.0, 1.0)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    middle, root = rate + z**2 / (2 * size), z * sqrt(rate * (1 - rate) / size + z**2 / (4 * size**2))
    low, high = ((middle + sign * root) / (1 + z**2 / size) for sign in (-1, 1))
    return Interval(rate, 0.0 if rate == 0 else max(low, 0.0), 1.0 if rate == 1 else min(high, 1.0))


def difference(one: Interval, other: Interval, together: float = 0.0) -> Interval:
    """one - other by MOVER; `together` is the correlation of their errors. Newcombe's method 10 where it is 0."""
    down = _apart(one.value - one.low, other.high - other.value, together)
    up = _apart(one.high - one.value, other.value - other.low, together)
    gap = one.value - other.value
    return Interval(gap, max(gap - down, -1.0), min(gap + up, 1.0))


def ratio(one: Interval, other: Interval, together: float = 0.0) -> Interval | None:
    """one / other by MOVER-R (Donner and Zou 2012, eq. 8); None where the other is 0, so that there is no ratio.

    The limits solve (a - L b) for the value at which the difference stops being told from 0; `high` is infinite where the
    other's lower limit does not keep it from 0.
    """
    if other.value <= 0:
        return None
    low = _root(one.value, one.low, other.value, other.high, together, -1)
    high = _root(one.value, one.high, other.value, other.low, together, 1)
    return Interval(one.value / other.value, low, high)


def _apart(mine: float, yours: float, together: float) -> float:
    return sqrt(max(mine**2 - 2 * together * mine * yours + yours**2, 0.0))


def _root(a: float, a_limit: float, b: float, b_limit: float, together: float, side: int) -> float:
    """The limit x of a ratio, with mine = |a - a_limit| and yours = |b - b_limit|.

    It is a root of x^2 (b^2 - yours^2) - 2 x (a b - r mine yours) + (a^2 - mine^2) = 0: there a - x b stops being told from 0.
    """
    mine, yours = abs(a - a_limit), abs(b - b_limit)
    square = b**2 - yours**2
    middle = a * b - together * mine * yours
    free = a**2 - mine**2
    inside = max(middle**2 - square * free, 0.0)
    if square <= 0:
        return float("inf") if side > 0 else max(free / (middle + sqrt(inside)), 0.0) if middle + sqrt(inside) > 0 else 0.0
    return max((middle + side * sqrt(inside)) / square, 0.0)
