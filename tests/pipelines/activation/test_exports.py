"""The gate and the day's exports on a world by hand."""

from datetime import date, timedelta

import polars as pl
import pytest
from activation_world import CELL, TODAY, World, causes, day, sent
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.policy.privacy import Grant
from tests.engines import fresh_engine


def test_a_plain_member_goes_to_both(engine):
    world = World()
    world.add_person("ann", phone="+14045550100")
    made = world.export(engine, day())
    assert sent(made) == {("google", "ann"): "add", ("meta", "ann"): "add"}
    google, meta = made["export_member"].get_column("identifiers").to_list()
    assert [one.split(":")[0] for one in google] == ["email", "phone", "address"]
    assert google[2].split("|")[2:] == ["US", "30301"]
    kinds = [one.split(":")[0] for one in meta]
    assert kinds == ["email", "phone", "fn", "ln", "ct", "st", "zip", "country", "extern_id"]
    held = made["delivered"].row(0, named=True)
    assert (held["since"], held["sent_on"], held["expires_on"]) == (TODAY, TODAY, TODAY + timedelta(days=90))
    ledger = made["shared_with"].select("recipient", "cell", "action", "purpose", "basis", "shared_on").rows()
    assert ledger == [(name, CELL, "add", "ads", "first_party_relationship", TODAY) for name in ("google", "meta")]
    assert made["gate_refusal"].is_empty()


