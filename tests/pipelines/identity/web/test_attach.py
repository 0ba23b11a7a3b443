"""Whose client it is, from literal evidence."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.identity.web.attach import Attached, attach
from schemas.policy.web_identity import WebIdentityPolicy
from schemas.tables.web_identity import WEB_ATTACHMENT, WebEvidence

ON = date(2026, 11, 20)
MEMBERS = {"crm:ann": ("ann", "h1"), "crm:bob": ("bob", "h1"), "crm:eve": ("eve", "h2"), "crm:ned": ("ned", None)}
IDENTIFIERS = [
    ("web_user", "u-ann", "crm:ann"), ("web_user", "u-bob", "crm:bob"), ("web_user", "u-eve", "crm:eve"),
    ("email", "e-ann", "crm:ann"), ("email", "e-eve", "crm:eve"), ("email", "e-ned", "crm:ned"),
    ("email", "e-home", "crm:ann"), ("email", "e-home", "crm:bob"),
    *(("email", "e-crowd", one) for one in MEMBERS),
]  # fmt: skip


def attached(evidence: list[tuple], clients: tuple[str, ...] = (), max_people: int = 4, own: list[str] | None = None) -> Attached:
    rows = [(f"web_events:{client}", kind, value, days, ON, ON) for client, kind, value, days in evidence]
    known = sorted({row[0] for row in rows} | {f"web_events:{one}" for one in clients})
    members = pl.DataFrame(
        [(record, *whose) for record, whose in MEMBERS.items()], schema=["record_id", "person_id", "household_id"], orient="row"
    )
    found = attach(
        pl.DataFrame({"record_id": known}, schema={"record_id": pl.String}),
        pl.DataFrame(rows, schema=WebEvidence.create_empty().schema, orient="row"),
        pl.DataFrame(IDENTIFIERS, schema=["kind", "value", "record_id"], orient="row"),
        members,
        WebIdentityPolicy(),
        max_people,
        None if own is None else pl.Series("record_id", [f"web_events:{one}" for one in own], dtype=pl.String),
    )
    assert found.members["record_id"].to_list() == known
    WEB_ATTACHMENT.schema.validate(found.attachments, cast=True)
    return found


CASES = {
    "login": ([("1", "login", "u-ann", 1)], "ann", "login", "attached"),
    "form": ([("1", "form", "e-eve", 1)], "eve", "form", "attached"),
    "lead": ([("1", "lead", "crm:bob", 1)], "bob", "lead", "attached"),
    "call": ([("1", "call", "crm:ned", 1)], "ned", "call", "attached"),
    "click": ([("1", "click", "e-ned", 1)], "ned", "click", "attached"),
    "an e-mail of a couple": ([("1", "form", "e-home", 2)], None, "created", "ambiguous"),
    "an e-mail of a couple and a lead": ([("1", "form", "e-home", 2), ("1", "lead", "crm:bob", 1)], "bob", "lead", "attached"),
    "strangers": ([("1", "login", "u-ann", 9), ("1", "login", "u-eve", 1)], None, "created", "ambiguous"),
    "one of a house far ahead": ([("1", "login", "u-ann", 2), ("1", "login", "u-bob", 1)], "ann", "login", "attached"),
    "one of a house not ahead": ([("1", "login", "u-ann", 3), ("1", "login", "u-bob", 2)], None, "created", "ambiguous"),
    "an unknown login contradicts nothing": ([("1", "login", "u-x", 9), ("1", "form", "e-eve", 1)], "eve", "form", "attached"),
    "two unknown logins do": (
        [("1", "login", "u-x", 9), ("1", "login", "u-y", 9), ("1", "form", "e-eve", 1)], None, "created", "ambiguous",
    ),
    "an unknown e-mail does": ([("1", "form", "e-x", 1), ("1", "form", "e-eve", 4)], None, "created", "ambiguous"),
    "but not beside a login": ([("1", "form", "e-x", 1), ("1", "login", "u-eve", 1)], "eve", "login", "attached"),
    "an e-mail of a crowd": ([("1", "form", "e-crowd", 1)], None, "created", None),
    "an unknown e-mail alone": ([("1", "form", "e-x", 1)], None, "created", "unknown"),
    "a lead whose record is gone": ([("1", "lead", "crm:gone", 1)], None, "created", None),
}  # fmt: skip


@pytest.mark.parametrize(("evidence", "person", "rule", "outcome"), CASES.values(), ids=list(CASES))
def test_a_client_belongs_to_the_one_person_that_its_evidence_means(evidence, person, rule, outcome):
    found = attached(evidence)
    assert found.members.row(0, named=True) == {
        "record_id": "web_events:1",
        "person_id": person,
        "leader_record_id": None if person else "web_events:1",
        "tier": "exact",
        "rule": rule,
    }
    assert found.attachments["outcome"].to_list() == ([outcome] if outcome else [])
    assert found.shared.is_empty()


def test_a_device_of_many_is_listed_and_belongs_to_nobody():
    found = attached([("kiosk", "form", one, 1) for one in ("e-ann", "e-eve", "e-ned", "e-x", "e-y")])
    assert found.members["person_id"].to_list() == [None]
    assert found.shared.rows() == [("web_client", "kiosk", 1, 5, "fan_out")]
    assert found.attachments.select("outcome", "people").rows() == [("shared_device", 5)]


def test_a_device_of_the_rooftop_belongs_to_nobody_however_sure_its_evidence():
    found = attached([("tablet", "login", "u-eve", 1)], own=["tablet", "screen"], clients=("screen",))
    assert found.members["person_id"].to_list() == [None, None]
    assert found.shared.rows() == [("web_client", "screen", 1, 0, "group_owned"), ("web_client", "tablet", 1, 1, "group_owned")]


def test_clients_of_one_unknown_login_are_one():
    found = attached([("1", "login", "u-x", 1), ("3", "login", "u-x", 1), ("2", "login", "u-y", 1)], clients=("4",))
    leaders = ["web_events:1", "web_events:2", "web_events:1", "web_events:4"]
    assert found.members["leader_record_id"].to_list() == leaders
    assert found.members["rule"].to_list() == ["same_login", "created", "same_login", "created"]


def test_a_login_is_learned_from_a_client_that_told_more():
    found = attached([("1", "login", "u-x", 1), ("1", "lead", "crm:eve", 1), ("2", "login", "u-x", 3)])
    assert found.members.select("person_id", "rule").rows() == [("eve", "lead"), ("eve", "login")]


def test_a_login_that_two_people_use_is_not_learned():
    told = [("1", "login", "u-x", 1), ("1", "lead", "crm:eve", 1), ("2", "login", "u-x", 3), ("2", "lead", "crm:ann", 1)]
    found = attached([*told, ("3", "login", "u-x", 1)])
    assert found.members["person_id"].to_list() == ["eve", "ann", None]


EVIDENCE = st.tuples(
    st.sampled_from("123"),
    st.sampled_from([("login", "u-ann"), ("login", "u-x"), ("form", "e-home"), ("form", "e-eve"), ("lead", "crm:bob")]),
    st.integers(1, 3),
).map(lambda one: (one[0], *one[1], one[2]))


@settings(deadline=None, max_examples=40)
@given(st.lists(EVIDENCE, unique_by=lambda one: one[:3]), st.randoms())
def test_the_order_of_evidence_changes_nothing(told, chance):
    shuffled = list(told)
    chance.shuffle(shuffled)
    first, second = attached(told, clients=("9",)), attached(shuffled, clients=("9",))
    assert first.members.equals(second.members) and first.attachments.equals(second.attachments)
