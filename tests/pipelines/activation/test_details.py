"""The e-mail, mail and call files: who may stand in them, and what stands beside them. A world of a few people by hand."""

from datetime import date
from types import SimpleNamespace

import polars as pl
import pytest
from activation_world import CELL, TODAY, World, day, frame

from pipelines.activation.render import render
from schemas.policy.channels import Platform
from schemas.policy.outreach import Calling, CallingState, Mailing
from schemas.policy.privacy import Grant

CHANNELS = {"email": "email", "direct_mail": "mail", "bdc": "call"}
PURPOSES = {"email": "email", "direct_mail": "mail", "bdc": "phone"}


def contact_day(**outreach):
    """A day with the three platforms for people alone, and grants for them."""
    made = day(planned=tuple(CHANNELS.values()))
    platforms = {
        name: Platform(
            is_on=True,
            channels=(channel,),
            account="1",
            min_members=1,
            membership_days=30,
            identity_tiers=("exact", "strict"),
            segments=("loyalty",),
        )
        for name, channel in CHANNELS.items()
    }
    grants = [
        Grant(recipient=name, purpose=purpose, basis="first_party_relationship", segments=("loyalty",))
        for name, purpose in PURPOSES.items()
    ]
    made.policy.privacy = made.policy.privacy.model_copy(update={"grants": tuple(grants)})
    made.policy.channels = made.policy.channels.model_copy(update={"platforms": platforms} | outreach)
    made.policy.group = SimpleNamespace(rooftops=(SimpleNamespace(rooftop_id="R01", title="Velocity Alder"),))
    return made


class ContactWorld(World):
    """People with a store, a vehicle, deals and leads."""

    def __init__(self):
        super().__init__()
        self.rows |= {"garage": [], "transaction": []}

    def add(self, person_id, *, zip_code="30301", household=None, deal=None, lead=None, seen=None, **more):
        home = f"1 MAIN ST|ATLANTA|GA|{zip_code}"
        self.add_person(
            person_id, phone=more.pop("phone", "+14045550100"), address=home, channels=list(CHANNELS.values()), **more
        )
        self.rows["person"][-1] |= {"zip": zip_code, "household_id": household or person_id}
        self.rows["person_identifier"][-1]["own_last_seen_on"] = seen
        reasons = [{"rule": rule, "sentence": "due", "since": None} for rule in ("customer_of_brand", "service_due")]
        self.rows["audience_loyalty"][-1] |= {"rooftop_id": "R01", "message": "visit", "reasons": reasons, "brand": "lux"}
        record = self.rows["member"][-1]["record_id"]
        if deal:
            told = {"record_id": record, "kind": "service", "status": "closed", "occurred_on": deal}
            self.rows["transaction"].append({"transaction_id": f"t{person_id}"} | told)
        if lead:
            self.rows["contact_record"][-1] |= {"role": "lead", "last_seen_on": lead}

    def own(self, person_id, make, model, **more):
        vehicle = {"vin": f"V{len(self.rows['garage'])}", "make": make, "model": model, "year": 2021, "is_current": True}
        self.rows["garage"].append({"person_id": person_id, "probability": 0.9} | vehicle | more)


def refusals(made, platform):
    rows = made["gate_refusal"].filter(pl.col("platform") == platform)
    return dict(rows.select("cause", "people").rows())


def lines(made, platform, name="add-00001.csv"):
    return render(platform, made["export_member"])[f"{platform}/{CELL}/{name}"].decode().splitlines()


def test_the_email_file(engine):
    world = ContactWorld()
    world.add("p1", first_name="mary-ann", last_name="o'neil", email="Mary+x@Gmail.com")
    world.own("p1", "Mazda", "CX-5", is_own_brand=True)
    world.own("p1", "Ford", "F-150", probability=1.0)
    world.add("p2", email="bob@example.com", first_name='=HYPERLINK("x")')
    made = world.export(engine, contact_day())
    assert lines(made, "email") == [
        "key,email,first_name,preferred_store,vehicle_year,vehicle_make,vehicle_model,trigger,offer_code",
        "p1,mary+x@gmail.com,Mary-Ann,Velocity Alder,2021,Mazda,CX-5,service_due,visit",
        "p2,bob@example.com,HYPERLINKx,Velocity Alder,,,,service_due,visit",
    ]


def test_opting_out_of_email_takes_the_address_back_and_leaves_the_rest(engine):
    world = ContactWorld()
    world.add("p1", deal=TODAY)
    first = world.export(engine, contact_day())
    world.previous = first["delivered"]
    world.ask("do_not_email", email="p1@example.com")
    made = world.export(engine, contact_day())
    assert lines(made, "email", "optout-00001.csv") == ["key,email,cause", "p1,p1@example.com,suppressed"]
    assert refusals(made, "email") == {"suppressed_do_not_email": 1}
    assert refusals(made, "bdc") == {} and refusals(made, "direct_mail") == {}


def test_not_sharing_with_ad_platforms_does_not_stop_our_own_letters(engine):
    world = ContactWorld()
    world.add("p1")
    world.ask("opt_out_sharing", email="p1@example.com")
    assert refusals(world.export(engine, contact_day()), "email") == {}