@pytest.mark.parametrize(
    ("more", "changes", "cause"),
    [
        ({"state": None}, {}, "unknown_state"),
        ({"state": "GA"}, {"excluded_states": ("GA",)}, "excluded_state"),
        ({"identity_tier": "loose"}, {}, "identity_tier"),
        ({"arm": "global_control"}, {}, "held_out"),
        ({"arm": "control"}, {}, "held_out"),
        ({"arm": "broad:treatment|timing:holdout"}, {}, "held_out"),
        ({"channels": ["mail"]}, {}, "channel_not_permitted"),
        ({}, {"planned": ("email",)}, "channel_not_planned"),
        ({}, {"segments_on": ("conquest",)}, "segment_off"),
        ({}, {"grants": ()}, "no_grant"),
        ({}, {"off": ("google",)}, "platform_off"),
        ({}, {"min_members": 1000}, "below_minimum"),
        ({"email": "nothing", "address": "||"}, {}, "no_identifier"),
        ({"own": False}, {}, "bought_list"),
        ({"birth_date": date(2020, 1, 1)}, {}, "suppressed_minor"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_refusals(engine, more, changes, cause):
    world = World()
    world.add_person("ann", **more)
    made = world.export(engine, day(**changes))
    assert ("google", "ann") not in sent(made)
    assert causes(made) == {cause: 1}


def test_an_identifier_below_the_tiers_of_a_platform_is_not_sent(engine):
    world = World()
    world.add_person("ann", phone="+14045550100")
    world.add_person("bob")
    for row in world.rows["person_identifier"]:
        if row["person_id"] == "bob" or row["kind"] == "phone":
            row["tier"] = "loose"
    made = world.export(engine, day())
    assert sent(made, "google") == {("google", "ann"): "add"}
    (google,) = made["export_member"].filter(pl.col("platform") == "google").get_column("identifiers").to_list()
    assert [one.split(":")[0] for one in google] == ["email", "address"]
    assert causes(made) == {"identity_tier": 1}


def test_what_a_suppressed_person_carries_loosely_is_sent_for_nobody(engine):
    world = World()
    world.add_person("ann", email="both@example.com")
    world.add_person("bob", email="own@example.com", address="||")
    world.identify("bob", "email", "both@example.com")
    world.rows["person_identifier"][-1]["tier"] = "loose"
    world.ask("opt_out_sharing", email="own@example.com")
    google = world.export(engine, day())["export_member"].filter(pl.col("platform") == "google")
    assert [[one.split(":")[0] for one in listed] for listed in google.get_column("identifiers")] == [["address"]]


def test_an_arm_of_a_test_is_addressed(engine):
    world = World()
    world.add_person("ann", arm="broad:lifecycle|timing:early")
    assert ("google", "ann") in sent(world.export(engine, day()))


def test_unknown_state_where_policy_allows_it(engine):
    world = World()
    world.add_person("ann", state=None)
    assert ("google", "ann") in sent(world.export(engine, day(allow_unknown_state=True)))


@pytest.mark.parametrize("statuses", [(), ("missing",), ("rejected",), ("accepted", "rejected"), ("too_late",)])
def test_without_privacy_requests_nobody_is_added_and_the_refusal_says_so(engine, statuses):
    world = World()
    world.add_person("ann")
    world.feed(*statuses)
    made = world.export(engine, day())
    assert made["export_member"].is_empty() and made["delivered"].is_empty()
    cause = "privacy_feed_rejected" if "rejected" in statuses else "privacy_feed_missing"
    assert causes(made) == causes(made, "meta") == {cause: 1}


@pytest.mark.parametrize(
    ("files", "cause"),
    [
        ([(0, 2, 0)], "privacy_feed_unreadable"),
        ([(3, 0, 0), (0, 1, 0)], "privacy_feed_unreadable"),
        ([(0, 0, 0)], None),
        ([(1, 1, 0)], None),
        ([(0, 1, 1)], None),
    ],
)
def test_a_privacy_file_with_nothing_but_quarantined_rows_closes_the_gate(engine, files, cause):
    world = World()
    world.add_person("ann")
    world.feed(*("accepted" for _ in files))
    for row, (accepted, quarantined, superseded) in zip(world.rows["feed_file"], files, strict=True):
        row |= {"rows_accepted": accepted, "rows_quarantined": quarantined, "rows_superseded": superseded}
    made = world.export(engine, day())
    assert (causes(made) == {cause: 1}) if cause else (("google", "ann") in sent(made))


@pytest.mark.parametrize(("taken", "again"), [((1, 0), True), ((0, 1), False)])
def test_privacy_rows_that_came_back_in_full_open_the_gate(engine, taken, again):
    world = World()
    world.add_person("ann")
    world.feed("accepted", "accepted")
    first, second = world.rows["feed_file"]
    first |= {"file_name": "p_20261121.csv.gz", "rows_accepted": 0, "rows_quarantined": 1, "rows_superseded": 0}
    second |= {"file_name": "replay-20261121/p_20261121.csv", "rows_superseded": 0}
    second |= dict(zip(("rows_accepted", "rows_quarantined"), taken, strict=True))
    assert (("google", "ann") in sent(world.export(engine, day()))) == again


def test_a_privacy_file_that_came_too_late_closes_the_gate(engine):
    world = World()
    world.add_person("ann")
    world.feed("accepted", "too_late")
    made = world.export(engine, day())
    assert made["export_member"].is_empty() and causes(made) == {"privacy_feed_missing": 1}


def test_nothing_bought_reaches_google_even_of_a_customer(engine):
    world = World()
    world.add_person("ann")
    world.identify(
        "ann", "email", "bought@example.com", own=False, licence_expires_on=date(2027, 1, 1), permitted_channels=["social"]
    )
    made = world.export(engine, day())
    assert [len([x for x in ids if x.startswith("email:")]) for ids in made["export_member"]["identifiers"]] == [1, 2]


def test_a_name_that_only_a_bought_list_knows_stays_from_google(engine):
    world = World()
    world.add_person("ann")
    world.rows["contact_record"][0]["is_first_party"] = False
    made = world.export(engine, day())
    assert [one.split(":")[0] for one in made["export_member"]["identifiers"][0]] == ["email"]


@pytest.mark.parametrize(
    ("more", "cause"),
    [({"licence_expires_on": date(2026, 11, 20)}, "licence_expired"), ({"permitted_channels": ["mail"]}, "licence_channel")],
)
def test_licences(engine, more, cause):
    world = World()
    world.add_person("ann", own=False, **more)
    assert causes(world.export(engine, day()), "meta") == {cause: 1}


def test_a_licence_grant_is_not_a_first_party_grant(engine):
    world = World()
    world.add_person("ann", own=True)
    world.add_person("bob", own=False)
    grants = (Grant(recipient="meta", purpose="ads", basis="licence", segments=("loyalty",)),)
    made = world.export(engine, day(grants=grants))
    assert sent(made) == {("meta", "bob"): "add"}
    assert made["shared_with"]["basis"].to_list() == ["licence"]
    assert causes(made, "meta") == {"no_grant": 1}


def test_an_identifier_of_somebody_suppressed_is_sent_for_nobody(engine):
    world = World()
    world.add_person("ann", email="jane.doe@gmail.com")
    world.add_person("bob", email="janedoe@gmail.com", phone="+14045550100")
    world.ask("opt_out_sharing", record_id="crm_contacts:ann")
    made = world.export(engine, day())
    google = made["export_member"].filter(pl.col("platform") == "google").row(0, named=True)
    assert google["person_id"] == "bob"
    assert [one.split(":")[0] for one in google["identifiers"]] == ["phone", "address"]


def test_californians_carry_limited_use(engine):
    world = World()
    world.add_person("ann", state="CA")
    made = world.export(engine, day())
    assert ["option:LDU" in ids for ids in made["export_member"]["identifiers"]] == [False, True]


def test_who_has_some_of_the_planned_channels_stands_in_a_list_of_its_own(engine):
    """Another audience has the rest: a campaign on the whole list would address the person twice through one channel."""
    world = World()
    for name, channels in (("both", ["display", "social"]), ("one", ["social"]), ("none", ["email"])):
        world.add_person(name, channels=channels)
    made = world.export(engine, day(planned=("social", "display", "email")))
    sent_to = made["export_member"].filter(pl.col("platform") == "meta").select("person_id", "cell").rows()
    assert sorted(sent_to) == [("both", CELL), ("one", f"{CELL}_SOCIAL")]


PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "own": st.booleans(),
            "email": st.sampled_from(["a@gmail.com", "a.a@gmail.com", "aa@gmail.com", "b@x.com", "c@x.com"]),
            "phone": st.sampled_from([None, "+14045550100", "+14045550101"]),
            "state": st.sampled_from(["GA", "CA", None]),
            "segment": st.sampled_from(["conquest", "in_market", "loyalty"]),
            "arm": st.sampled_from(["treatment", "global_control"]),
        }
    ),
    min_size=1,
    max_size=6,
)


