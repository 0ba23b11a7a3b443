"""Deals, orders and leases in; who holds which vehicle, and until when, out."""

from datetime import date

import pytest

from tests.pipelines.identity.conftest import deal
from tests.pipelines.identity.garage_world import OTHER, VIN, Garage, garage, order, source

__all__ = ["garage"]  # the fixture


def test_new_purchase(garage: Garage) -> None:
    row = garage([deal("1", "a1", vin=VIN, condition="new", odometer_miles=12)])[("a", VIN)]
    assert (row["relation"], row["owner_number"], row["since"], row["rooftop_id"]) == ("bought", 1, date(2025, 6, 1), "R01")
    assert (row["household_id"], row["make"], row["is_own_brand"], row["in_service_on"]) == (
        "ha",
        "Mazda",
        True,
        date(2025, 6, 1),
    )
    assert row["is_current"]


@pytest.mark.parametrize(
    "kind", [{"sale_type": "wholesale"}, {"sale_type": "internal"}, {"status": "cancelled"}, {"status": "open"}]
)
def test_deals_that_give_nobody_a_vehicle(garage: Garage, kind: dict) -> None:
    assert garage([deal("1", "a1", vin=VIN, **kind)]) == {}


def test_trade_in_ends_the_holding(garage: Garage) -> None:
    deals = [deal("1", "a1", vin=VIN), deal("2", "a1", vin=OTHER, trade_vin_2=VIN, occurred_on=date(2026, 3, 1))]
    row = garage(deals)[("a", VIN)]
    assert (row["until"], row["until_reason"], row["is_current"], row["probability"]) == (
        date(2026, 3, 1),
        "traded_in",
        False,
        0.0,
    )


def test_sale_to_another_ends_it_and_the_other_is_a_later_owner(garage: Garage) -> None:
    found = garage(
        [deal("1", "a1", vin=VIN, condition="new"), deal("2", "b1", vin=VIN, condition="used", occurred_on=date(2026, 3, 1))]
    )
    assert (found[("a", VIN)]["until"], found[("a", VIN)]["until_reason"]) == (date(2026, 3, 1), "sold_to_other")
    assert (found[("b", VIN)]["until"], found[("b", VIN)]["owner_number"]) == (None, 2)


def test_lease_bought_out_goes_on(garage: Garage) -> None:
    deals = [
        deal("1", "a1", kind="lease", vin=VIN, condition="new", matures_on=date(2026, 6, 1)),
        deal("2", "a1", vin=VIN, condition="used", occurred_on=date(2026, 6, 1)),
    ]
    row = garage(deals)[("a", VIN)]
    assert (row["relation"], row["until"], row["is_current"], row["owner_number"]) == ("bought", None, True, 1)


@pytest.mark.parametrize(
    ("matures_on", "gone"), [(date(2026, 9, 21), True), (date(2026, 9, 22), False), (date(2027, 2, 1), False)]
)
def test_silent_lease_is_returned_sixty_days_after_maturity(garage: Garage, matures_on: date, gone: bool) -> None:
    row = garage([deal("1", "a1", kind="lease", vin=VIN, occurred_on=date(2023, 9, 1), matures_on=matures_on)])[("a", VIN)]
    assert (row["until"], row["until_reason"]) == ((matures_on, "lease_returned") if gone else (None, None))
    assert (row["probability"] > 0) is not gone


def test_a_lease_loses_its_holder_between_maturity_and_return(garage: Garage) -> None:
    ends = [date(2026, 11, 21), date(2026, 10, 22), date(2026, 9, 22)]
    found = [
        garage([deal("1", "a1", kind="lease", vin=VIN, occurred_on=date(2023, 11, 1), matures_on=one)])[("a", VIN)]
        for one in ends
    ]
    first, half, last = (one["probability"] for one in found)
    assert found[0]["is_current"] and not found[2]["is_current"]
    assert first > half > last > 0


def test_lease_serviced_after_maturity_is_still_held(garage: Garage) -> None:
    lease = deal("1", "a1", kind="lease", vin=VIN, occurred_on=date(2023, 6, 1), matures_on=date(2026, 6, 1))
    assert garage([lease, order("9", "a1", date(2026, 8, 1))])[("a", VIN)]["until"] is None


def test_extended_lease_goes_on(garage: Garage) -> None:
    deals = [
        deal("1", "a1", kind="lease", vin=VIN, condition="new", occurred_on=date(2023, 6, 1), matures_on=date(2026, 6, 1)),
        deal("2", "a1", kind="lease", vin=VIN, occurred_on=date(2026, 6, 1), matures_on=date(2026, 12, 1)),
    ]
    row = garage(deals)[("a", VIN)]
    assert (row["relation"], row["until"], row["is_current"], row["owner_number"]) == ("leased", None, True, 1)


def test_running_lease_hardly_fades(garage: Garage) -> None:
    lease = deal("1", "a1", kind="lease", vin=VIN, occurred_on=date(2023, 6, 1), matures_on=date(2027, 1, 1))
    assert garage([lease])[("a", VIN)]["probability"] > 0.8


