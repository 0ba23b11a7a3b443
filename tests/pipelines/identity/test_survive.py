"""One person, many records: which value survives, with which licence, in which household."""

from datetime import date

import polars as pl

from assets.policy_files import load_policy
from pipelines.identity.identifiers import person_identifiers
from pipelines.identity.standing import STANDINGS
from pipelines.identity.survive import ordered_records
from tests.pipelines.identity.conftest import AS_OF, Days, contact, deal, frame

BOB = {"first_name": "bob", "last_name": "smith"}
MAIL = {"emails": "b@mail.test"}


def only(found: dict[str, pl.DataFrame], table: str = "person") -> dict:
    (row,) = found[table].to_dicts()
    return row


def identifiers(found: dict[str, pl.DataFrame], kind: str) -> list[dict]:
    return found["person_identifier"].filter(pl.col("kind") == kind).sort("rank").to_dicts()


def test_fields_survive_by_source_then_recency(days: Days) -> None:
    old, new = date(2025, 1, 1), date(2026, 1, 1)
    records = [
        contact(
            "crm_contacts:1",
            **MAIL,
            source_customer_id="crm|1",
            first_name="bob",
            last_name="smith",
            age_band="35-44",
            last_seen_on=AS_OF,
        ),
        contact(
            "dms_sales:1",
            **MAIL,
            source_customer_id="crm|1",
            first_name="r",
            last_name="smith",
            address="1 ELM ST",
            last_seen_on=old,
        ),
        contact(
            "dms_sales:2",
            **MAIL,
            source_customer_id="crm|1",
            first_name="robert",
            last_name="smith",
            address="2 OAK AVE",
            last_seen_on=new,
        ),
    ]
    person = only(days.run(records))
    assert (person["first_name"], person["address"], person["age_band"]) == ("robert", "2 OAK AVE", "35-44")
    assert (person["records"], person["last_seen_on"], person["created_on"]) == (3, AS_OF, AS_OF)


def test_parts_of_two_addresses_never_mix_and_a_valid_one_wins(days: Days) -> None:
    half = contact("dms_sales:1", **MAIL, **BOB) | {"address": "9 NOWHERE", "city": "X", "is_address_valid": False}
    person = only(days.run([half, contact("crm_contacts:1", **MAIL, **BOB, address="1 ELM ST")]))
    assert (person["address"], person["city"], person["zip"]) == ("1 ELM ST", "CHARLOTTE", "28227")


def test_identifiers_are_ranked_first_party_first(days: Days) -> None:
    licence = {"licence_id": "L1", "permitted_channels": ["mail"], "licence_expires_on": date(2027, 1, 1)}
    records = [
        contact("ownership_lists:1", emails=["list@mail.test", "b@mail.test"], **BOB, **licence, last_seen_on=AS_OF),
        contact("crm_contacts:1", **MAIL, **BOB, last_seen_on=date(2024, 1, 1)),
    ]
    found = days.run(records)
    own, bought = identifiers(found, "email")
    assert (own["value"], own["is_first_party"], own["licence_id"]) == ("b@mail.test", True, None)
    assert (bought["value"], bought["is_first_party"], bought["licence_id"]) == ("list@mail.test", False, "L1")
    assert (bought["permitted_channels"], bought["licence_expires_on"]) == (["mail"], date(2027, 1, 1))
    assert only(found)["email"] == "b@mail.test"


def test_an_identifier_has_the_best_tier_of_the_records_that_carry_it() -> None:
    records = [
        contact(f"crm_leads:{n}", **BOB, emails=mail)
        for n, mail in enumerate([["a@mail.test"], ["b@mail.test"], ["a@mail.test"]])
    ]
    tiers = pl.DataFrame(
        {"record_id": [f"crm_leads:{n}" for n in range(3)], "person_id": "p", "tier": ["loose", "loose", "strict"]}
    )
    policy = load_policy("velocity_b").identity
    placed = ordered_records(frame("contact_record", records), tiers, policy, AS_OF)
    nothing = pl.DataFrame(schema={"kind": pl.String, "value": pl.String, "standing": STANDINGS})
    found = person_identifiers(placed, nothing, standings=nothing, policy=policy)
    assert found.select("value", "tier").rows() == [("a@mail.test", "strict"), ("b@mail.test", "loose")]


def test_longest_licence_counts(days: Days) -> None:
    records = [
        contact(f"ownership_lists:{n}", **MAIL, **BOB, licence_id=f"L{n}", permitted_channels=["mail"], licence_expires_on=day)
        for n, day in enumerate([date(2027, 1, 1), date(2028, 1, 1), date(2026, 12, 1)])
    ]
    found = days.run(records)
    assert [one["licence_id"] for one in identifiers(found, "email")] == ["L1"]
    assert only(found)["is_first_party"] is False


def test_web_only_and_hash_identifiers(days: Days) -> None:
    person = only(found := days.run([contact("web_events:c.1", email_hashes="ab12")]))
    assert (person["is_web_only"], person["last_name"]) == (True, None)
    assert [one["value"] for one in identifiers(found, "web_client")] == ["c.1"]
    assert [one["value"] for one in identifiers(found, "email_hash")] == ["ab12"]


def test_staff_is_who_has_an_own_address_of_the_group(days: Days) -> None:
    records = [contact("crm_contacts:1", emails="ann@rooftop-r01.example", first_name="ann", last_name="lee")]
    records += [
        contact(f"dms_sales:{n}", phones="+17045550101", first_name=f, last_name="x") for n, f in enumerate(["ed", "flo"])
    ]
    records += [contact("crm_leads:1", emails="sales@rooftop-r01.example", first_name="gus", last_name="y")]
    found = days.run(records)
    staff = dict(found["person"].select("first_name", "is_staff").iter_rows())
    assert staff == {"ann": True, "ed": False, "flo": False, "gus": False}
    assert identifiers(found, "phone") == []


def test_customer_since_the_first_closed_deal_or_order(days: Days) -> None:
    deals = [
        deal("1", "dms_sales:1", occurred_on=date(2019, 1, 1), sale_type="wholesale"),
        deal("2", "dms_sales:1", occurred_on=date(2020, 1, 1), status="cancelled"),
        deal("3", "dms_sales:9", co_record_id="dms_sales:1", occurred_on=date(2021, 1, 1)),
        deal("4", "dms_sales:1", kind="appointment", occurred_on=date(2018, 1, 1)),
    ]
    assert only(days.run([contact("dms_sales:1", **BOB)], deals))["customer_since"] == date(2021, 1, 1)


def test_life_events_are_united(days: Days) -> None:
    records = [contact("household_appends:1", **MAIL, **BOB, life_events=["move@2026-01-01", "baby@2026-02-01"])]
    records += [
        contact("crm_contacts:1", **MAIL, **BOB),
        contact("household_appends:2", **MAIL, **BOB, life_events="move@2026-01-01"),
    ]
    assert only(days.run(records))["life_events"] == ["baby@2026-02-01", "move@2026-01-01"]
