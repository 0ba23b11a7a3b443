"""Readings in, the last plausible one and the slope out."""

from datetime import date, timedelta
from itertools import pairwise

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity.odometer import odometers, plausible

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
def test_what_is_kept_never_runs_backwards_and_does_not_depend_on_order(pairs: list[tuple[int, int]], chance: object) -> None:
    shuffled = list(pairs)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    kept = plausible(readings(*pairs))
    assert kept.equals(plausible(readings(*shuffled)))
    miles = kept["miles"].to_list()
    assert all(later >= earlier - 100 for earlier, later in pairwise(miles))
