"""Chance is keyed: more people, or another order, changes nobody's draws."""

from datetime import date

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from assets.policy_files import load_policy
from data_samples.simulator.days import day_number, make_calendar
from data_samples.simulator.draws import Draws, repeat
from data_samples.simulator.people import make_people
from data_samples.simulator.places import find_places


@given(st.permutations(range(50)))
def test_a_draw_depends_on_its_own_id_only(order):
    ids = np.array(order)
    straight = Draws(1).uniform("height", np.arange(50))
    assert np.array_equal(Draws(1).uniform("height", ids), straight[ids])


def test_draws_have_the_distribution_they_promise():
    draws, ids = Draws(5), np.arange(200_000)
    assert abs(draws.uniform("u", ids).mean() - 0.5) < 0.005
    assert abs(draws.poisson("p", 2.5, ids).mean() - 2.5) < 0.03
    assert abs(draws.waiting("w", 30.0, 2, ids).mean() - 30.0) < 0.3
    assert abs((draws.choose("c", (1, 3), ids) == 1).mean() - 0.75) < 0.01
    assert set(draws.integer("i", 2, 4, ids).tolist()) == {2, 3, 4}


def test_repeat_numbers_rows_within_their_group():
    group, number = repeat(np.array([2, 0, 3]))
    assert (group.tolist(), number.tolist()) == ([0, 0, 2, 2, 2], [0, 1, 0, 1, 2])


def test_more_people_leave_the_first_ones_alone():
    policy, calendar = load_policy("velocity_b"), make_calendar(date(2026, 11, 21), 6, 3)
    places = find_places(policy)
    few, many = (make_people(policy, Draws(7), places, calendar, count) for count in (60, 90))
    mine = ["person_id", "first", "last", "birth", "address_1", "email", "cell"]
    first = few.filter(pl.col("person_id").str.starts_with("P")).head(50)
    assert first.select(mine).equals(many.head(50).select(mine))


def test_deliveries_are_the_history_then_each_of_the_last_days():
    calendar = make_calendar(date(2026, 11, 21), 18, 7)
    last = day_number(date(2026, 11, 21))
    assert calendar.deliveries == tuple(range(last - 7, last + 1))
    assert calendar.delivery_of(np.array([0, last - 7, last - 6, last, last + 1])).tolist() == [0, 0, 1, 7, 8]


def test_without_days_the_history_comes_by_month():
    calendar = make_calendar(date(2026, 11, 21), 18, None)
    assert len(calendar.deliveries) == len(set(calendar.deliveries)) and calendar.deliveries == tuple(sorted(calendar.deliveries))
    assert calendar.deliveries[0] == calendar.first and 70 <= len(calendar.deliveries) <= 80
