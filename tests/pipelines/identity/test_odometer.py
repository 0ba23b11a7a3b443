"""Readings in, the last plausible one and the slope out."""

from datetime import date, timedelta
from itertools import pairwise
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity.odometer import odometers, plausible, slopes_of_holders

START = date(2025, 1, 1)
SCHEMA = {"vin": pl.String, "on_day": pl.Date, "miles": pl.Int64}


def readings(*pairs: tuple[int, int]) -> pl.DataFrame:
    return pl.DataFrame([("V", START + timedelta(days=day), miles) for day, miles in pairs], schema=SCHEMA, orient="row")


def test_slope_is_the_median_of_all_slopes() -> None:
    (row,) = odometers(readings((0, 10_000), (100, 14_000), (200, 18_000), (300, 22_000)), 30.0).to_dicts()
    assert row == {"vin": "V", "odometer_miles": 22_000, "odometer_on": START + timedelta(days=300), "miles_per_day": 40.0}


def test_a_dropped_digit_is_set_aside() -> None:
    kept = plausible(readings((0, 10_000), (100, 1_400), (200, 18_000), (300, 22_000)))
    assert kept["miles"].to_list() == [10_000, 18_000, 22_000]


def test_a_doubled_digit_is_set_aside_even_when_last() -> None:
    (row,) = odometers(readings((0, 10_000), (100, 14_000), (200, 180_000)), 30.0).to_dicts()
    assert (row["odometer_miles"], row["miles_per_day"]) == (14_000, 40.0)


def test_one_reading_or_a_short_span_gives_the_default() -> None:
    assert odometers(readings((0, 10_000)), 30.0)["miles_per_day"].to_list() == [30.0]
    assert odometers(readings((0, 10_000), (59, 14_000)), 30.0)["miles_per_day"].to_list() == [30.0]


def test_absurd_readings_are_not_readings() -> None:
    assert odometers(readings((0, 0), (10, 9_999_999)), 30.0).is_empty()


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 600_000)), max_size=12), st.randoms())
def test_what_is_kept_never_runs_backwards_and_does_not_depend_on_order(pairs: list[tuple[int, int]], chance: Random) -> None:
    shuffled = list(pairs)
    chance.shuffle(shuffled)
    kept = plausible(readings(*pairs))
    assert kept.equals(plausible(readings(*shuffled)))
    miles = kept["miles"].to_list()
    assert all(later >= earlier - 100 for earlier, later in pairwise(miles))


def kept(*pairs: tuple[int, int]) -> list[int]:
    return plausible(readings(*pairs), default_per_day=33.0)["miles"].to_list()


@pytest.mark.parametrize(
    ("pairs", "left"),
    [
        # kilometres for miles: 18,000 miles are 28,968, 10,000 are 16,093, 64,000 are 102,998
        (((0, 10_000), (100, 14_000), (200, 28_968), (300, 22_000)), [10_000, 14_000, 18_000, 22_000]),
        (((0, 10_000), (100, 14_000), (200, 28_968)), [10_000, 14_000, 18_000]),
        (((0, 16_093), (100, 14_000), (200, 18_000)), [10_000, 14_000, 18_000]),
        (((0, 60_000), (100, 102_998)), [60_000, 64_000]),
        # digits: one too few, one too many, two swapped, two faults in one life
        (((0, 30_000), (100, 3_400), (200, 38_000)), [30_000, 38_000]),
        (((0, 300_000), (100, 34_000), (200, 38_000)), [34_000, 38_000]),
        (((0, 30_000), (100, 43_000), (200, 38_000), (300, 42_000)), [30_000, 38_000, 42_000]),
        (((0, 30_000), (100, 340_000), (200, 38_000), (300, 4_200), (400, 46_000)), [30_000, 38_000, 46_000]),
        # 12,000 typed as 21,000: the line of the others says which of two that contradict each other is wrong
        (((0, 6_000), (365, 21_000), (730, 18_000), (1095, 24_000)), [6_000, 18_000, 24_000]),
        (((0, 450_000), (200, 47_000)), [47_000]),
        (((0, 45_000), (200, 4_700)), [45_000]),
        # one turned back, and one replaced: what is on the new cluster counts on
        (((0, 60_000), (100, 64_000), (200, 46_000), (300, 72_000)), [60_000, 64_000, 72_000]),
        (((0, 60_000), (100, 64_000), (200, 100), (300, 4_100), (400, 8_100)), [60_000, 64_000, 68_000, 72_000, 76_000]),
        # twice on a day: rounded, and mistyped once
        (((0, 30_000), (100, 34_000), (100, 34_004)), [30_000, 34_004]),
        (((0, 30_000), (100, 34_000), (100, 340_000), (200, 38_000)), [30_000, 34_000, 38_000]),
        # a long journey, a car that stood still, a car that is driven much more than before
        (((0, 30_000), (10, 32_400), (200, 38_000)), [30_000, 32_400, 38_000]),
        (((0, 30_000), (1, 31_100), (2, 31_900)), [30_000, 31_100, 31_900]),
        (((0, 30_000), (400, 30_000), (800, 30_010)), [30_000, 30_000, 30_010]),
        (((0, 30_000), (100, 33_000), (200, 36_000), (400, 60_000)), [30_000, 33_000, 36_000, 60_000]),
        (((0, 20_000), (400, 55_000)), [20_000, 55_000]),  # 87 miles a day are much, and nothing else is known
    ],
)
def test_readings_are_mended_by_the_simplest_story(pairs: tuple[tuple[int, int], ...], left: list[int]) -> None:
    assert kept(*pairs) == left


def test_a_former_owners_pace_is_not_the_present_ones() -> None:
    told = readings((0, 10_000), (100, 20_000), (200, 30_000), (230, 31_000), (330, 33_000), (430, 35_000))
    homes = pl.DataFrame(
        [("second", "V", START + timedelta(days=225)), ("new", "V", START + timedelta(days=420))],
        schema={"household_id": pl.String, "vin": pl.String, "started_on": pl.Date},
        orient="row",
    )
    paces = slopes_of_holders(plausible(told), homes, 33.0)
    assert dict(paces.select("household_id", "miles_per_day").iter_rows()) == {"second": 20.0, "new": 33.0}


@given(
    st.lists(st.integers(1, 900), min_size=4, max_size=9, unique=True),
    st.integers(500, 150_000),
    st.integers(10, 90),
    st.integers(0, 8),
    st.sampled_from([10.0, 0.1, 1.609344]),
)
def test_one_wrong_reading_hardly_moves_the_line(days: list[int], start: int, pace: int, at: int, factor: float) -> None:
    days = sorted(days)
    miles = [start + day * pace for day in days]
    wrong = list(miles)
    wrong[at % len(days)] = max(int(miles[at % len(days)] * factor), 1)
    (row,) = odometers(readings(*zip(days, wrong, strict=True)), 33.0).to_dicts()
    assert row["miles_per_day"] <= 250
    if days[-1] - days[0] >= 400 and min(b - a for a, b in pairwise(days)) >= 60 and start >= 15_000:
        assert abs(row["miles_per_day"] - pace) <= max(0.35 * pace, 12)
