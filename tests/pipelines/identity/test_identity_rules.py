"""What links two records, and what does not. Every case is a pair or a trio of records and the partition expected."""

import hashlib
from datetime import date

import pytest

from tests.pipelines.identity.conftest import Days, contact, deal, partition

BOB = {"first_name": "bob", "last_name": "smith"}
ROBERT = {"first_name": "robert", "last_name": "smith"}
MARY = {"first_name": "mary", "last_name": "smith"}
PHONE, EMAIL = "+17045551234", "bob@mail.test"
HASH = hashlib.sha256(EMAIL.encode()).hexdigest()
JONES = {"first_name": "mary", "last_name": "jones"}

TOGETHER = {
    "customer number": (
        [contact("dms_sales:1", source_customer_id="D|7", **BOB), contact("dms_service:1", source_customer_id="D|7", **ROBERT)],
        "customer",
    ),
    "CRM id": (
        [contact("crm_contacts:1", source_customer_id="crm|9"), contact("crm_leads:1", source_customer_id="crm|9", **BOB)],
        "crm_only",
    ),
    "login": ([contact("web_events:1", web_user_id="u"), contact("crm_contacts:1", web_user_id="u", **BOB)], "login"),
    "e-mail and nickname": (
        [contact("a:1", emails=EMAIL, **BOB), contact("b:1", emails=EMAIL, **ROBERT)],
        "email",
    ),
    "e-mail after a marriage": (
        [contact("a:1", emails="m@mail.test", **MARY), contact("b:1", emails="m@mail.test", **JONES)],
        "email",
    ),
    "e-mail without a name": ([contact("a:1", emails=EMAIL, **BOB), contact("b:1", emails=EMAIL)], "email_only"),
    "hashed e-mail": ([contact("a:1", emails=EMAIL, **BOB), contact("web_events:1", email_hashes=HASH)], "form"),
    "phone and name": ([contact("a:1", phones=PHONE, **BOB), contact("b:1", phones=PHONE, **ROBERT)], "phone"),
    "phone after a marriage": ([contact("a:1", phones=PHONE, **MARY), contact("b:1", phones=PHONE, **JONES)], "phone"),
    "caller": ([contact("a:1", phones=PHONE, **BOB), contact("call_tracking:1", phones=PHONE)], "phone_only"),
    "address and initial": (
        [contact("a:1", address="1 ELM ST", **BOB), contact("b:1", address="1 ELM ST", first_name="b", last_name="smith")],
        "address, prefix(first_name, 1)",
    ),
    "misspelt": (
        [contact("a:1", phones=PHONE, first_name="kathryn", last_name="johnson"),
         contact("b:1", phones=PHONE, first_name="katryn", last_name="jonson")],
        "phone",
    ),
    "business by e-mail and name": (
        [contact("a:1", emails="ap@acme.test", is_business=True, name_raw="Acme Plumbing LLC"),
         contact("b:1", emails="ap@acme.test", is_business=True, name_raw="ACME Plumbing, LLC")],
        "same_record",
    ),
}  # fmt: skip

APART = {
    "wife on the family's e-mail": [contact("a:1", emails="s@mail.test", **BOB), contact("b:1", emails="s@mail.test", **MARY)],
    "wife on the family's phone": [contact("a:1", phones=PHONE, **BOB), contact("b:1", phones=PHONE, **MARY)],
    "wife at the family's address": [contact("a:1", address="1 ELM ST", **BOB), contact("b:1", address="1 ELM ST", **MARY)],
    "a number given twice": [
        contact("a:1", source_customer_id="D|007", **BOB),
        contact("b:1", source_customer_id="D|007", first_name="wei", last_name="chen"),
    ],
    "one number at two rooftops": [
        contact("a:1", source_customer_id="D|007", **BOB),
        contact("b:1", source_customer_id="E|007", **BOB),
    ],
    "father and son": [
        contact("a:1", address="1 ELM ST", emails="s@mail.test", suffix="sr", **BOB),
        contact("b:1", address="1 ELM ST", emails="s@mail.test", suffix="jr", **BOB),
    ],
    "two birth dates": [
        contact("a:1", emails="s@mail.test", birth_date=date(1950, 1, 2), **BOB),
        contact("b:1", emails="s@mail.test", birth_date=date(1980, 1, 2), **BOB),
    ],
    "a business and its owner's phone": [
        contact("a:1", phones=PHONE, is_business=True, name_raw="Smith Plumbing"),
        contact("b:1", phones=PHONE, **BOB),
    ],
    "the rooftop's own phone": [contact("a:1", phones="+17045550101", **BOB), contact("b:1", phones="+17045550101", **BOB)],
    "a placeholder": [contact("a:1", emails="none@none.com", **BOB), contact("b:1", emails="none@none.com", **BOB)],
    "the rooftop's own e-mail": [
        contact("a:1", emails="sales@rooftop-r01.example", **BOB),
        contact("b:1", emails="sales@rooftop-r01.example", **BOB),
    ],
    "name alone": [contact("a:1", **BOB), contact("b:1", **BOB)],
}


@pytest.mark.parametrize("name", TOGETHER)
def test_links(days: Days, name: str) -> None:
    records, rule = TOGETHER[name]
    found = days.run(records)
    assert partition(found) == {frozenset(one["record_id"] for one in records)}
    assert rule in found["member"]["rule"].to_list()
    assert rule == "same_record" or rule in found["edge"]["rule"].to_list()


@pytest.mark.parametrize("name", APART)
def test_keeps_apart(days: Days, name: str) -> None:
    assert len(partition(days.run(APART[name]))) == 2


