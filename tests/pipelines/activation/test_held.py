"""What platforms hold when the day begins: confirmed, unconfirmed, unknown, rejected; how long rejected ones are asked."""

from datetime import date, timedelta
from types import SimpleNamespace

import polars as pl
import pytest

from pipelines.activation.held import STEP, open_to
from pipelines.step import Day
from schemas.policy.delivery import Delivery
from schemas.tables import all_tables
from tests.audience_world import rows_of

D1, D2 = date(2026, 11, 20), date(2026, 11, 21)
ENDS = D1 + timedelta(days=90)
PIN = {"platform": "pinterest", "cell": "A", "person_id": "ann"}


def row(**more):
    stay = {"since": D1 - timedelta(days=5), "sent_on": D1 - timedelta(days=5), "expires_on": ENDS - timedelta(days=5)}
    return {**PIN, "identifiers": ["email:old"], "segment": "loyalty", "basis": "b", "identifiers_hash": 1} | stay | more


def fact(**more):
    told = {**PIN, "delivery": "2026-11-20/pinterest/1", "side": "hold", "outcome": "confirmed", "day": D1, "action": "add"}
    stay = {"since": D1, "sent_on": D1, "expires_on": ENDS}
    return told | {"identifiers": ["email:new"], "segment": "loyalty", "basis": "b", "cause": "entered"} | stay | more


def drop(**more):
    return fact(side="drop", action="remove", identifiers=["email:old"], **more)


@pytest.fixture
def run(engine):
    def made(facts=(), held=(), delivered=(), way="receipts", dead=(), delivery=Delivery(kind="folder", address="/x"), as_of=D2):
        ways = [{"platform": "pinterest", "way": way}] if way else []
        given = {"receipt_member": facts, "previous_held": held, "previous_delivered": delivered, "previous_delivery_way": ways}
        for alias, rows in (given | {"previous_dead_letter": dead}).items():
            engine.register(alias, rows_of(all_tables()[alias.removeprefix("previous_")], rows))
        platforms = {"pinterest": SimpleNamespace(delivery=delivery), "meta": SimpleNamespace(delivery=None)}
        policy = SimpleNamespace(channels=SimpleNamespace(platforms=platforms))
        return STEP.frames(engine, Day(as_of, policy, "seed"))

    return made


def seen(made):
    return [(one["person_id"], one["identifiers"], one["expires_on"]) for one in made["held"].to_dicts()]


def test_where_people_upload_files_what_was_made_is_held(run):
    made = run(delivered=[row()], held=[row(person_id="bob")], way="hand")
    assert seen(made) == [("ann", ["email:old"], ENDS - timedelta(days=5))]
    assert made["delivery_way"].rows() == [("meta", "hand"), ("pinterest", "receipts")]


def test_an_add_counts_only_when_it_is_confirmed(run):
    assert seen(run(delivered=[row()])) == []
    made = run([fact()], delivered=[row()])
    assert seen(made) == [("ann", ["email:new"], ENDS)]
    assert made["held"].row(0, named=True)["since"] == D1


def test_an_add_that_may_have_arrived_has_an_ended_stay(run):
    assert seen(run([fact(outcome="unknown")])) == [("ann", ["email:new"], D1)]


def test_a_rejected_add_is_not_held_and_a_rejected_refresh_leaves_what_was_there(run):
    assert seen(run([fact(outcome="rejected")])) == []
    assert seen(run([fact(outcome="rejected")], held=[row()])) == [("ann", ["email:old"], ENDS - timedelta(days=5))]


def test_a_removal_counts_only_when_it_is_confirmed(run):
    assert seen(run(held=[row()])) == [("ann", ["email:old"], ENDS - timedelta(days=5))]
    assert seen(run([drop(outcome="rejected")], held=[row()])) == [("ann", ["email:old"], ENDS - timedelta(days=5))]
    assert seen(run([drop(outcome="unknown")], held=[row()])) == [("ann", ["email:old"], D1)]
    assert seen(run([drop()], held=[row()])) == []


def test_what_was_to_be_withdrawn_stays_until_that_is_confirmed_too(run):
    changed = fact(action="refresh", withdrawn=["email:old"])
    gone = fact(action="refresh", side="drop", identifiers=["email:old"])
    assert seen(run([changed], held=[row()])) == [("ann", ["email:new", "email:old"], ENDS)]
    assert seen(run([changed, gone], held=[row()])) == [("ann", ["email:new"], ENDS)]
    assert seen(run([gone], held=[row(identifiers=["email:old", "email:x"])])) == [("ann", ["email:x"], ENDS - timedelta(days=5))]
    unsure = changed | {"outcome": "unknown"}
    assert seen(run([unsure], held=[row()])) == [("ann", ["email:new", "email:old"], D1)]


def test_deliveries_count_in_their_order(run):
    later = drop(delivery="2026-11-20/pinterest/10") | {"identifiers": ["email:new"]}
    assert seen(run([later, fact(delivery="2026-11-20/pinterest/9")])) == []
    assert seen(run([drop(), fact(delivery="2026-11-20/pinterest/2")], held=[row()])) == [("ann", ["email:new"], ENDS)]


def test_a_platform_that_begins_to_be_delivered_to_starts_from_what_people_uploaded(run):
    made = run([fact(person_id="bob")], delivered=[row()], way="hand")
    assert [one[0] for one in seen(made)] == ["ann", "bob"]
    assert [one[0] for one in seen(run(delivered=[row()], way=None))] == ["ann"]


def letters(made):
    return [(one["person_id"], one["reason"], one["tries"], one["is_set_aside"]) for one in made["dead_letter"].to_dicts()]


def test_a_rejected_member_is_asked_on_some_days_and_then_set_aside(run):
    rules = Delivery(kind="folder", address="/x", rejected_days=2, rejected_again_days=10)
    bad = fact(outcome="rejected", reason="INVALID")
    first = run([bad], delivery=rules)
    assert letters(first) == [("ann", "INVALID", 1, False)]
    second = run([bad], dead=first["dead_letter"].to_dicts(), delivery=rules)
    assert letters(second) == [("ann", "INVALID", 2, True)]
    kept = second["dead_letter"].to_dicts()
    assert letters(run(dead=kept, delivery=rules)) == [("ann", "INVALID", 2, True)]
    assert letters(run(dead=kept, delivery=rules, as_of=D1 + timedelta(days=10))) == []
    assert letters(run([fact()], dead=kept, delivery=rules)) == []
    assert letters(run([bad | {"identifiers": ["email:other"]}], dead=kept, delivery=rules)) == [("ann", "INVALID", 1, False)]


def test_who_is_set_aside_is_closed_to_the_platform_until_they_have_other_identifiers(run, engine):
    bad = fact(outcome="rejected", reason="INVALID")
    made = run([bad], delivery=Delivery(kind="folder", address="/x", rejected_days=1))
    engine.register("dead_letter", made["dead_letter"])
    base = {**PIN, "segment": "loyalty", "basis": "b", "is_open": True}
    eligible = pl.DataFrame([base | {"identifiers": ["email:new"]}, base | {"cell": "B", "identifiers": ["email:new"]}])
    still, aside = open_to(engine, eligible)
    assert sorted(still.select("cell", "is_open").rows()) == [("A", False), ("B", True)] and aside["cell"].to_list() == ["A"]
    other = eligible.with_columns(identifiers=pl.lit(["email:other"]))
    assert open_to(engine, other)[1].is_empty()