def test_service_only_customer(garage: Garage) -> None:
    found = garage(
        [order("1", "a1", date(2026, 1, 1), odometer_miles=20_000), order("2", "a1", date(2026, 4, 11), odometer_miles=24_000)]
    )
    row = found[("a", VIN)]
    assert (row["relation"], row["owner_number"], row["odometer_miles"], row["miles_per_day"]) == ("serviced", None, 24_000, 40.0)


def test_rooftops_own_orders_are_nobodys_garage(garage: Garage) -> None:
    assert garage([order("1", "a1", date(2026, 1, 1), internal_pay=100, customer_pay=0)]) == {}


def test_dummy_vin_on_many_records_is_nobodys(garage: Garage) -> None:
    dummy = {"kind": "vin", "value": OTHER, "records": 99, "names": 99, "reason": "fan_out"}
    assert garage([deal("1", "a1", vin=OTHER)], shared=[dummy]) == {}


def test_an_unwound_deal_ends_nothing_and_gives_nothing(garage: Garage) -> None:
    unwound = deal("2", "b1", vin=VIN, trade_vin=OTHER, occurred_on=date(2026, 3, 1), status="cancelled")
    found = garage([deal("1", "a1", vin=VIN), deal("3", "b1", vin=OTHER), unwound])
    assert {key: one["until"] for key, one in found.items()} == {("a", VIN): None, ("b", OTHER): None}


def test_a_wholesale_ends_the_holding_before_it(garage: Garage) -> None:
    found = garage([deal("1", "a1", vin=VIN), deal("2", "z1", vin=VIN, sale_type="wholesale", occurred_on=date(2026, 3, 1))])
    assert {key: one["until_reason"] for key, one in found.items()} == {("a", VIN): "sold_to_other"}


def test_a_vehicle_bought_back_is_held_again(garage: Garage) -> None:
    deals = [
        deal("1", "a1", vin=VIN, occurred_on=date(2022, 1, 1)),
        deal("2", "a1", vin=OTHER, trade_vin=VIN, occurred_on=date(2024, 1, 1)),
        deal("3", "b1", vin=VIN, occurred_on=date(2024, 3, 1)),
        deal("4", "a1", vin=VIN, occurred_on=date(2026, 9, 1)),
    ]
    found = garage(deals)
    assert (found[("a", VIN)]["until"], found[("a", VIN)]["is_current"]) == (None, True)
    assert (found[("b", VIN)]["until"], found[("b", VIN)]["until_reason"]) == (date(2026, 9, 1), "sold_to_other")


def test_a_used_vehicle_in_stock_is_nobodys(garage: Garage) -> None:
    def offered(on: date, condition: str = "used") -> str | None:
        row = source("inventory", row_key="1", vin=VIN, condition=condition, listed_on=on)
        return garage([deal("1", "a1", vin=VIN)], stock=[row])[("a", VIN)]["until_reason"]

    assert offered(date(2026, 3, 1)) == "in_stock"
    assert offered(date(2026, 3, 1), "new") is None
    assert offered(date(2025, 6, 20)) is None  # still on the site after it was sold


def test_another_vehicle_speaks_against_the_one_before(garage: Garage) -> None:
    first = deal("1", "a1", vin=VIN, occurred_on=date(2023, 6, 1))
    alone = garage([first])[("a", VIN)]
    replaced = garage([first, deal("2", "a1", vin=OTHER)])[("a", VIN)]
    helped = garage([first, deal("2", "b1", vin=OTHER, co_record_id="a1")])[("a", VIN)]
    assert replaced["until"] is None and not replaced["is_current"]
    assert replaced["probability"] < 0.1 < helped["probability"] <= alone["probability"]


def test_silence_after_visits_says_more_the_longer_it_lasts(garage: Garage) -> None:
    days = [date(2026, 11, 1), date(2025, 11, 1), date(2024, 11, 1), date(2022, 11, 1)]
    told = [garage([order("1", "a1", on)])[("a", VIN)]["probability"] for on in days]
    assert told == sorted(told, reverse=True)
    assert told[0] > 0.95 and told[1] < 0.8 and told[3] < 0.35


def test_order_of_rows_does_not_matter(garage: Garage) -> None:
    deals = [
        deal("1", "a1", vin=VIN), deal("2", "b1", vin=VIN), deal("3", "a1", vin=OTHER, trade_vin=VIN),
        order("4", "b1", date(2026, 1, 1)),
    ]  # fmt: skip
    assert garage(deals) == garage(deals[::-1])


def test_two_leases_of_one_person_are_two(garage: Garage) -> None:
    lease = {"kind": "lease", "condition": "new", "occurred_on": date(2024, 3, 1), "matures_on": date(2027, 3, 1)}
    found = garage([deal("1", "a1", vin=VIN, **lease), deal("2", "a1", vin=OTHER, **lease | {"occurred_on": date(2024, 8, 31)})])
    assert found[("a", VIN)]["is_current"] and found[("a", OTHER)]["is_current"]
