"""Bought lists and what people state themselves: what they say of a vehicle, and what they end."""

from datetime import date

import pytest

from tests.pipelines.identity.conftest import deal
from tests.pipelines.identity.garage_world import VIN, Garage, garage, listing, source

__all__ = ["garage"]  # the fixture


def test_listed_vehicle_without_vin(garage: Garage) -> None:
    row = {"row_key": "LIC|7", "vin": "WBA5R1C5", "make": "Bimmer", "model": " X3 Sport", "year": 2022, "licence_id": "LIC"}
    row |= {"condition": "used", "purchased_on": date(2023, 2, 1), "expires_on": date(2027, 1, 1)}
    found = garage(lists=[source("ownership_lists", **row)])[("l", "list:LIC|7")]
    assert (found["relation"], found["make"], found["model"], found["year"]) == ("listed", "BMW", "X3", 2022)
    assert (found["licence_id"], found["owner_number"], found["since"], found["is_own_brand"]) == (
        "LIC",
        2,
        date(2023, 2, 1),
        False,
    )


def test_a_listed_vehicle_is_one_however_many_lists_name_it(garage: Garage) -> None:
    car = {
        "year": 2022,
        "make": "Bimmer",
        "model": "X3 Sport",
        "expires_on": date(2027, 1, 31),
    }
    keys = ("LIC-1|7", "LIC-2|7", "LIC-3|9")
    rows = [source("ownership_lists", **{**car, "row_key": key, "licence_id": key[:5]}) for key in keys]
    assert set(garage(lists=rows)) == {("l", "list:LIC-1|7")}
    told = source("ownership_lists", **{**car, "row_key": "LIC-4|7", "licence_id": "LIC-4", "vin": "5UX53DP05N9000001"})
    assert set(garage(lists=[*rows, told])) == {("l", "5UX53DP05N9000001")}
    older = source("ownership_lists", **{**car, "row_key": "LIC-4|7", "licence_id": "LIC-4", "year": 2015})
    assert set(garage(lists=[*rows, older])) == {("l", "list:LIC-1|7"), ("l", "list:LIC-4|7")}


def test_lapsed_licence_says_nothing(garage: Garage) -> None:
    row = {"row_key": "LIC|7", "make": "Bimmer", "licence_id": "LIC", "expires_on": date(2026, 11, 20)}
    assert garage(lists=[source("ownership_lists", **row)]) == {}


def test_stated_vehicle(garage: Garage) -> None:
    assert garage(crm=[source("crm_contacts", row_key="7", vin=VIN)])[("s", VIN)]["relation"] == "stated"


def test_a_vehicle_registered_to_somebody_else_is_gone(garage: Garage) -> None:
    bought = deal("1", "a1", vin=VIN, occurred_on=date(2023, 6, 1))
    row = garage([bought], lists=[listing(purchased_on=date(2025, 2, 1))])[("a", VIN)]
    assert (row["until"], row["until_reason"], row["probability"]) == (date(2025, 2, 1), "registered_elsewhere", 0.0)


@pytest.mark.parametrize(
    ("values", "homes", "families"),
    [
        ({"purchased_on": date(2021, 2, 1)}, {}, {}),  # an owner before
        ({"purchased_on": date(2025, 2, 1), "expires_on": date(2026, 11, 20)}, {}, {}),  # its licence has run out
        ({"purchased_on": date(2025, 2, 1)}, {"a": "h", "l": "h"}, {}),  # a member of the household
        ({"purchased_on": date(2025, 2, 1)}, {}, {"a": "weber", "l": "weber"}),  # the same family at an old address
    ],
)
def test_lists_that_end_nothing(garage: Garage, values: dict, homes: dict, families: dict) -> None:
    bought = deal("1", "a1", vin=VIN, occurred_on=date(2023, 6, 1))
    assert garage([bought], lists=[listing(**values)], homes=homes, families=families)[("a", VIN)]["until"] is None


def test_a_cut_vin_on_a_list_means_the_vehicle_that_is_known(garage: Garage) -> None:
    row = listing(vin=VIN[:10], make="Mazda", model="CX-5", year=2024, purchased_on=date(2025, 6, 1), owner="a")
    words = [("make", "", "mazda", "Mazda"), ("model", "Mazda", "cx-5", "CX-5")]
    assert set(garage([deal("1", "a1", vin=VIN)], lists=[row], words=words)) == {("a", VIN)}
