"""What vehicles show of their holders: readings, paces, unwound deals, leases of one household, dates that cannot be."""

from datetime import date

import pytest

from tests.pipelines.identity.conftest import deal
from tests.pipelines.identity.garage_world import OTHER, VIN, Garage, garage, order

__all__ = ["garage"]  # the fixture


def test_what_is_typed_for_an_appointment_or_a_void_order_is_no_reading(garage: Garage) -> None:
    deals = [
        order("1", "a1", date(2026, 1, 1), odometer_miles=20_000),
        order("2", "a1", date(2026, 4, 11), odometer_miles=24_000),
        deal("3", "a1", kind="appointment", status="open", vin=VIN, occurred_on=date(2026, 6, 1), odometer_miles=40_000),
        order("4", "a1", date(2026, 6, 1), odometer_miles=30_000, status="cancelled"),
        order("5", "a1", date(2027, 1, 1), odometer_miles=31_000),
    ]
    row = garage(deals)[("a", VIN)]
    assert (row["odometer_miles"], row["odometer_on"], row["miles_per_day"]) == (24_000, date(2026, 4, 11), 40.0)


def test_a_reading_in_kilometres_is_read_in_miles(garage: Garage) -> None:
    days = [(date(2026, 1, 1), 20_000), (date(2026, 4, 11), 24_000), (date(2026, 7, 20), 45_062)]  # 28,000 miles
    row = garage([order(str(at), "a1", on, odometer_miles=miles) for at, (on, miles) in enumerate(days)])[("a", VIN)]
    assert (row["odometer_miles"], row["odometer_on"], row["miles_per_day"]) == (28_000, date(2026, 7, 20), 40.0)


def test_the_second_owner_drives_at_their_own_pace(garage: Garage) -> None:
    deals = [
        deal("1", "a1", vin=VIN, condition="new", occurred_on=date(2024, 1, 1), odometer_miles=10),
        order("2", "a1", date(2025, 1, 1), odometer_miles=36_610),
        deal("3", "b1", vin=VIN, condition="used", occurred_on=date(2025, 6, 1), odometer_miles=40_000),
        order("4", "b1", date(2025, 12, 18), odometer_miles=42_000),
        order("5", "b1", date(2026, 7, 6), odometer_miles=44_000),
    ]
    row = garage(deals)[("b", VIN)]
    assert (row["owner_number"], row["odometer_miles"], row["miles_per_day"]) == (2, 44_000, 10.0)


def test_a_car_named_as_trade_in_of_a_deal_that_was_unwound_is_still_held(garage: Garage) -> None:
    bought = deal("1", "a1", vin=VIN, condition="new", occurred_on=date(2025, 1, 1))
    traded = deal("2", "a1", vin=OTHER, trade_vin=VIN, occurred_on=date(2026, 10, 1))
    assert garage([bought, traded])[("a", VIN)]["until_reason"] == "traded_in"
    found = garage([bought, {**traded, "status": "cancelled"}])
    assert found[("a", VIN)]["is_current"]
    assert ("a", OTHER) not in found


def test_two_leases_of_one_household_end_by_themselves(garage: Garage) -> None:
    lease = {"kind": "lease", "condition": "new", "occurred_on": date(2023, 6, 1)}
    deals = [
        deal("1", "a1", vin=VIN, matures_on=date(2026, 6, 1), **lease),
        deal("2", "b1", vin=OTHER, matures_on=date(2027, 6, 1), **lease),
        deal("3", "b1", vin="JM1BK32F781234568", trade_vin=VIN, occurred_on=date(2026, 5, 1)),  # the wife's deal takes his car
    ]
    found = garage(deals, homes={"a": "h", "b": "h"})
    assert (found[("a", VIN)]["until"], found[("a", VIN)]["until_reason"]) == (date(2026, 5, 1), "traded_in")
    assert found[("b", OTHER)]["until"] is None


@pytest.mark.parametrize(("stated", "expected"), [(date(2014, 3, 1), date(2024, 2, 1)), (date(2023, 9, 1), date(2023, 9, 1))])
def test_an_in_service_date_before_its_model_year_is_a_slip(garage: Garage, stated: date, expected: date) -> None:
    bought = deal("1", "a1", vin=VIN, condition="new", occurred_on=date(2024, 2, 1), in_service_on=stated)
    assert garage([bought])[("a", VIN)]["in_service_on"] == expected  # else the day it was sold new; its year is 2024
