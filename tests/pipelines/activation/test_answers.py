"""What the pull interface may tell, and by which keys somebody is found: row by row."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.policy_files import load_policy
from pipelines.activation.answers import answers, doors
from pipelines.step import Day
from tests.answer_world import DAY, EMAILS, frames, member, rows, sha
from tests.engines import fresh_engine

POLICY = load_policy("velocity_b")


def made(tables, policy=POLICY, day=DAY):
    engine = fresh_engine()
    for name, frame in frames(tables).items():
        engine.register(name, frame)
    told, keys = answers(engine, Day(day, policy, seed=""))
    engine.close()
    return told, keys


def told_of(tables, **options):
    told, _ = made(tables, **options)
    return set(told.select("client", "person_id").rows())


def with_member(**given):
    tables = rows()
    tables["audience_loyalty"] = [member("ann", **given)]
    tables["audience_conquest"] = []
    return tables


def test_who_is_told_of_and_through_what():
    told, _ = made(rows())
    found = told.select("client", "person_id", "purpose", "basis", "channels").rows()
    assert found == [
        ("email_tool", "ann", "email", "first_party_relationship", ["email"]),
        ("website", "ann", "ads", "first_party_relationship", ["display"]),
        ("website", "bob", "ads", "first_party_relationship", ["display"]),
        ("email_tool", "tow", "email", "first_party_relationship", ["email"]),
        ("website", "tow", "ads", "first_party_relationship", ["display"]),
        ("email_tool", "two", "email", "first_party_relationship", ["email"]),
        ("website", "two", "ads", "first_party_relationship", ["display"]),
    ]


def test_keys_lead_to_one_person_who_may_be_told_of():
    _, keys = made(rows())
    found = keys.select("kind", "key", "person_id", "tier", "is_own").rows()
    assert sorted(found) == sorted(
        [
            ("web_client_id", "web-ann", "ann", "exact", True),
            ("web_client_id", "web-bob-loose", "bob", "loose", True),
            ("email_sha256", sha(EMAILS["ann"]), "ann", "exact", True),
            ("email_sha256", sha(EMAILS["bob"]), "bob", "exact", True),
            ("email_sha256", sha("bob.other@example.com"), "bob", "exact", True),
            ("email_sha256", sha("bought@example.com"), "ann", "exact", False),
            ("person_id", "ann-before", "ann", "exact", True),
            *(("person_id", one, one, "exact", True) for one in ("ann", "bob", "two", "tow")),
        ]
    )


@pytest.mark.parametrize(
    "given",
    [
        {"arm": "control"},
        {"arm": "service:control"},
        {"arm": "nobody knows"},
        {"identity_tier": "loose"},
        {"channels": ["mail"]},
        {"channels": []},
        {"expires_on": date(2026, 11, 20)},
        {"segment": "conquest"},  # no grant for it
        {"is_first_party": False},  # no licence grant for these recipients
    ],
    ids=str,
)
def test_nobody_is_told_of(given):
    assert told_of(with_member(**given)) == set()


@pytest.mark.parametrize("purpose", ["ads", "all"])
def test_who_opted_out_of_sharing_is_told_of_for_no_purpose(purpose):
    tables = with_member()
    tables["suppression"] = [{"person_id": "ann", "purpose": purpose, "reason": "gpc", "since": DAY, "source": "web_events"}]
    told, keys = made(tables)
    assert told.is_empty() and keys.is_empty()


def test_who_wants_no_email_is_still_greeted_on_the_website():
    tables = with_member()
    tables["suppression"] = [
        {"person_id": "ann", "purpose": "email", "reason": "do_not_email", "since": DAY, "source": "email_status"}
    ]
    assert told_of(tables) == {("website", "ann")}


def test_an_email_that_somebody_who_opted_out_carries_too_finds_nobody():
    tables = rows()
    tables["person_identifier"] += [{**tables["person_identifier"][0], "person_id": "opt"}]
    _, keys = made(tables)
    assert sha(EMAILS["ann"]) not in set(keys["key"])


@pytest.mark.parametrize("status", ["missing", "rejected", "too_late"])
def test_without_the_days_privacy_requests_nothing_is_told(status):
    tables = rows()
    tables["feed_file"][0]["status"] = status
    told, keys = made(tables)
    assert told.is_empty() and keys.is_empty()


def test_states():
    tables = with_member()
    tables["person"][0]["state"] = None
    assert told_of(tables) == set()
    excluded = POLICY.model_copy(update={"privacy": POLICY.privacy.model_copy(update={"excluded_states": ("nc",)})})
    assert told_of(with_member(), policy=excluded) == set()


def test_a_segment_or_platform_that_is_off_opens_no_door():
    channels = POLICY.channels.model_copy(update={"segments_on": ("in_market",)})
    assert {row[4] for row in doors(POLICY.model_copy(update={"channels": channels}))} == {"in_market"}
    off = {**POLICY.channels.platforms, "email": POLICY.channels.platforms["email"].model_copy(update={"is_on": False})}
    channels = POLICY.channels.model_copy(update={"platforms": off})
    assert {row[0] for row in doors(POLICY.model_copy(update={"channels": channels}))} == {"website"}


def test_a_bought_person_needs_a_licence_that_runs_and_permits_the_channel():
    client = POLICY.service.clients[0].model_copy(update={"client": "meta_tag", "recipients": ("meta",)})
    policy = POLICY.model_copy(update={"service": POLICY.service.model_copy(update={"clients": (client,)})})
    assert ("meta_tag", "lst") in told_of(rows(), policy=policy)
    for change in ({"licence_expires_on": date(2026, 11, 20)}, {"permitted_channels": ["mail"]}):
        tables = rows()
        tables["person_identifier"][-1] |= change
        assert ("meta_tag", "lst") not in told_of(tables, policy=policy), change


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["ann", "bob", "two", "tow", "opt"]), st.sampled_from(["ads", "email", "mail", "all"])),
        max_size=6,
    )
)
def test_nobody_suppressed_is_ever_told_of_whatever_was_asked(requests):
    tables = rows()
    asked = sorted(set(requests))
    tables["suppression"] = [
        {"person_id": who, "purpose": what, "reason": "x", "since": DAY, "source": "s"} for who, what in asked
    ]
    told, keys = made(tables)
    closed = {who for who, what in asked if what in ("ads", "all")}
    assert not closed & set(told["person_id"]) and not closed & set(keys["person_id"])
    assert not {(who, what) for who, what in asked} & set(told.select("person_id", "purpose").rows())
    assert told.filter(pl.col("channels").list.len() == 0).is_empty()
