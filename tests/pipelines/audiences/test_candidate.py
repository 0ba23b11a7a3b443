"""One row per person and own brand, from literal rows of what others computed."""

from datetime import date, timedelta
from typing import Any

import polars as pl

from assets.engine import DuckDBEngine
from pipelines.audiences.candidate import INPUTS, STEP
from schemas.tables import all_tables
from schemas.tables.traits import CANDIDATE
from tests.audience_world import AS_OF, day, policy, register, rows_of

PERSON = {"is_first_party": True, "records": 1, "created_on": AS_OF}
GARAGE = {"relation": "bought", "is_current": True, "probability": 1.0}
IN = {days: AS_OF + timedelta(days=days) for days in (-400, -40, -10, 20, 90, 200)}


def run(engine: DuckDBEngine, **given: list[dict[str, Any]]) -> pl.DataFrame:
    register(engine, {name: rows_of(all_tables()[name], given.get(name, [])) for name in INPUTS})
    built = STEP.frames(engine, day(policy()))["candidate"]
    assert CANDIDATE.schema.is_valid(built)
    return built


def row(built: pl.DataFrame, person: str, brand: str) -> dict[str, Any]:
    return built.row(by_predicate=(pl.col("person_id") == person) & (pl.col("brand") == brand), named=True)


def test_a_person_without_anything_keeps_nulls_and_has_a_row_per_brand(engine: DuckDBEngine) -> None:
    built = run(engine, person=[{**PERSON, "person_id": "p1"}])
    assert built.select("person_id", "brand").rows() == [("p1", "lux"), ("p1", "vol1")]
    lux = row(built, "p1", "lux")
    assert (lux["distance_miles"], lux["competitor_make"], lux["lease_days_left"], lux["triggers"]) == (None, None, None, [])
    assert (lux["intent_score"], lux["intent_tier"], lux["identity_tier"], lux["is_customer"]) == (0.0, "cold", "loose", False)


def test_devices_without_a_touch_in_the_window_are_left_out(engine: DuckDBEngine) -> None:
    devices = [{**PERSON, "person_id": name, "is_web_only": True} for name in ("quiet", "busy")]
    intent = [{"person_id": "busy", "brand": "all", "score": 3.0, "tier": "cold", "last_touch_on": IN[-10]}]
    built = run(engine, person=devices, intent=intent)
    assert built["person_id"].unique().to_list() == ["busy"]
    assert built["days_since_touch"].to_list() == [10, 10]


def test_people_who_asked_to_be_deleted_are_nobodys_audience(engine: DuckDBEngine) -> None:
    names = ("gone", "later", "client", "kept")
    member = [{"record_id": f"web_events:{name}", "person_id": name, "tier": "exact", "rule": "created"} for name in names]
    event = {"kind": "deletion", "source": "web form", "received_on": AS_OF}
    consent = [
        {**event, "consent_id": "1", "record_id": "web_events:gone"},
        {**event, "consent_id": "2", "record_id": "web_events:later", "received_on": IN[20]},
        {**event, "consent_id": "3", "user_pseudo_id": "client"},
        {**event, "consent_id": "4", "record_id": "web_events:kept", "kind": "opt_out_sharing"},
    ]
    built = run(engine, person=[{**PERSON, "person_id": name} for name in names], member=member, consent_event=consent)
    assert sorted(set(built["person_id"])) == ["kept", "later"]


def test_the_garage_counts_by_household_and_competitors_by_person_newest_first(engine: DuckDBEngine) -> None:
    people = [{**PERSON, "person_id": name, "household_id": "h1"} for name in ("owner", "spouse")]
    garage = [
        {**GARAGE, "person_id": "owner", "vin": "V1", "make": "Mazda", "is_own_brand": True, "year": 2020},
        {**GARAGE, "person_id": "spouse", "vin": "V2", "make": "Toyota", "model": "Camry", "year": 2019},
        {**GARAGE, "person_id": "spouse", "vin": "V3", "make": "Honda", "model": "Civic", "year": 2022},
        {**GARAGE, "person_id": "spouse", "vin": "V4", "make": "BMW", "model": "X3", "year": 2023, "is_current": False},
    ]
    built = run(engine, person=people, garage=garage, lifecycle=[{"person_id": "spouse", "vin": "V3", "vehicle_age_years": 4.5}])
    spouse = row(built, "spouse", "vol1")
    assert (spouse["owns_own_brand"], spouse["owns_this_brand"], row(built, "spouse", "lux")["owns_this_brand"]) == (
        True,
        True,
        False,
    )
    assert (spouse["competitor_make"], spouse["competitor_model"], spouse["competitor_vehicle_age_years"]) == (
        "Honda",
        "Civic",
        4.5,
    )
    assert row(built, "spouse", "lux")["competitor_make"] is None
    assert round(row(built, "owner", "vol1")["oldest_vehicle_age_years"], 2) == 6.89
    assert round(spouse["oldest_vehicle_age_years"], 2) == 7.89