@pytest.mark.parametrize("kind", ["do_not_email", "do_not_call", "do_not_mail"])
def test_each_block_stops_its_own_file_alone(engine, kind):
    world = ContactWorld()
    world.add("p1", deal=TODAY)
    world.ask(kind, email="p1@example.com")
    made = world.export(engine, contact_day())
    stopped = {"do_not_email": "email", "do_not_call": "bdc", "do_not_mail": "direct_mail"}[kind]
    assert set(CHANNELS) - set(made["export_member"]["platform"]) == {stopped}


def test_one_piece_of_mail_for_a_household_and_no_second_letter(engine):
    world = ContactWorld()
    world.add("p1", household="h", first_name="ann", last_name="lee", seen=date(2026, 8, 18))
    world.add("p2", household="h")
    world.add("p3", first_name=None, last_name=None, seen=date(2026, 8, 17), zip_code="10001")
    made = world.export(engine, contact_day())
    head, *rows = lines(made, "direct_mail")
    assert head.split(",")[:7] == ["key_code", "list", "full_name", "company", "address1", "address2", "city"]
    assert rows[0] == f"p1,{CELL},Ann Lee,,1 MAIN ST,,ATLANTA,GA,30301,,,,2026-08-18,had from the person,Velocity Alder,visit"
    assert rows[1].split(",")[2] == "Current Resident" and rows[1].split(",")[13] == "needed"
    assert len(rows) == 2 and refusals(made, "direct_mail") == {"one_per_household": 1}
    world.previous = made["delivered"]
    world.rows["person_identifier"][2]["own_last_seen_on"] = TODAY
    world.add("p0", household="h")
    again = world.export(engine, contact_day())
    assert again["export_member"].filter(pl.col("platform") == "direct_mail").is_empty()
    assert refusals(again, "direct_mail") == {"one_per_household": 2}


def test_the_resident_is_named_too_where_policy_says_so(engine):
    world = ContactWorld()
    world.add("p1", first_name="ann", last_name="lee")
    made = world.export(engine, contact_day(mailing=Mailing(or_current_resident=True)))
    row = lines(made, "direct_mail")[1].split(",")
    assert (row[2], row[13]) == ("Ann Lee or Current Resident", "not needed")


@pytest.mark.parametrize(
    ("deal", "lead", "relationship"),
    [
        (date(2025, 5, 21), None, ("transaction", "2026-11-21")),
        (date(2025, 5, 20), None, None),
        (None, date(2026, 8, 21), ("inquiry", "2026-11-21")),
        (None, date(2026, 8, 20), None),
        (date(2026, 10, 1), date(2026, 11, 1), ("transaction", "2028-04-01")),
        (date(2025, 6, 1), date(2026, 11, 20), ("inquiry", "2027-02-20")),
        (None, None, None),
    ],
)
def test_a_call_needs_a_relationship(engine, deal, lead, relationship):
    world = ContactWorld()
    world.add("p1", deal=deal, lead=lead)
    made = world.export(engine, contact_day())
    if relationship is None:
        assert refusals(made, "bdc") == {"no_relationship": 1}
    else:
        row = lines(made, "bdc")[1].split(",")
        assert tuple(row[6:8]) == relationship
        assert row[:2] == ["p1", "+14045550100"] and row[8:] == ["", "America/New_York", "08:00", "21:00"]


def test_a_state_may_ask_more_and_the_clock_is_the_persons(engine):
    rule = CallingState(state="GA", transaction_months=6, call_until="20:00", source="by hand")
    world = ContactWorld()
    world.add("p1", deal=date(2026, 6, 1), zip_code="59901")
    world.add("p2", deal=date(2026, 5, 20))
    world.add("p3", deal=TODAY, zip_code="00000")
    made = world.export(engine, contact_day(calling=Calling(states=(rule,))))
    assert [one.split(",")[-3:] for one in lines(made, "bdc")[1:]] == [["America/Denver", "08:00", "20:00"]]
    assert refusals(made, "bdc") == {"no_relationship": 1, "unknown_time_zone": 1}


@pytest.mark.parametrize(
    ("scrubbed_on", "cause"),
    [
        (date(2026, 10, 21), None),
        (date(2026, 10, 20), "national_list_too_old"),
        (None, "national_list_too_old"),
        (date(2026, 11, 22), "national_list_too_old"),
    ],
)
def test_without_a_relationship_the_national_list_must_be_fresh(engine, scrubbed_on, cause):
    world = ContactWorld()
    world.add("p1")
    made = world.export(engine, contact_day(calling=Calling(without_relationship=True, scrubbed_on=scrubbed_on)))
    assert refusals(made, "bdc") == ({cause: 1} if cause else {})
    if not cause:
        assert lines(made, "bdc")[1].split(",")[6:9] == ["", "", str(scrubbed_on)]


def test_wholesale_and_open_orders_are_no_relationship(engine):
    world = ContactWorld()
    for person, more in (
        ("p1", {"sale_type": "wholesale", "kind": "sale"}),
        ("p2", {"status": "open"}),
        ("p3", {"kind": "appointment"}),
    ):
        world.add(person, deal=TODAY)
        world.rows["transaction"][-1] |= more
    assert refusals(world.export(engine, contact_day()), "bdc") == {"no_relationship": 3}


def test_the_world_has_only_columns_that_exist():
    assert frame("garage", []).width > 5