def test_vin_and_family_name_link_a_deal_and_a_repair_order(days: Days) -> None:
    records = [contact("dms_sales:1", **BOB), contact("dms_service:1", **ROBERT), contact("dms_service:2", **MARY)]
    deals = [deal(str(n), one["record_id"], vin="1HGCM82633A004352") for n, one in enumerate(records)]
    assert partition(days.run(records, deals)) == {frozenset({"dms_sales:1", "dms_service:1"}), frozenset({"dms_service:2"})}


VIN = "1HGCM82633A004352"
SAID = {
    "a contact": ("crm_contacts", "1", "contact", "vin"),
    "a lead's trade": ("crm_leads", "1", "lead", "trade_vin"),
    "a list": ("ownership_lists", "1", "owner", "vin"),
}


@pytest.mark.parametrize("is_whole", [True, False])
@pytest.mark.parametrize("name", SAID)
def test_a_whole_stated_vehicle_finds_who_moved_and_changed_all_else(days: Days, name: str, is_whole: bool) -> None:
    feed, key, role, column = SAID[name]
    told = f"{feed}:{key}:{role}"
    records = [contact(told, address="1 ELM ST", **BOB), contact("dms_service:1", address="77 OAK AVE", zip="28803", **BOB)]
    records += [contact("dms_service:2", address="5 FIR CT", **MARY)]
    deals = [deal(str(n), one, vin=VIN) for n, one in enumerate(("dms_service:1", "dms_service:2"))]
    stated = {feed: [{"row_key": key, column: VIN if is_whole else VIN[:10]}]}
    found = partition(days.run(records, deals, stated=stated))
    assert (frozenset({told, "dms_service:1"}) in found) == is_whole
    assert frozenset({"dms_service:2"}) in found


@pytest.mark.parametrize("status", ["closed", "cancelled"])
def test_a_vehicle_traded_in_finds_its_owner_and_not_the_next_one(days: Days, status: str) -> None:
    records = [
        contact("dms_sales:1", address="1 ELM ST", **BOB),
        contact("dms_service:1", address="77 OAK AVE", zip="28803", **BOB),
    ]
    records += [contact("dms_sales:2", address="5 FIR CT", **MARY)]
    deals = [deal("1", "dms_sales:1", vin="2HGCM82633A004353", trade_vin=VIN, status=status), deal("3", "dms_sales:2", vin=VIN)]
    found = partition(days.run(records, [*deals, deal("2", "dms_service:1", vin=VIN)]))
    assert (frozenset({"dms_sales:1", "dms_service:1"}) in found) == (status == "closed")
    assert frozenset({"dms_sales:2"}) in found


def test_nameless_record_does_not_choose_between_two_people(days: Days) -> None:
    records = [
        contact("a:1", emails="s@mail.test", **BOB),
        contact("b:1", emails="s@mail.test", **MARY),
        contact("c:1", emails="s@mail.test"),
    ]
    assert len(partition(days.run(records))) == 3


def test_device_of_two_people_does_not_make_them_one(days: Days) -> None:
    hers = hashlib.sha256(b"mary@mail.test").hexdigest()
    records = [
        contact("a:1", emails=EMAIL, **BOB),
        contact("b:1", emails="mary@mail.test", **MARY),
        contact("web_events:1", email_hashes=[HASH, hers]),
    ]
    found = days.run(records)
    person = dict(found["member"].select("record_id", "person_id").iter_rows())
    assert person["a:1"] != person["b:1"]


def test_kiosk_is_listed_and_links_nobody(days: Days) -> None:
    people = [contact(f"a:{n}", emails=f"p{n}@mail.test", **BOB) for n in range(5)]
    hashes = [hashlib.sha256(f"p{n}@mail.test".encode()).hexdigest() for n in range(5)]
    found = days.run([*people, contact("web_events:kiosk", email_hashes=hashes)])
    assert len(partition(found)) == 6
    assert ("web_client", "kiosk") in found["shared_identifier"].select("kind", "value").rows()
    assert "web_client" not in found["person_identifier"]["kind"].to_list()


def test_fan_out_by_names_is_listed(days: Days) -> None:
    names = ["ann", "bert", "carl", "dora", "egon"]
    records = [contact(f"a:{n}", phones=PHONE, first_name=name, last_name=f"{name}son") for n, name in enumerate(names)]
    found = days.run([*records, contact("b:1", phones=PHONE, first_name="ann", last_name="annson")])
    assert len(partition(found)) == 6
    assert found["shared_identifier"].to_dicts() == [
        {"kind": "phone", "value": "+17045551234", "records": 6, "names": 5, "reason": "fan_out"}
    ]


def test_spellings_of_one_name_are_not_fan_out(days: Days) -> None:
    spelt = ["robert", "bob", "rob", "bobby", "robrt", "r"]
    records = [contact(f"a:{n}", phones=PHONE, first_name=one, last_name="smith") for n, one in enumerate(spelt)]
    found = days.run(records)
    assert found["shared_identifier"].is_empty()
    assert len(partition(found)) == 1


def test_son_without_suffix_never_joins_father_and_son(days: Days) -> None:
    home = {"address": "1 ELM ST", "first_name": "john", "last_name": "hale"}
    records = [contact("a:1", suffix="sr", **home), contact("b:1", **home), contact("c:1", suffix="ii", **home)]
    person = dict(days.run(records)["member"].select("record_id", "person_id").iter_rows())
    assert person["a:1"] != person["c:1"]
