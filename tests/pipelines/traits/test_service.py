"""Where vehicles stand with service, each case computed by hand."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from pipelines.traits.service import STEP
from tests import trait_world as world

VIN = "19UUB2F50KA000001"
PEOPLE = (
    {"person_id": "p1", "household_id": "h1"},
    {"person_id": "p2", "household_id": "h1"},
    {"person_id": "p9", "household_id": "h9"},
)
MEMBERS = tuple({"record_id": f"dms_service:{n}:customer", "person_id": f"p{n}"} for n in (1, 2, 9))
CAR = {
    "person_id": "p1",
    "vin": VIN,
    "household_id": "h1",
    "relation": "serviced",
    "is_current": True,
    "make": "Acura",
    "year": 2024,
}
DRIVEN = {**CAR, "odometer_miles": 20_000, "odometer_on": date(2026, 8, 1), "miles_per_day": 40.0}


def order(number, on, **columns):
    given = {"transaction_id": f"dms_service:{number}", "kind": "service", "status": "closed", "occurred_on": on, "vin": VIN}
    return {**given, "record_id": "dms_service:1:customer", "customer_pay": Decimal(90), "rooftop_id": "R01", **columns}


def standing(engine, *transactions, cars=(CAR,), as_of=world.AS_OF):
    return world.run(
        engine, STEP, world.policy(), as_of, garage=cars, transaction=transactions, member=MEMBERS, person=PEOPLE
    ).rows(named=True)


def test_due_by_date_after_the_interval(engine):
    (row,) = standing(engine, order(1, date(2026, 1, 31)))
    assert (row["due_on"], row["due_basis"], row["days_to_due"]) == (date(2027, 1, 31), "date", 71)
    assert (row["visits"], row["state"], row["rooftop_id"]) == (1, "active", "R01")


def test_due_by_miles_where_they_come_first(engine):
    (row,) = standing(engine, order(1, date(2026, 6, 1), odometer_miles=18_000), cars=(DRIVEN,))
    # due at 25,500; 20,000 on 1 August at 40 a day: 137.5, so on the 138th day
    assert (row["due_on"], row["due_basis"], row["days_to_due"]) == (date(2026, 12, 17), "miles", 26)
    assert row["miles_today"] == 20_000 + 40 * 112


def test_a_make_without_a_row_takes_the_default_interval(engine):
    (row,) = standing(engine, order(1, date(2026, 10, 31)), cars=({**CAR, "make": "BMW"},))
    assert row["due_on"] == date(2027, 4, 30)


@pytest.mark.parametrize("year", [1999, None])
def test_a_model_year_outside_takes_the_makes_nearest_row(engine, year):
    (row,) = standing(engine, order(1, date(2026, 10, 31)), cars=({**CAR, "year": year},))
    assert row["due_on"] == date(2027, 10, 31)


@pytest.mark.parametrize(
    ("last", "months", "state"),
    [
        (date(2025, 11, 22), 11.97, "active"),
        (date(2025, 11, 21), 12.0, "at_risk"),
        (date(2025, 5, 21), 18.0, "lapsed"),
        (date(2024, 11, 21), 24.0, "lost"),
    ],
)
def test_states_begin_on_the_anniversary(engine, last, months, state):
    (row,) = standing(engine, order(1, last))
    assert (row["months_since_service"], row["state"]) == (months, state)


def test_the_household_brings_the_car_but_a_former_owner_did_not(engine):
    theirs = order(2, date(2026, 3, 1), record_id="dms_service:2:customer")
    former = order(9, date(2026, 4, 1), record_id="dms_service:9:customer")
    (row,) = standing(engine, order(1, date(2025, 3, 1)), theirs, former)
    assert (row["visits"], row["last_service_on"]) == (2, date(2026, 3, 1))


def test_internal_and_void_orders_are_no_visits_but_warranty_work_is(engine):
    internal = order(2, date(2026, 5, 1), customer_pay=None, internal_pay=Decimal(200))
    void = order(3, date(2026, 6, 1), status="cancelled")
    warranty = order(4, date(2026, 2, 1), customer_pay=None, warranty_pay=Decimal(300))
    (row,) = standing(engine, order(1, date(2025, 6, 1)), internal, void, warranty)
    assert (row["visits"], row["last_service_on"]) == (2, date(2026, 2, 1))


def test_a_car_sold_here_and_never_seen_since_is_due_from_its_sale(engine):
    deal = {"transaction_id": "dms_sales:1", "kind": "sale", "status": "closed", "occurred_on": date(2026, 2, 10), "vin": VIN}
    (row,) = standing(engine, {**deal, "record_id": "dms_service:1:customer"}, cars=({**CAR, "relation": "bought"},))
    assert (row["state"], row["due_on"], row["visits"]) == ("never", date(2027, 2, 10), 0)
    assert row["months_since_service"] is None


def test_a_car_known_from_a_list_has_no_row_until_it_comes_in(engine):
    listed = {**CAR, "relation": "listed"}
    assert standing(engine, cars=(listed,)) == []
    assert len(standing(engine, order(1, date(2026, 1, 1)), cars=(listed,))) == 1


def test_a_recommendation_is_open_until_done(engine):
    seen = order(1, date(2026, 3, 1), recommended_ops=["BRK", "TIRE"], op_codes=["LOF", "TIRE"])
    (row,) = standing(engine, seen)
    assert row["has_open_recommendation"] is True
    elsewhere = order(2, date(2026, 3, 1), op_codes=["BRK"], rooftop_id="R02")
    (row,) = standing(engine, seen, elsewhere)
    assert row["has_open_recommendation"] is False
    (row,) = standing(engine, seen, order(3, date(2026, 4, 1)))
    assert row["has_open_recommendation"] is True  # a visit that did something else does not close it
    assert (row["open_recommendations"], row["recommended_on"]) == (["BRK"], date(2026, 3, 1))
    (row,) = standing(engine, order(5, date(2026, 3, 1), recommended_ops=["", None, "lof "], op_codes=["LOF"]))
    assert row["has_open_recommendation"] is False
    before = order(4, date(2026, 2, 1), op_codes=["BRK"])
    (row,) = standing(engine, seen, before)
    assert row["has_open_recommendation"] is True


def appointment(number, on, **columns):
    given = {
        "transaction_id": f"dms_appointments:{number}",
        "kind": "appointment",
        "status": "open",
        "occurred_on": on,
        "vin": VIN,
    }
    return {**given, "record_id": "dms_service:2:customer", "opened_on": date(2026, 11, 1), **columns}


def test_the_next_appointment_is_the_first_that_stands(engine):
    seen = order(1, date(2026, 3, 1))
    booked = (
        appointment(1, date(2026, 11, 20)),
        appointment(2, date(2026, 11, 24), status="cancelled"),
        appointment(3, date(2026, 11, 25), opened_on=date(2026, 11, 22)),
        appointment(4, date(2026, 11, 26), opened_on=None, updated_at=datetime(2026, 11, 22, 5)),  # noqa: DTZ001 (file stamps are in group time)
        appointment(5, date(2026, 12, 1), record_id="dms_service:9:customer"),
        appointment(6, date(2026, 12, 2)),
    )
    (row,) = standing(engine, seen, *booked)
    assert row["next_appointment_on"] == date(2026, 12, 2)
    no_vin = appointment(7, date(2026, 11, 30), vin=None, record_id="dms_service:1:customer")
    (row,) = standing(engine, seen, *booked, no_vin)
    assert row["next_appointment_on"] == date(2026, 11, 30)


def test_what_is_dated_after_the_day_does_not_matter(engine):
    seen = order(1, date(2026, 3, 1), recommended_ops=["BRK"], odometer_miles=18_000)
    future = order(2, date(2026, 11, 22), op_codes=["BRK"], odometer_miles=90_000)
    bought = {"transaction_id": "dms_sales:1", "kind": "sale", "status": "closed", "occurred_on": date(2027, 2, 10), "vin": VIN}
    later = (future, {**bought, "record_id": "dms_service:1:customer"})
    assert standing(engine, seen, cars=(DRIVEN,)) == standing(engine, seen, *later, cars=(DRIVEN,))
