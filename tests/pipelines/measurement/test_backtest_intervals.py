import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.measurement.backtest_intervals import Interval, arm, correlation, difference, ratio, wilson

# Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10: both sides' counts, then the interval.
NEWCOMBE = [
    ((56, 70), (48, 80), (0.0524, 0.3339)),
    ((9, 10), (3, 10), (0.1705, 0.8090)),
    ((6, 7), (2, 7), (0.0582, 0.8062)),
    ((5, 56), (0, 29), (-0.0381, 0.1926)),
    ((0, 10), (0, 20), (-0.1611, 0.2775)),
    ((10, 10), (0, 20), (0.6791, 1.0000)),
]


@pytest.mark.parametrize(("one", "other", "expected"), NEWCOMBE)
def test_difference_of_plain_proportions_is_newcombes_method_10(one, other, expected):
    found = difference(*(wilson(had / of, of, 0.95) for had, of in (one, other)))
    assert (found.low, found.high) == pytest.approx(expected, abs=1e-4)


def test_wilson_gives_wilsons_own_figures():
    found = wilson(0.3, 10, 0.95)
    assert (found.low, found.high) == pytest.approx((0.1078, 0.6032), abs=1e-4)  # Newcombe 1998 (one proportion), method 3
    assert wilson(0.0, 20, 0.95).low == 0.0
    assert wilson(1.0, 20, 0.95).high == 1.0
    assert wilson(0.5, 0, 0.95) == Interval(0.5, 0.0, 1.0)


def closed_form(one: Interval, other: Interval) -> tuple[float, float]:
    """Donner and Zou 2012, for independent sides: written out, as the paper has it."""
    a, b = one.value, other.value
    low_of, high_of = other.high * (2 * b - other.high), other.low * (2 * b - other.low)
    low = (a * b - np.sqrt((a * b) ** 2 - one.low * (2 * a - one.low) * low_of)) / low_of
    high = (a * b + np.sqrt((a * b) ** 2 - one.high * (2 * a - one.high) * high_of)) / high_of
    return low, high


@given(st.integers(3, 60), st.integers(3, 60))
def test_ratio_of_independent_sides_is_donner_and_zous(one, other):
    sides = wilson(one / 80, 80, 0.95), wilson(other / 80, 80, 0.95)
    found = ratio(*sides)
    assert found is not None
    assert (found.low, found.high) == pytest.approx(closed_form(*sides), rel=1e-9)
    assert found.low < found.value < found.high


def test_ratio_and_difference_say_the_same_of_one_and_zero():
    for had in range(1, 60):
        sides = wilson(had / 70, 70, 0.95), wilson(20 / 90, 90, 0.95)
        apart, lift = difference(*sides), ratio(*sides)
        assert lift is not None
        assert (apart.low > 0) == (lift.low > 1)
        assert (apart.high < 0) == (lift.high < 1)


def test_a_ratio_to_nothing_is_no_ratio_and_one_to_nearly_nothing_has_no_end():
    assert ratio(wilson(0.2, 50, 0.95), wilson(0.0, 50, 0.95)) is None
    found = ratio(wilson(0.0, 50, 0.95), wilson(0.2, 50, 0.95))
    assert found is not None
    assert (found.value, found.low) == (0.0, 0.0)


def test_an_arm_of_people_who_count_once_is_a_plain_proportion():
    outcome, person = np.arange(40) < 12, np.arange(40)
    one = arm(outcome, np.ones(40), person, 40)
    assert one.rate == pytest.approx(0.3)
    assert one.effective == pytest.approx(39, rel=0.03)


def test_a_person_who_counts_ten_times_is_worth_one():
    outcome = np.repeat(np.arange(40) < 12, 10)
    person = np.repeat(np.arange(40), 10)
    assert arm(outcome, np.ones(400), person, 40).effective == pytest.approx(39, rel=0.03)
    nobody = arm(np.zeros(400, dtype=bool), np.ones(400), person, 40)
    assert nobody.effective == pytest.approx(40)  # Kish, where there is no variance to go by


def test_weights_make_a_side_worth_less():
    outcome, person = np.arange(40) % 3 == 0, np.arange(40)
    heavy = np.where(np.arange(40) < 5, 20.0, 1.0)
    assert arm(outcome, heavy, person, 40).effective < 15


def test_people_on_both_sides_make_errors_go_together():
    outcome, person = np.arange(30) < 9, np.arange(30)
    one = arm(outcome, np.ones(30), person, 30)
    assert correlation(one, one) == pytest.approx(1.0)
    side = wilson(one.rate, one.effective, 0.95)
    apart, together = difference(side, side), difference(side, side, 0.5)
    assert together.high - together.low < apart.high - apart.low


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_intervals_of_clustered_rows_hold_the_truth_about_as_often_as_they_say(seed):
    """200 draws of 150 people with 1 to 5 rows each, the person's chance beta-distributed around 0.2: no more than 20 misses."""
    draws, missed = np.random.default_rng(seed), 0
    for _ in range(200):
        chance = draws.beta(2, 8, 150)
        person = np.repeat(np.arange(150), draws.integers(1, 6, 150))
        outcome = draws.random(len(person)) < chance[person]
        one = arm(outcome, np.ones(len(person)), person, 150)
        found = wilson(one.rate, one.effective, 0.95)
        missed += not found.low <= 0.2 <= found.high
    assert missed <= 22  # 10 expected; 22 is four standard errors above
