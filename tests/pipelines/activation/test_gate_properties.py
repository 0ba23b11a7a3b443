"""Whatever the graph, the requests and the lists: nobody goes who may not. The oracle is written from the rules, not the SQL."""

from datetime import date, timedelta

import polars as pl
from activation_world import TODAY, World, day
from breaker_world import limit, with_breaker
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.platforms import all_platforms
from schemas.policy.privacy import Grant

SEGMENTS = ("loyalty", "in_market", "conquest")
SHARED = ("both@example.com", "home@example.com")
FORBIDS = {"opt_out_sharing", "gpc", "deletion"}

person = st.fixed_dictionaries(
    {
        "segment": st.sampled_from(SEGMENTS),
        "own": st.booleans(),
        "identity_tier": st.sampled_from(["exact", "strict", "loose"]),
        "birth_date": st.sampled_from([None, date(1980, 5, 1), TODAY.replace(year=TODAY.year - 18), date(2012, 1, 1)]),
        "licence_expires_on": st.sampled_from([TODAY - timedelta(days=1), TODAY, date(2027, 1, 1)]),
        "permitted_channels": st.sampled_from([["social"], ["mail"], ["social", "mail"]]),
        "state": st.sampled_from(["GA", "CA", None]),
        "email": st.sampled_from([None, *SHARED]),
        "arm": st.sampled_from(["treatment", "control"]),
    }
)
request = st.tuples(
    st.sampled_from([*sorted(FORBIDS), "do_not_email", "do_not_call", "opt_in"]),
    st.integers(0, 5),
    st.sampled_from(["email", "record_id"]),
    st.sampled_from([TODAY - timedelta(days=30), TODAY, TODAY + timedelta(days=1)]),
)
grant = st.tuples(
    st.sampled_from(["google", "meta"]), st.sampled_from(["first_party_relationship", "licence"]), st.sampled_from(SEGMENTS)
)


def world_of(people, requests):
    world = World()
    for n, one in enumerate(people):
        told = (
            {**one}
            if not one["own"]
            else {key: value for key, value in one.items() if key not in ("licence_expires_on", "permitted_channels")}
        )
        world.add_person(f"p{n}", **told)
    for kind, of, by, on in requests:
        if of < len(people):
            email = people[of]["email"] or f"p{of}@example.com"
            world.ask(kind, received_on=on, **({"email": email} if by == "email" else {"record_id": f"crm_contacts:p{of}"}))
    return world


def asked_not_to_be_sent(people, requests):
    """Who asked, by record or by any e-mail that they carry, on or before the day, and did not ask otherwise by it later."""
    gone = set()
    for kind, of, by, on in requests:
        if kind not in FORBIDS or on > TODAY or of >= len(people):
            continue
        email = people[of]["email"] or f"p{of}@example.com"
        key = (by, email if by == "email" else of)
        lifted = kind != "deletion" and any(
            other == "opt_in" and later <= TODAY and later > on and which < len(people)
            and key == (how, (people[which]["email"] or f"p{which}@example.com") if how == "email" else which)
            for other, which, how, later in requests
        )  # fmt: skip
        if not lifted:
            carriers = {n for n, one in enumerate(people) if (one["email"] or f"p{n}@example.com") == email}
            gone |= carriers if by == "email" else {of}
    return gone


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(person, min_size=1, max_size=6), st.lists(request, max_size=5), st.lists(grant, max_size=6, unique=True))
def test_nobody_goes_who_may_not(engine, people, requests, grants):
    given_grants = tuple(Grant(recipient=to, purpose="ads", basis=basis, segments=(which,)) for to, basis, which in grants)
    made = world_of(people, requests).export(engine, day(grants=given_grants))
    out = asked_not_to_be_sent(people, requests)
    allowed = set(grants)
    for platform, person_id, basis, identifiers in (
        made["delivered"].select("platform", "person_id", "basis", "identifiers").iter_rows()
    ):
        n = int(person_id[1:])
        one = people[n]
        contract = all_platforms()[platform]
        assert n not in out, "asked not to be"
        assert one["identity_tier"] != "loose" and one["arm"] == "treatment" and one["state"] is not None
        assert one["birth_date"] is None or one["birth_date"] <= TODAY.replace(year=TODAY.year - 18), "a minor"
        assert (platform, basis, one["segment"]) in allowed, "nobody granted it"
        if not one["own"]:
            assert basis == "licence" and not contract.first_party_only, "a bought list at a first-party platform"
            assert one["licence_expires_on"] >= TODAY and "social" in one["permitted_channels"]
        carried = {people[m]["email"] for m in out if people[m]["email"]}
        assert one["email"] not in carried or not any(value.startswith("email:") for value in identifiers)
    assert set(made["export_member"].get_column("action").cast(pl.String)) <= {"add"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(person, min_size=2, max_size=6), st.lists(request, min_size=1, max_size=5))
