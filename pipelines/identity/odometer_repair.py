"""The readings of one vehicle that contradict each other, mended by the simplest story: kilometres, a slip, a new cluster.

In that order: a reading that is 1.609 times what the others expect was typed in kilometres; where leaving out one reading
makes the rest agree, it was a slip; where two runs of readings agree each in itself and the later begins below the earlier, the
cluster was replaced (or turned back) and the vehicle has gone on. Else the reading that contradicts most others goes first.
"""

from datetime import date
from itertools import combinations, pairwise
from statistics import median

from schemas.policy.vehicles import OdometerPolicy

KM_PER_MILE = 1.609344
RARE_MILES = 200_000  # beyond the lifetime of most vehicles (NHTSA DOT HS 809 952): of two that differ, the likelier slip

Reading = tuple[date, int]


def repaired(readings: list[Reading], policy: OdometerPolicy, default_per_day: float) -> list[Reading]:
    """Readings by day of which no two contradict each other, in miles, one a day. Takes them sorted by day and miles."""
    found = _in_miles(readings, policy, default_per_day)
    if (wrong := against(found, policy)) and not _is_one_slip(found, wrong):
        found = _rolled_on(found, policy, default_per_day) or found
    while wrong := against(found, policy):
        worst = _worst(found, wrong, policy, default_per_day)
        found = [one for index, one in enumerate(found) if index != worst]
    return sorted({day: max(miles for on, miles in found if on == day) for day, _ in found}.items())


def against(readings: list[Reading], policy: OdometerPolicy) -> list[tuple[int, int]]:
    """The pairs of positions that contradict each other: the later reading lower, or farther than a vehicle can go."""

    def is_wrong(one: Reading, other: Reading) -> bool:
        gone, days = other[1] - one[1], (other[0] - one[0]).days
        if days == 0:
            return abs(gone) > policy.slack_miles
        return gone < -policy.slack_miles or gone > policy.trip_miles + days * policy.most_miles_per_day

    return [(i, k) for i, k in combinations(range(len(readings)), 2) if is_wrong(readings[i], readings[k])]


def slope_of(readings: list[Reading], policy: OdometerPolicy) -> float | None:
    """Median slope of all pairs far enough apart, miles a day (Theil 1950, Sen 1968); None where there is no such pair."""
    far = [(one, other) for one, other in combinations(readings, 2) if (other[0] - one[0]).days >= policy.slope_span_days]
    return median((other[1] - one[1]) / (other[0] - one[0]).days for one, other in far) if far else None


def _expected(day: date, others: list[Reading], policy: OdometerPolicy, default_per_day: float) -> float:
    """Where the others' line stands on a day; from the nearest of them at the default pace where they give no line."""
    slope = slope_of(others, policy)
    if slope is None or len(others) < 2:
        near = min(others, key=lambda one: (abs((one[0] - day).days), one))
        return near[1] + (day - near[0]).days * default_per_day
    return median(miles + slope * (day - on).days for on, miles in others)


def _in_miles(readings: list[Reading], policy: OdometerPolicy, default_per_day: float) -> list[Reading]:
    """Readings with those in kilometres turned into miles, the surest first."""
    found = list(readings)
    for _ in readings:
        sure = [
            (gap, index) for index in range(len(found)) if (gap := _gap_in_km(found, index, policy, default_per_day)) is not None
        ]
        if not sure:
            break
        _, index = min(sure)
        found[index] = (found[index][0], round(found[index][1] / KM_PER_MILE))
    return sorted(found)


def _gap_in_km(readings: list[Reading], index: int, policy: OdometerPolicy, default_per_day: float) -> float | None:
    """How far a reading, read as kilometres, is from what the others expect, as a share; None where miles fit as well."""
    day, miles = readings[index]
    others = [one for place, one in enumerate(readings) if place != index and one[0] != day]
    if not others or (len(others) == 1 and not against(readings, policy)):
        return None
    expected = _expected(day, others, policy, default_per_day)
    if expected <= 0 or miles - expected <= max(policy.typed_miles, policy.typed_share * expected):
        return None
    converted = [*others, (day, round(miles / KM_PER_MILE))]
    gap = abs(miles / KM_PER_MILE / expected - 1)
    is_better = len(against(sorted(converted), policy)) <= len(against(sorted([*others, (day, miles)]), policy))
    return gap if gap <= policy.match_share and is_better else None


def _is_one_slip(readings: list[Reading], wrong: list[tuple[int, int]]) -> bool:
    """Whether one reading takes part in every contradiction."""
    return any(all(index in pair for pair in wrong) for index in range(len(readings)))


def _rolled_on(readings: list[Reading], policy: OdometerPolicy, default_per_day: float) -> list[Reading] | None:
    """Readings counted on over a replaced cluster; None where they are not two runs that agree each in itself."""
    drops = [k for k, (one, other) in enumerate(pairwise(readings), start=1) if other[1] < one[1] - policy.slack_miles]
    if len(drops) != 1:
        return None
    before, after = readings[: drops[0]], readings[drops[0] :]
    if min(len(before), len(after)) < 2 or against(before, policy) or against(after, policy):
        return None
    pace = slope_of(before, policy)
    pace = (slope_of(after, policy) if pace is None else pace) or default_per_day
    (last_on, last), (first_on, first) = before[-1], after[0]
    lost = round(last + max(pace, 0.0) * (first_on - last_on).days) - first
    return [*before, *((day, miles + lost) for day, miles in after)]


def _worst(readings: list[Reading], wrong: list[tuple[int, int]], policy: OdometerPolicy, default_per_day: float) -> int:
    """The reading that contradicts most others; then the one above RARE_MILES, the one without which the others are nearest to a
    line, the farthest from the middle, the latest."""
    middle = median(miles for _, miles in readings)
    counts = [sum(index in pair for pair in wrong) for index in range(len(readings))]

    def weight(index: int) -> tuple[int, bool, int, float, int]:
        miles = readings[index][1]
        others = [one for place, one in enumerate(readings) if place != index]
        off = sum(abs(other - _expected(day, others, policy, default_per_day)) for day, other in others)
        return counts[index], miles > RARE_MILES, -round(off), abs(miles - middle), index

    most = max(counts)
    return max((index for index in range(len(readings)) if counts[index] == most), key=weight)
