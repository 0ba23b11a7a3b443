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

VIN, OTHER = "1HGCM82633A004352", "JM1BK32F781234567"
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

    def run(deals: list[dict] = (), lists: list[dict] = (), crm: list[dict] = (), shared: list[dict] = ()) -> dict:
        ids = {one[key] for one in deals for key in ("record_id", "co_record_id") if one[key]}
        people = {one: one[0] for one in ids}
        people |= {f"ownership_lists:{one['row_key']}:owner": "l" for one in lists}
        people |= {f"crm_contacts:{one['row_key']}:contact": "s" for one in crm}
        member = [{"record_id": r, "person_id": p} for r, p in sorted(people.items())]
        person = [{"person_id": p, "household_id": f"h{p}"} for p in sorted(set(people.values()))]
        vehicle = [{"vin": VIN, "year": 2024, "make": "Mazda", "model": "CX-5", "body_style": "suv", "is_vin_valid": True}]
        vocabulary = [
            {"kind": "make", "context": "", "raw": "bimmer", "matched": "BMW"},
            {"kind": "model", "context": "BMW", "raw": "x3 sport", "matched": "X3"},
        ]
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
        for feed, rows in (("ownership_lists", lists), ("crm_contacts", crm)):
            schema = {**all_feeds()[feed].schema().create_empty().schema, "dt": pl.Date}
            engine.register(feed, pl.DataFrame(list(rows), schema=schema, orient="row"))
        (made,) = STEP.frames(engine, Day(AS_OF, policy, "key")).values()
        identity.Garage.validate(made)
        return {(one["person_id"], one["vin"]): one for one in made.to_dicts()}

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
    years = (AS_OF - date(2025, 6, 1)).days / 365.25
    assert row["probability"] == pytest.approx(0.5 ** (years / 6.5), abs=1e-6)


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
    assert row["is_current"] is not gone


def test_lease_serviced_after_maturity_is_still_held(garage: Garage) -> None:
    lease = deal("1", "a1", kind="lease", vin=VIN, occurred_on=date(2023, 6, 1), matures_on=date(2026, 6, 1))
    assert garage([lease, order("9", "a1", date(2026, 8, 1))])[("a", VIN)]["until"] is None


def test_running_lease_does_not_fade(garage: Garage) -> None:
    lease = deal("1", "a1", kind="lease", vin=VIN, occurred_on=date(2023, 6, 1), matures_on=date(2027, 1, 1))
    assert garage([lease])[("a", VIN)]["probability"] == 1.0


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


def test_order_of_rows_does_not_matter(garage: Garage) -> None:
    deals = [
        deal("1", "a1", vin=VIN), deal("2", "b1", vin=VIN), deal("3", "a1", vin=OTHER, trade_vin=VIN),
        order("4", "b1", date(2026, 1, 1)),
    ]  # fmt: skip
    assert garage(deals) == garage(deals[::-1])