def test_whoever_asks_after_the_audience_was_published_is_taken_back(engine, people, requests):
    """The audience stays as it was; only the requests are new."""
    before = world_of(people, []).export(engine, day())
    later = world_of(people, requests)
    later.previous = before["delivered"]
    made = later.export(engine, day())
    out = {f"p{n}" for n in asked_not_to_be_sent(people, requests)}
    for platform in ("google", "meta"):
        was = set(before["delivered"].filter(pl.col("platform") == platform)["person_id"])
        removed = made["export_member"].filter((pl.col("platform") == platform) & (pl.col("action").cast(pl.String) == "remove"))
        assert was & out <= set(removed["person_id"])
        assert not out & set(made["delivered"].filter(pl.col("platform") == platform)["person_id"])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(person, min_size=3, max_size=8), st.lists(request, max_size=4), st.sets(st.integers(0, 7)), st.integers(0, 2))
def test_a_blocked_list_changes_only_by_those_who_must_leave(engine, people, requests, gone, new):
    """Nothing may move at all: whatever the day brings, nobody is added, and nobody leaves but for consent or a licence."""
    before = world_of(people, []).export(engine, day())
    later = world_of(people, requests)
    for segment in SEGMENTS:
        rows = later.rows[f"audience_{segment}"]
        later.rows[f"audience_{segment}"] = [one for one in rows if int(one["person_id"][1:]) not in gone]
    for n in range(new):
        later.add_person(f"n{n}")
    later.previous = before["delivered"]
    nothing_moves = [limit(figure, 0) for figure in ("growth", "shrinkage", "removals_share")]
    made = later.export(engine, with_breaker(day(), *nothing_moves, min_people=1))
    out = {f"p{n}" for n in asked_not_to_be_sent(people, requests)}
    for platform in ("google", "meta"):
        was, now = (
            {tuple(one) for one in frame.filter(pl.col("platform") == platform).select("cell", "person_id").iter_rows()}
            for frame in (before["delivered"], made["delivered"])
        )
        assert not {person_id for _, person_id in now} & out, "whoever asked leaves all the same"
        left = {person_id for _, person_id in was - now}
        carried = {people[int(one[1:])]["email"] for one in out} - {None}
        may_leave = out | {f"p{n}" for n, one in enumerate(people) if one["email"] in carried or not one["own"]}
        is_blocked = made["breaker"].filter((pl.col("platform") == platform) & pl.col("is_blocked")).height > 0
        if is_blocked:
            assert now <= was and left <= may_leave
        elif was & now:  # where all who were held must leave, no list is left to compare with
            assert {person_id for _, person_id in now - was} == set(), "what is new would have been growth"


def test_an_audience_is_judged_again_by_a_rule_that_came_after_it(engine):
    """Published under one policy, exported under another: a state that gets no ads, a grant that was withdrawn, a tier."""
    world = World()
    world.add_person("ann", state="CA")
    world.add_person("bob", state="GA")
    world.previous = world.export(engine, day())["delivered"]
    tomorrow = TODAY + timedelta(days=1)
    gone = world.export(engine, day(tomorrow, excluded_states=("CA",)))["export_member"]
    assert gone.select("platform", "person_id", pl.col("action").cast(pl.String)).rows() == [
        ("google", "ann", "remove"), ("meta", "ann", "remove"),
    ]  # fmt: skip
    only_meta = (Grant(recipient="meta", purpose="ads", basis="first_party_relationship", segments=("loyalty",)),)
    gone = world.export(engine, day(tomorrow, grants=only_meta))["export_member"]
    assert sorted(gone.select("platform", "person_id").rows()) == [("google", "ann"), ("google", "bob")]


def test_conquest_starts_later_by_one_switch_and_is_taken_back_by_it(engine):
    """segments_on: in-market and loyalty first. Conquest is withheld with its cause, sent once on, taken back when off."""
    world = World()
    for segment in SEGMENTS:
        world.add_person(segment, segment=segment, cell=f"VAG_{segment.upper()}")
    first = world.export(engine, day(segments_on=("in_market", "loyalty")))
    assert set(first["delivered"]["person_id"]) == {"in_market", "loyalty"}
    withheld = first["gate_refusal"].filter(pl.col("cause") == "segment_off")
    assert set(withheld["segment"].cast(pl.String)) == {"conquest"} and withheld["people"].sum() == 2
    world.previous = first["delivered"]
    on = world.export(engine, day(TODAY + timedelta(days=30)))
    assert set(on["export_member"]["person_id"]) == {"conquest"}
    world.previous = on["delivered"]
    off = world.export(engine, day(TODAY + timedelta(days=31), segments_on=("in_market", "loyalty")))
    sent = off["export_member"]
    assert set(sent.select("person_id", pl.col("action").cast(pl.String), pl.col("cause").cast(pl.String)).rows()) == {
        ("conquest", "remove", "refused")
    }
    assert set(off["delivered"]["person_id"]) == {"in_market", "loyalty"}
