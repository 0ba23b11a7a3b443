"""Deals, orders, lists and statements in; who holds which vehicle out."""

from collections.abc import Callable
from datetime import date, datetime

import polars as pl
import pytest

from assets.engine import DuckDBEngine
from pipelines.identity.garage import STEP
from pipelines.step import Day
from schemas.policy import Policy
from schemas.sources import all_feeds
from schemas.tables import identity, records
from tests.pipelines.identity.conftest import AS_OF, deal, frame

VIN, OTHER, TYPED = "1HGCM82633A004352", "JM1BK32F781234567", "1HGCM82633A004325"
STAMP = datetime.fromisoformat("2026-11-01T05:00")
SCHEMAS = {"vocabulary_match": records.VOCABULARY_MATCH, "shared_identifier": identity.SHARED_IDENTIFIER}
Garage = Callable[..., dict[tuple[str, str], dict]]


def order(number: str, record_id: str, on: date, **values: object) -> dict:
    return deal(number, record_id, kind="service", transaction_id=f"ro:{number}", occurred_on=on, vin=VIN) | values


def source(feed: str, **values: object) -> dict:
    schema = all_feeds()[feed].schema().create_empty().schema
    origin = {"row_hash": 1, "version_at": STAMP, "file_name": "f", "line_number": 1, "is_superseded": False, "dt": AS_OF}
    return {**dict.fromkeys(schema), **origin, **values}


@pytest.fixture
def garage(engine: DuckDBEngine, policy: Policy) -> Garage:
    """Runs the step; persons are the letters before the colon-free record ids: record a1 belongs to person a."""

    def run(
        deals: list[dict] = (),
        lists: list[dict] = (),
        crm: list[dict] = (),
        shared: list[dict] = (),
        stock: list[dict] = (),
        homes: dict[str, str] | None = None,
        families: dict[str, str] | None = None,
        givens: dict[str, str] | None = None,
        table: str = "garage",
        businesses: str = "",
        words: list[tuple[str, str, str, str]] = (),
    ) -> dict:
        ids = {one[key] for one in deals for key in ("record_id", "co_record_id") if one[key]}
        people = {one: one[0] for one in ids}
        people |= {f"ownership_lists:{one['row_key']}:owner": one.pop("owner", "l") for one in map(dict, lists)}
        lists = [{key: value for key, value in one.items() if key != "owner"} for one in lists]
        people |= {f"crm_contacts:{one['row_key']}:contact": "s" for one in crm}
        member = [{"record_id": r, "person_id": p} for r, p in sorted(people.items())]
        person = [
            {
                "person_id": p,
                "household_id": (homes or {}).get(p, f"h{p}"),
                "first_name": (givens or {}).get(p, f"given {p}"),
                "last_name": (families or {}).get(p, 9 * p),
                "is_business": p in businesses,
            }
            for p in sorted(set(people.values()))
        ]
        vehicle = [
            {"vin": VIN, "year": 2024, "make": "Mazda", "model": "CX-5", "body_style": "suv", "is_vin_valid": True},
            {"vin": TYPED, "is_vin_valid": False},
        ]
        vocabulary = [
            {"kind": "make", "context": "", "raw": "bimmer", "matched": "BMW"},
            {"kind": "model", "context": "BMW", "raw": "x3 sport", "matched": "X3"},
        ]
        vocabulary += [dict(zip(("kind", "context", "raw", "matched"), one, strict=True)) for one in words]
        tables = {
            "member": member,
            "person": person,
            "vehicle": vehicle,
            "vocabulary_match": vocabulary,
            "shared_identifier": shared,
        }
        kinds = {"member": identity.MEMBER, "person": identity.PERSON, "vehicle": records.VEHICLE, **SCHEMAS}
        for name, rows in tables.items():
            schema = kinds[name].schema.create_empty().schema
            engine.register(name, pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema, orient="row"))
        engine.register("transaction", frame("transaction", list(deals)))
        for feed, rows in (("ownership_lists", lists), ("crm_contacts", crm), ("inventory", stock)):
            schema = {**all_feeds()[feed].schema().create_empty().schema, "dt": pl.Date}
            engine.register(feed, pl.DataFrame(list(rows), schema=schema, orient="row"))
        made = STEP.frames(engine, Day(AS_OF, policy, "key"))
        identity.Garage.validate(made["garage"])
        identity.HouseholdGarage.validate(made["household_garage"])
        key = "person_id" if table == "garage" else "household_id"
        return {(one[key], one["vin"]): one for one in made[table].to_dicts()}

    return run


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


