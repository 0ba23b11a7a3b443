from datetime import date, timedelta

import polars as pl
import pytest

from pipelines.measurement.backtest_audience import WHOLE, caught, rates
from schemas.policy.backtest import BacktestPolicy

FIRST = date(2026, 5, 1)
DAYS = [FIRST + timedelta(days=7 * week) for week in range(3)]
POLICY = BacktestPolicy(horizons_days=(10, 30), least_people=2, least_events=2)


def happened(*rows):
    listed = [(outcome, person, FIRST + timedelta(days=after)) for outcome, person, after in rows]
    return pl.DataFrame(listed, schema={"outcome": pl.String, "person_id": pl.String, "on_day": pl.Date}, orient="row")


def members(*rows):
    listed = [(DAYS[week], person, cell) for week, person, cell in rows]
    return pl.DataFrame(listed, schema={"day": pl.Date, "person_id": pl.String, "cell": pl.String}, orient="row")


def everybody(*people):
    rows = [(day, person) for day in DAYS for person in people]
    return pl.DataFrame(rows, schema={"day": pl.Date, "person_id": pl.String}, orient="row")


def test_caught_is_who_was_in_on_the_last_replayed_day_before_and_early_counts_from_the_stay():
    inside = members((0, "a", "X"), (1, "a", "X"), (0, "b", "X"), (1, "c", "Y"), (2, "d", "Y"))
    after = happened(
        ("booked", "a", 10), ("booked", "b", 10), ("booked", "c", 8), ("booked", "d", 14), ("booked", "e", 3), ("booked", "a", 90)
    )
    found = {(one["cell"], one["outcome"]): one for one in caught(inside, after, DAYS, 7, POLICY).to_dicts()}
    whole = found[WHOLE, "booked"]
    # b left before, d came on the very day of booking, e was never in; the second booking of a is out of range
    assert (whole["people"], whole["caught_people"]) == (5, 2)
    assert whole["share"] == pytest.approx(0.4)
    assert whole["days_early_median"] == pytest.approx((10 + 1) / 2)  # a since day 0, c since day 7
    assert whole["began_before"] == 1
    assert (found["X", "booked"]["caught_people"], found["Y", "booked"]["caught_people"]) == (1, 1)
    assert found[WHOLE, "bought_here"]["verdict"] == "too few people"


def test_rates_inside_and_outside_count_days_strictly_after_and_leave_open_horizons_out():
    inside = members(*((week, person, "X") for week in range(3) for person in ("a", "b")))
    after = happened(("booked", "a", 0), ("booked", "a", 15), ("booked", "c", 5))
    last = DAYS[1] + timedelta(days=10)
    found = rates(everybody("a", "b", "c", "d", "e"), inside, after, DAYS, last, POLICY)
    row = found.filter(cell=WHOLE, outcome="booked", horizon_days=10).to_dicts()[0]
    # days 0 and 7 are over: a within 10 days of day 7 only, of four member-days; c of day 0 only, of six others
    assert (row["member_people"], row["outside_people"], row["censored_days"]) == (2, 3, 1)
    assert (row["member_rate"], row["outside_rate"], row["lift"]) == pytest.approx((1 / 4, 1 / 6, 1.5))
    assert found.filter(cell="X", outcome="booked", horizon_days=10)["member_rate"].item() == pytest.approx(1 / 4)
    assert found.filter(cell=WHOLE, outcome="booked", horizon_days=30)["verdict"].item() == "horizon not over"


def test_who_is_in_another_cell_is_not_outside():
    inside = members(*((week, person, person.upper()) for week in range(3) for person in ("a", "b")))
    found = rates(everybody("a", "b", "c", "d"), inside, happened(), DAYS, DAYS[-1] + timedelta(days=40), POLICY)
    assert found.filter(cell="A", outcome="booked", horizon_days=10).select("member_people", "outside_people").row(0) == (1, 2)


def test_an_audience_without_members_gives_no_figure():
    found = rates(everybody("a", "b", "c"), members(), happened(("booked", "a", 3)), DAYS, DAYS[-1] + timedelta(days=40), POLICY)
    assert found["cell"].unique().to_list() == [WHOLE]
    assert set(found["verdict"]) == {"too few people"}
    nobody = caught(members(), happened(("booked", "a", 3), ("booked", "b", 3)), DAYS, 7, POLICY)
    assert nobody.filter(outcome="booked").select("people", "caught_people").row(0) == (2, 0)
