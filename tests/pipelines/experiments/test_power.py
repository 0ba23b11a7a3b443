"""The power calculation, against scipy's optimiser and distributions, simulation-free hand figures, and a published one."""

from math import inf, sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import norm
from scipy.stats import t as student

from pipelines.experiments.power import (
    Question,
    Unpowered,
    cluster_effect,
    detectable_lift,
    exact_per_arm,
    people_per_arm,
    power_with,
    weeks_until,
)


def oracle_power(p1: float, p2: float, n1: float, ratio: float, risk: float) -> float:
    """The chance that the pooled z statistic is beyond its bound when the rates are p1 and p2; the far tail left out."""
    n2 = ratio * n1
    pooled = (n1 * p1 + n2 * p2) / (n1 + n2)
    bound = norm.isf(risk / 2) * sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    return float(norm.sf(bound, loc=abs(p2 - p1), scale=sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)))


def oracle_people(p1: float, p2: float, power: float, ratio: float, risk: float) -> float:
    return float(brentq(lambda n: oracle_power(p1, p2, n, ratio, risk) - power, 1e-3, 1e13, xtol=1e-9, rtol=1e-12))


def test_a_lift_of_ten_percent_from_two_and_a_half_needs_64199_an_arm() -> None:
    asked = Question(0.025, 0.10, power=0.80, confidence=0.95)
    assert exact_per_arm(asked) == pytest.approx(oracle_people(0.025, 0.0275, 0.8, 1.0, 0.05), rel=1e-6)
    assert people_per_arm(asked) == 64_199
    assert abs(people_per_arm(asked) - 64_200) <= 5  # as the literature of the briefs rounds it


@settings(deadline=None)
@given(
    baseline=st.floats(0.001, 0.4),
    lift=st.floats(0.02, 1.0),
    power=st.floats(0.55, 0.99),
    confidence=st.floats(0.8, 0.999),
    arms=st.integers(2, 5),
    ratio=st.floats(0.2, 9),
)
def test_people_and_power_are_those_of_the_pooled_z_test(
    baseline: float, lift: float, power: float, confidence: float, arms: int, ratio: float
) -> None:
    asked = Question(baseline, lift, power, confidence, arms, ratio)
    people = exact_per_arm(asked)
    assert people == pytest.approx(oracle_people(baseline, baseline * (1 + lift), power, ratio, asked.risk), rel=1e-4)
    assert power_with(asked, people) == pytest.approx(power, abs=1e-6)
    found = detectable_lift(asked, people)
    assert found == pytest.approx(lift, rel=1e-4)


def test_three_arms_cost_more_and_a_small_control_costs_more_in_all() -> None:
    two, three = Question(0.025, 0.1), Question(0.025, 0.1, arms=3)
    assert people_per_arm(three) > people_per_arm(two)
    uneven = Question(0.025, 0.1, ratio=88 / 12)
    assert people_per_arm(uneven) * (1 + 88 / 12) > 2 * people_per_arm(two)


def test_nobody_sees_nothing() -> None:
    asked = Question(0.025, 0.1)
    assert power_with(asked, 0) == 0 and detectable_lift(asked, 0) is None and detectable_lift(asked, 1) is None


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("baseline", {"baseline": 0.0, "lift": 0.1}),
        ("baseline", {"baseline": float("nan"), "lift": 0.1}),
        ("lift", {"baseline": 0.5, "lift": 1.0}),
        ("lift", {"baseline": 0.5, "lift": 0.0}),
        ("power", {"baseline": 0.5, "lift": 0.1, "power": 0.5}),
        ("arms", {"baseline": 0.5, "lift": 0.1, "arms": 1}),
        ("ratio", {"baseline": 0.5, "lift": 0.1, "ratio": 0.0}),
    ],
)
def test_what_cannot_be_asked_is_named(name: str, given: dict[str, Any]) -> None:
    with pytest.raises(Unpowered, match=name):
        Question(**given)


def test_weeks_and_clusters_by_hand() -> None:
    assert (weeks_until(100, 100, 0), weeks_until(100, 40, 30), weeks_until(100, 40, 0)) == (0.0, 2.0, inf)
    effect = cluster_effect(2.0, dark=5, lit=20, power=0.8, confidence=0.95)
    by_hand = (student.isf(0.025, 23) + student.isf(0.2, 23)) * 2.0 * sqrt(1 / 5 + 1 / 20)
    assert effect == pytest.approx(by_hand)
    assert cluster_effect(2.0, dark=0, lit=20, power=0.8, confidence=0.95) is None
    assert cluster_effect(2.0, dark=1, lit=1, power=0.8, confidence=0.95) is None