def test_co_buyer_holds_it_too(garage: Garage) -> None:
    assert set(garage([deal("1", "a1", co_record_id="b1", vin=VIN)])) == {("a", VIN), ("b", VIN)}


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


def test_dummy_vin_on_many_records_is_nobodys(garage: Garage) -> None:
    dummy = {"kind": "vin", "value": OTHER, "records": 99, "names": 99, "reason": "fan_out"}
    assert garage([deal("1", "a1", vin=OTHER)], shared=[dummy]) == {}


def test_a_spouse_trades_the_vehicle_in(garage: Garage) -> None:
    deals = [deal("1", "a1", vin=VIN), deal("2", "b1", vin=OTHER, trade_vin=VIN, occurred_on=date(2026, 3, 1))]
    home = garage(deals, homes={"a": "h", "b": "h"}, table="household_garage")
    assert (home[("h", VIN)]["until"], home[("h", VIN)]["until_reason"]) == (date(2026, 3, 1), "traded_in")
    assert home[("h", OTHER)]["until"] is None


def test_an_unwound_deal_ends_nothing_and_gives_nothing(garage: Garage) -> None:
    unwound = deal("2", "b1", vin=VIN, trade_vin=OTHER, occurred_on=date(2026, 3, 1), status="cancelled")
    found = garage([deal("1", "a1", vin=VIN), deal("3", "b1", vin=OTHER), unwound])
    assert {key: one["until"] for key, one in found.items()} == {("a", VIN): None, ("b", OTHER): None}


def test_a_wholesale_ends_the_holding_before_it(garage: Garage) -> None:
    found = garage([deal("1", "a1", vin=VIN), deal("2", "z1", vin=VIN, sale_type="wholesale", occurred_on=date(2026, 3, 1))])
    assert {key: one["until_reason"] for key, one in found.items()} == {("a", VIN): "sold_to_other"}


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


def test_a_mistyped_vin_is_the_households_vehicle(garage: Garage) -> None:
    served = [deal("1", "a1", vin=VIN), order("2", "b1", date(2026, 9, 1), vin=TYPED)]
    found = garage(served, homes={"a": "h", "b": "h"})
    assert set(found) == {("a", VIN), ("b", VIN)}
    traded = [deal("1", "a1", vin=VIN), deal("2", "a1", vin=OTHER, trade_vin=TYPED, occurred_on=date(2026, 3, 1))]
    assert garage(traded)[("a", VIN)]["until_reason"] == "traded_in"
    assert set(garage(served)) == {("a", VIN), ("b", TYPED)}  # another household: nobody knows


def listing(**values: object) -> dict:
    return source("ownership_lists", row_key="LIC|7", vin=VIN, licence_id="LIC", expires_on=date(2027, 1, 1)) | values


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


def test_who_bought_together_loses_the_vehicle_when_the_buyer_replaces_it(garage: Garage) -> None:
    first = deal("1", "a1", vin=VIN, co_record_id="b1", occurred_on=date(2023, 6, 1))
    found = garage([first, deal("2", "a1", vin=OTHER)], homes={"a": "h", "b": "h"})
    assert found[("b", VIN)]["probability"] == found[("a", VIN)]["probability"] < 0.1


def test_a_cut_vin_on_a_list_means_the_vehicle_that_is_known(garage: Garage) -> None:
    row = listing(vin=VIN[:10], make="Mazda", model="CX-5", year=2024, purchased_on=date(2025, 6, 1), owner="a")
    words = [("make", "", "mazda", "Mazda"), ("model", "Mazda", "cx-5", "CX-5")]
    assert set(garage([deal("1", "a1", vin=VIN)], lists=[row], words=words)) == {("a", VIN)}


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


def test_who_brings_a_relatives_vehicle_to_service_keeps_his_own(garage: Garage) -> None:
    deals = [
        deal("1", "a1", vin=OTHER, occurred_on=date(2025, 6, 1)),
        deal("2", "b1", vin=VIN, occurred_on=date(2025, 3, 1)),
        order("3", "a1", date(2026, 2, 10)),
    ]
    own = garage(deals, homes={"a": "h", "b": "h"})[("a", OTHER)]
    assert own["is_current"]
    assert own["probability"] > garage(deals)[("a", OTHER)]["probability"]  # a stranger's: it may be the new one