def test_clocks_take_the_next_end_of_vehicles_of_the_brand(engine: DuckDBEngine) -> None:
    vehicles = [("V1", -40, 90), ("V2", 200, 20), ("V3", 20, -10)]
    garage = [{**GARAGE, "person_id": "p1", "vin": vin, "make": "Mazda" if vin != "V3" else "Acura"} for vin, _, _ in vehicles]
    lifecycle = [
        {"person_id": "p1", "vin": vin, "lease_ends_on": IN[lease], "lease_days_left": lease, "basic_warranty_ends_on": IN[basic]}
        for vin, lease, basic in vehicles
    ]
    service = [
        {"person_id": "p1", "vin": "V1", "days_to_due": -10, "state": "lost", "next_appointment_on": IN[20]},
        {"person_id": "p1", "vin": "V2", "days_to_due": 90, "state": "at_risk"},
    ]
    equity = [
        {"person_id": "p1", "vin": vin, "equity_low": low, "equity_mid": mid, "value_source": "supplied"}
        for vin, low, mid in (("V1", 900, 1000), ("V2", -50, 2500), ("V3", 8000, 9000))
    ]
    garage[2] = {**garage[2], "relation": "serviced"}  # nobody here knows what is owed on it
    built = run(
        engine, person=[{**PERSON, "person_id": "p1"}], garage=garage, lifecycle=lifecycle, service=service, equity=equity
    )
    mazda, acura = row(built, "p1", "vol1"), row(built, "p1", "lux")
    assert (mazda["lease_days_left"], mazda["lease_ends_on"], mazda["basic_warranty_days_left"]) == (200, IN[200], 20)
    assert (acura["lease_days_left"], acura["basic_warranty_days_left"]) == (20, -10)
    assert (mazda["service_days_to_due"], mazda["service_due_on"], mazda["service_state"]) == (-10, IN[-10], "at_risk")
    assert (mazda["next_appointment_on"], mazda["equity_mid"], mazda["equity_low"]) == (IN[20], 2500.0, -50.0)
    assert (acura["equity_mid"], acura["equity_low"]) == (None, None)


def test_nameless_loose_records_weaken_nobody_who_is_known_by_name(engine: DuckDBEngine) -> None:
    named = {**PERSON, "person_id": "named", "last_name": "Doe"}
    people = [named, {**named, "person_id": "listed"}, {**PERSON, "person_id": "hash"}]
    tiers = {"named": ["exact", "loose", "exact"], "listed": ["loose", "strict", "exact"], "hash": ["exact", "loose"]}
    member = [
        {"record_id": f"{person}:{at}", "person_id": person, "tier": tier, "rule": "email_hash"}
        for person, given in tiers.items()
        for at, tier in enumerate(given)
    ]
    built = run(engine, person=people, member=member)
    found = {person: row(built, person, "lux")["identity_tier"] for person in tiers}
    assert found == {"named": "exact", "listed": "strict", "hash": "loose"}


