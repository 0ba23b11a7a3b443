"""Requests by any identifier reach the person, and nobody else."""

import hashlib
from datetime import date

import pytest
from activation_world import TODAY, World, day


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def rows(frame):
    return frame.select("person_id", "purpose", "reason").rows()


@pytest.mark.parametrize(
    "by",
    [
        {"email": "ann@example.com"},
        {"email": "ANN@example.com "},
        {"email_hash": digest("ann@example.com")},
        {"phone": "+14045550100"},
        {"record_id": "crm_contacts:ann"},
        {"user_pseudo_id": "web1"},
        {"record_id": "web_events:web1"},
        {"address_key": "1 MAIN ST|30301"},
    ],
    ids=lambda by: next(iter(by)),
)
def test_any_identifier_reaches_the_person(engine, by):
    world = World()
    world.add_person("ann", phone="+14045550100")
    world.add_person("bob", address="2 SIDE ST|ATLANTA|GA|30302")
    world.identify("ann", "web_client", "web1")
    world.ask("opt_out_sharing", **by)
    assert rows(world.suppress(engine, day())) == [("ann", "ads", "opt_out_sharing")]


def test_a_person_known_by_a_hash_alone_is_reached_by_the_plain_address(engine):
    world = World()
    world.add_person("ann", email="other@example.com")
    world.identify("ann", "email_hash", digest("ann@example.com"))
    world.identify("ann", "phone_hash", digest("+14045550100").upper())
    world.ask("gpc", email="ann@example.com")
    world.ask("do_not_call", phone="+14045550100")
    assert rows(world.suppress(engine, day())) == [("ann", "ads", "gpc"), ("ann", "phone", "do_not_call")]


def test_every_spelling_of_a_google_mailbox_is_one_mailbox(engine):
    world = World()
    world.add_person("ann", email="jane.doe+cars@gmail.com")
    world.add_person("bob", email="janedoe@example.com")
    world.ask("opt_out_sharing", email="janedoe@googlemail.com")
    assert rows(world.suppress(engine, day())) == [("ann", "ads", "opt_out_sharing")]


def test_household_does_not_inherit_but_an_address_alone_reaches_all_there(engine):
    world = World()
    for person in ("ann", "bob"):
        world.add_person(person)
    world.ask("opt_out_sharing", email="ann@example.com", address_key="1 MAIN ST|30301")
    assert rows(world.suppress(engine, day())) == [("ann", "ads", "opt_out_sharing")]
    world.ask("do_not_mail", email="ann@example.com", address_key="1 MAIN ST|30301")
    assert ("bob", "mail", "do_not_mail") in rows(world.suppress(engine, day()))


@pytest.mark.parametrize(
    ("kind", "purpose"),
    [
        ("opt_out_sharing", "ads"),
        ("gpc", "ads"),
        ("do_not_email", "email"),
        ("email_undeliverable", "email"),
        ("do_not_call", "phone"),
        ("do_not_mail", "mail"),
        ("deletion", "all"),
    ],
)
def test_purposes(engine, kind, purpose):
    world = World()
    world.add_person("ann")
    world.ask(kind, email="ann@example.com")
    assert rows(world.suppress(engine, day())) == [("ann", purpose, kind)]


def test_flags_of_the_dms_say_so(engine):
    world = World()
    world.add_person("ann")
    world.ask("do_not_email", record_id="crm_contacts:ann", source="dms_sales")
    assert rows(world.suppress(engine, day())) == [("ann", "email", "source_opt_out")]


@pytest.mark.parametrize(
    ("opted_in", "by", "is_lifted"),
    [
        (date(2026, 11, 11), {"email": "ann@example.com"}, True),
        (date(2026, 11, 10), {"email": "ann@example.com"}, False),
        (date(2026, 11, 9), {"email": "ann@example.com"}, False),
        (date(2026, 11, 11), {"phone": "+14045550100"}, False),
        (date(2026, 12, 1), {"email": "ann@example.com"}, False),
    ],
    ids=["later", "same day", "earlier", "other identifier", "in the future"],
)
def test_opting_in_lifts_an_earlier_opt_out_of_the_same_identifier(engine, opted_in, by, is_lifted):
    world = World()
    world.add_person("ann", phone="+14045550100")
    world.ask("opt_out_sharing", date(2026, 11, 10), email="ann@example.com")
    world.ask("opt_in", opted_in, **by)
    assert world.suppress(engine, day()).is_empty() == is_lifted


def test_opting_in_never_lifts_a_deletion(engine):
    world = World()
    world.add_person("ann")
    world.ask("deletion", date(2026, 11, 1), email="ann@example.com")
    world.ask("opt_in", date(2026, 11, 2), email="ann@example.com")
    assert rows(world.suppress(engine, day())) == [("ann", "all", "deletion")]


@pytest.mark.parametrize(
    ("born", "is_minor"), [(date(2008, 11, 21), False), (date(2008, 11, 22), True), (date(2020, 1, 1), True), (None, False)]
)
def test_minors(engine, born, is_minor):
    world = World()
    world.add_person("ann", birth_date=born)
    assert rows(world.suppress(engine, day())) == ([("ann", "all", "minor")] if is_minor else [])


@pytest.mark.parametrize(("state", "is_out"), [("CA", True), ("GA", False), (None, True)])
def test_gpc_by_state_where_policy_says_so(engine, state, is_out):
    world = World()
    world.add_person("ann", state=state)
    world.ask("gpc", email="ann@example.com")
    assert bool(rows(world.suppress(engine, day(gpc_everywhere=False)))) == is_out


def test_the_first_day_counts(engine):
    world = World()
    world.add_person("ann")
    world.ask("gpc", TODAY, email="ann@example.com")
    world.ask("gpc", date(2026, 11, 1), email="ann@example.com")
    assert world.suppress(engine, day()).get_column("since").to_list() == [date(2026, 11, 1)]


def test_a_dead_mailbox_stops_mail_only_where_there_is_no_other(engine):
    world = World()
    world.add_person("ann", email="dead@example.com")
    world.add_person("bob", email="dead@example.com")
    world.identify("bob", "email", "alive@example.com")
    world.ask("email_undeliverable", email="dead@example.com")
    assert rows(world.suppress(engine, day())) == [("ann", "email", "email_undeliverable")]


@pytest.mark.parametrize(("reason", "reached"), [("fan_out", ["ann", "bob"]), ("placeholder", []), ("group_owned", [])])
def test_a_request_by_an_identifier_of_many_holds_for_them_all_unless_it_is_nobodys(engine, reason, reached):
    world = World()
    for person in ("ann", "bob"):
        world.add_person(person)
        world.rows["contact_record"][-1]["phones"] = ["+14045550100"]
    world.rows["shared_identifier"].append({"kind": "phone", "value": "+14045550100", "reason": reason})
    world.ask("opt_out_sharing", phone="+14045550100")
    assert rows(world.suppress(engine, day())) == [(one, "ads", "opt_out_sharing") for one in reached]