ASKED = st.lists(
    st.tuples(
        st.sampled_from(["opt_out_sharing", "gpc", "deletion"]),
        st.sampled_from([{"email": "a.a@gmail.com"}, {"phone": "+14045550100"}, {"record_id": "crm_contacts:p0"}]),
    ),
    max_size=3,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(people=PEOPLE, asked=ASKED, is_feed_there=st.booleans())
def test_whatever_the_world_the_gate_holds(people, asked, is_feed_there):
    engine = fresh_engine()
    world = World()
    for number, person in enumerate(people):
        world.add_person(f"p{number}", **person)
    for kind, by in asked:
        world.ask(kind, **by)
    if not is_feed_there:
        world.feed("rejected")
    suppressed = set(world.suppress(engine, day())["person_id"])
    made = world.export(engine, day())
    engine.close()
    added = made["export_member"].filter(pl.col("action") != "remove")
    assert is_feed_there or added.is_empty()
    assert not suppressed & set(added["person_id"])
    bought = {f"p{number}" for number, person in enumerate(people) if not person["own"]}
    assert not bought & set(added.filter(pl.col("platform") == "google")["person_id"])
    held_out = {f"p{number}" for number, person in enumerate(people) if person["arm"] != "treatment"}
    assert not held_out & set(added["person_id"])
    judged = added.height + made["gate_refusal"]["people"].sum()
    assert judged == 2 * len(people)
