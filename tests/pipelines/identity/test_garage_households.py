"""Vehicles within a household, a family or a company: whose they are when another drives, trades or inherits them."""

from datetime import date

from tests.pipelines.identity.conftest import deal
from tests.pipelines.identity.garage_world import OTHER, TYPED, VIN, Garage, garage, order

__all__ = ["garage"]  # the fixture


def test_co_buyer_holds_it_too(garage: Garage) -> None:
    assert set(garage([deal("1", "a1", co_record_id="b1", vin=VIN)])) == {("a", VIN), ("b", VIN)}


def test_a_spouse_trades_the_vehicle_in(garage: Garage) -> None:
    deals = [deal("1", "a1", vin=VIN), deal("2", "b1", vin=OTHER, trade_vin=VIN, occurred_on=date(2026, 3, 1))]
    home = garage(deals, homes={"a": "h", "b": "h"}, table="household_garage")
    assert (home[("h", VIN)]["until"], home[("h", VIN)]["until_reason"]) == (date(2026, 3, 1), "traded_in")
    assert home[("h", OTHER)]["until"] is None


def test_a_fleet_vehicle_stays_with_the_company_whoever_drives_it_in(garage: Garage) -> None:
    deals = [deal("1", "c1", vin=VIN, sale_type="fleet"), order("2", "a1", date(2026, 3, 1))]
    assert garage(deals, businesses="c")[("c", VIN)]["until"] is None


def test_two_leases_in_one_household_are_two_vehicles(garage: Garage) -> None:
    term = {"kind": "lease", "occurred_on": date(2025, 6, 1), "matures_on": date(2028, 6, 1)}
    deals = [deal("1", "a1", vin=VIN, **term), deal("2", "b1", vin=OTHER, co_record_id="a1", **term)]
    home = garage(deals, homes={"a": "h", "b": "h"}, table="household_garage")
    assert {key: (one["holders"], one["is_current"]) for key, one in home.items()} == {
        ("h", VIN): (1, True),
        ("h", OTHER): (2, True),
    }


def test_a_vehicle_sold_to_the_child_stays_in_the_household(garage: Garage) -> None:
    deals = [deal("1", "a1", vin=VIN), deal("2", "b1", vin=VIN, occurred_on=date(2026, 3, 1))]
    homes = {"a": "h", "b": "h"}
    assert garage(deals, homes=homes)[("a", VIN)]["until_reason"] == "sold_to_other"
    row = garage(deals, homes=homes, table="household_garage")[("h", VIN)]
    assert (row["until"], row["is_current"], row["person_id"], row["holders"]) == (None, True, "b", 2)


def test_several_members_with_one_vehicle_count_once(garage: Garage) -> None:
    deals = [deal("1", "a1", co_record_id="b1", vin=VIN), order("2", "b1", date(2026, 9, 1))]
    homes = {"a": "h", "b": "h"}
    people = garage(deals, homes=homes)
    home = garage(deals, homes=homes, table="household_garage")
    assert set(home) == {("h", VIN)}
    assert home[("h", VIN)]["probability"] == people[("a", VIN)]["probability"] == people[("b", VIN)]["probability"]


def test_a_mistyped_vin_is_the_households_vehicle(garage: Garage) -> None:
    served = [deal("1", "a1", vin=VIN), order("2", "b1", date(2026, 9, 1), vin=TYPED)]
    found = garage(served, homes={"a": "h", "b": "h"})
    assert set(found) == {("a", VIN), ("b", VIN)}
    traded = [deal("1", "a1", vin=VIN), deal("2", "a1", vin=OTHER, trade_vin=TYPED, occurred_on=date(2026, 3, 1))]
    assert garage(traded)[("a", VIN)]["until_reason"] == "traded_in"
    assert set(garage(served)) == {("a", VIN), ("b", TYPED)}  # another household: nobody knows


def test_a_stranger_who_brings_the_vehicle_to_service_has_it(garage: Garage) -> None:
    bought = deal("1", "a1", vin=VIN, occurred_on=date(2023, 6, 1))
    row = garage([bought, order("2", "b1", date(2026, 3, 1))])[("a", VIN)]
    assert (row["until"], row["until_reason"]) == (date(2026, 3, 1), "serviced_by_other")
    again = [bought, order("2", "b1", date(2025, 3, 1)), order("3", "a1", date(2026, 3, 1))]
    assert garage(again)[("a", VIN)]["until"] is None  # lent


def test_a_married_or_misspelt_name_is_no_stranger(garage: Garage) -> None:
    deals = [deal("1", "a1", vin=VIN, occurred_on=date(2023, 6, 1)), order("2", "b1", date(2026, 3, 1))]
    assert garage(deals, givens={"a": "mary", "b": "mary"})[("a", VIN)]["until"] is None
    assert garage(deals, families={"a": "alvarez", "b": "alvraez"})[("a", VIN)]["until"] is None


def test_who_bought_together_loses_the_vehicle_when_the_buyer_replaces_it(garage: Garage) -> None:
    first = deal("1", "a1", vin=VIN, co_record_id="b1", occurred_on=date(2023, 6, 1))
    found = garage([first, deal("2", "a1", vin=OTHER)], homes={"a": "h", "b": "h"})
    assert found[("b", VIN)]["probability"] == found[("a", VIN)]["probability"] < 0.1


def test_who_brings_a_relatives_vehicle_to_service_keeps_his_own(garage: Garage) -> None:
    deals = [
        deal("1", "a1", vin=OTHER, occurred_on=date(2025, 6, 1)),
        deal("2", "b1", vin=VIN, occurred_on=date(2025, 3, 1)),
        order("3", "a1", date(2026, 2, 10)),
    ]
    own = garage(deals, homes={"a": "h", "b": "h"})[("a", OTHER)]
    assert own["is_current"]
    assert own["probability"] > garage(deals)[("a", OTHER)]["probability"]  # a stranger's: it may be the new one