def test_deals_make_customers_of_the_brand_and_name_the_last_rooftop(engine: DuckDBEngine) -> None:
    deal = {"status": "closed", "record_id": "r1", "vin": "V1", "number": "1"}
    deals = [
        {**deal, "transaction_id": "t1", "kind": "sale", "rooftop_id": "R02", "occurred_on": IN[-400]},
        {**deal, "transaction_id": "t2", "kind": "service", "rooftop_id": "R03", "occurred_on": IN[-40]},
        {**deal, "transaction_id": "t3", "kind": "service", "rooftop_id": "R01", "occurred_on": IN[-10], "status": "cancelled"},
        {**deal, "transaction_id": "t4", "kind": "sale", "status": "open", "vin": "V2", "record_id": "r9", "co_record_id": "r2"},
        {
            **deal,
            "transaction_id": "t5",
            "kind": "sale",
            "vin": "V2",
            "record_id": "r3",
            "sale_type": "wholesale",
            "occurred_on": IN[-10],
        },
    ]
    built = run(
        engine,
        person=[{**PERSON, "person_id": name} for name in ("buyer", "co_buyer", "wholesaler")],
        member=[
            {"record_id": record, "person_id": person, "tier": tier, "since": AS_OF}
            for record, person, tier in (
                ("r1", "buyer", "exact"), ("r1b", "buyer", "strict"), ("r2", "co_buyer", "exact"), ("r3", "wholesaler", "exact"),
            )
        ],
        transaction=deals,
        vehicle=[{"vin": "V1", "make": "Mazda", "first_seen_on": AS_OF}, {"vin": "V2", "make": "Acura", "first_seen_on": AS_OF}],
    )  # fmt: skip
    buyer = row(built, "buyer", "vol1")
    assert (buyer["is_customer"], buyer["is_customer_of_brand"], buyer["service_rooftop_id"]) == (True, True, "R03")
    assert (buyer["has_open_deal"], buyer["identity_tier"]) == (False, "strict")
    assert row(built, "buyer", "lux")["is_customer_of_brand"] is False
    assert (row(built, "co_buyer", "lux")["has_open_deal"], row(built, "co_buyer", "lux")["is_customer"]) == (True, False)
    assert row(built, "wholesaler", "lux")["is_customer"] is False


def test_triggers_licences_life_events_and_age(engine: DuckDBEngine) -> None:
    people = [
        {**PERSON, "person_id": "p1", "birth_date": date(1990, 11, 22), "life_events": ["move@2026-10-01"]},
        {**PERSON, "person_id": "p2", "is_first_party": False, "life_events": ["move@2026-01-01", "broken"]},
    ]
    trigger = {"person_id": "p1", "fired_on": AS_OF, "evidence": "{}", "sentence": "s"}
    identifiers = [
        {"person_id": "p2", "kind": "email", "value": "a", "rank": 1, "licence_id": "L9", "licence_expires_on": IN[20]},
        {"person_id": "p2", "kind": "address", "value": "b", "rank": 1, "licence_id": "L1", "licence_expires_on": IN[90]},
        {"person_id": "p2", "kind": "address", "value": "c", "rank": 2, "licence_id": "L0", "licence_expires_on": IN[-10]},
    ]
    built = run(
        engine,
        person=people,
        person_identifier=identifiers,
        vehicle=[{"vin": "V1", "make": "Mazda", "first_seen_on": AS_OF}],
        trigger_event=[{**trigger, "vin": "V1", "trigger": "lease_end"}, {**trigger, "vin": "", "trigger": "life_event"}],
    )
    assert [row(built, "p1", brand)["triggers"] for brand in ("lux", "vol1")] == [["life_event"], ["lease_end", "life_event"]]
    first, second = row(built, "p1", "lux"), row(built, "p2", "lux")
    assert (first["age_years"], first["has_life_event"], first["licence_id"]) == (35, True, None)
    assert (second["has_life_event"], second["licence_id"]) == (False, "L1")
    assert (second["has_email"], second["has_phone"], second["has_address"]) == (True, False, True)


def test_the_propensity_to_buy_is_there_for_rules(engine: DuckDBEngine) -> None:
    told = {"person_id": "p1", "population": "contact", "score": 1.0, "sentence": "s", "reason": "r"}
    rows = [
        {**told, "horizon_days": 30, "source": "model", "probability": 0.02, "decile": 1},
        {**told, "horizon_days": 90, "source": "fallback", "decile": 3},
    ]
    built = run(engine, person=[{**PERSON, "person_id": name} for name in ("p1", "p2")], propensity=rows)
    first, second = row(built, "p1", "lux"), row(built, "p2", "vol1")
    assert [first[f"buy_{one}"] for one in ("30d_probability", "90d_probability", "decile")] == [0.02, None, 1]
    assert second["buy_decile"] is None
