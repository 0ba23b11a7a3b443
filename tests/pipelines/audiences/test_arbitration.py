"""Brand, rooftop, budgets and refusals, each by a literal case."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from assets.engine import DuckDBEngine
from pipelines.audiences.membership import STEP
from schemas.policy import Policy
from schemas.policy.channels import ChannelsPolicy, ContactLimit, Platform, Rollout
from schemas.tables.audiences import MEMBERSHIP
from schemas.tables.contacts import CONTACT
from schemas.tables.exports import SUPPRESSION
from schemas.tables.geography import ZIP_DISTANCE
from schemas.tables.identity import PERSON_IDENTIFIER
from schemas.tables.traits import INTEREST
from tests.audience_world import AS_OF, GROUP, audience, candidates, day, policy, register, rows_of

SEGMENTS: Any = ("loyalty", "in_market", "conquest")
DUE = audience("due", "loyalty", "is_customer_of_brand", channels=("email", "mail"), priority=10)
LEASE = audience("lease", "loyalty", "lease_days_left < 90", channels=("mail", "social"), priority=20)
SHOPPING = audience("shopping", "in_market", "intent_score > 0", channels=("search", "social"))
OWNERS = audience("owners", "conquest", "competitor_make is not null", channels=("mail", "social"))
HERE = {"brand": "vol1", "rooftop_id": "R02", "market": "metro", "market_type": "primary", "zip": "28202", "distance_miles": 3.0}


def channels_policy(**given: Any) -> ChannelsPolicy:
    base: dict[str, Any] = {
        "segment_priority": SEGMENTS, "segments_on": SEGMENTS, "brand_choice": ("garage", "interest", "distance"), "platforms": {}
    }  # fmt: skip
    return ChannelsPolicy(**{**base, **given})


def run(engine: DuckDBEngine, of: Policy, *people: dict[str, Any], as_of: date = AS_OF, **beside: Any) -> dict[str, pl.DataFrame]:
    tables = {"suppression": SUPPRESSION, "contact": CONTACT, "interest": INTEREST, "zip_distance": ZIP_DISTANCE}
    given = {name: rows_of(tables[name], rows) for name, rows in beside.items()}
    nothing = {"person_identifier": rows_of(PERSON_IDENTIFIER, []), "previous_membership": rows_of(MEMBERSHIP, [])}
    register(engine, {"candidate": candidates(*({**HERE, **one} for one in people)), **nothing, **given})
    built = STEP.frames(engine, day(of, as_of))
    assert built["arbitration_health"]["is_within"].all()
    return built


def held(built: dict[str, pl.DataFrame]) -> dict[tuple[str, str], list[str]]:
    return {(name, person): on for name, person, on in built["membership"].select("audience", "person_id", "channels").rows()}


def lost(built: dict[str, pl.DataFrame]) -> list[tuple[Any, ...]]:
    return built["channel_loss"].select("audience", "person_id", "channel", "cause", "winner").rows()


def outcomes(built: dict[str, pl.DataFrame]) -> list[tuple[Any, ...]]:
    return built["eligibility"].select("audience", "person_id", "outcome", "cause", "winner").rows()


def contact(person: str, days_ago: int, channel: str = "email", **given: Any) -> dict[str, Any]:
    on = AS_OF - timedelta(days=days_ago)
    base = {"source": "email_status", "contacts": 1, "contact_id": f"{person}-{days_ago}"}
    return {"person_id": person, "channel": channel, "contacted_on": on, **base, **given}


def test_a_person_is_shared_out_by_channel_and_every_loss_names_the_winner(engine: DuckDBEngine) -> None:
    person = {"person_id": "p1", "is_customer_of_brand": True, "lease_days_left": 30, "intent_score": 9.0}
    built = run(engine, policy(DUE, LEASE, SHOPPING), person)
    assert held(built) == {("due", "p1"): ["email", "mail"], ("lease", "p1"): ["social"], ("shopping", "p1"): ["search"]}
    assert lost(built) == [
        ("lease", "p1", "mail", "audience_priority", "due"),
        ("shopping", "p1", "social", "segment_priority", "lease"),
    ]
    row = built["channel_loss"].row(0, named=True)
    assert (row["winner_brand"], row["winner_rooftop_id"], row["winner_person_id"]) == ("vol1", "R02", None)


def test_two_letters_to_one_household_become_one(engine: DuckDBEngine) -> None:
    of = policy(
        DUE, LEASE, channels=channels_policy(household_limits=(ContactLimit(channel="mail", contacts=1, window_days=30),))
    )
    home = {"household_id": "h1", "has_address": True}
    people = (
        {**home, "person_id": "p1", "is_customer_of_brand": True, "intent_score": 1.0},
        {**home, "person_id": "p2", "is_customer_of_brand": True, "intent_score": 2.0},
        {**home, "person_id": "p3", "lease_days_left": 5, "intent_score": 9.0},
        {"person_id": "p4", "household_id": "h2", "is_customer_of_brand": True},
    )
    built = run(engine, of, *people)
    mailed = [person for (_, person), on in held(built).items() if "mail" in on]
    assert sorted(mailed) == ["p2", "p4"]  # the first audience, there the higher score
    assert lost(built) == [("due", "p1", "mail", "household_cap", "due"), ("lease", "p3", "mail", "household_cap", "due")]
    assert built["channel_loss"]["winner_person_id"].to_list() == ["p2", "p2"]
    no_address = {**people[1], "has_address": False}
    assert ("due", "p2", "mail", "household_cap", "due") in lost(run(engine, of, people[0], no_address))
    spent = run(engine, of, *people, contact=[contact("p3", 29, "mail", source="sent")])
    assert {row[1:4] for row in lost(spent)} == {(one, "mail", "household_budget") for one in ("p1", "p2", "p3")}
    again = run(engine, of, *people, contact=[contact("p3", 30, "mail", source="sent")])
    assert held(again)["due", "p2"] == ["email", "mail"]


def test_whoever_is_over_budget_loses_the_channel_until_the_window_has_passed(engine: DuckDBEngine) -> None:
    of = policy(DUE, channels=channels_policy(contact_limits=(ContactLimit(channel="email", contacts=2, window_days=7),)))
    people = [{"person_id": one, "is_customer_of_brand": True} for one in ("one", "two", "old", "same")]
    contacts = [
        contact("one", 0), contact("two", 0), contact("two", 6), contact("old", 1), contact("old", 7),
        contact("same", 1), contact("same", 1, source="sent", contact_id="sent"),
    ]  # fmt: skip
    built = run(engine, of, *people, contact=contacts)
    assert lost(built) == [("due", "two", "email", "contact_budget", None)]
    assert held(built)["due", "two"] == ["mail"]
    later = run(engine, of, *people, contact=contacts, as_of=AS_OF + timedelta(days=1))
    assert lost(later) == []


def test_a_full_rooftop_sends_the_lowest_scores_to_the_next_one_within_the_radius(engine: DuckDBEngine) -> None:
    rooftops = tuple(one.model_copy(update={"monthly_capacity_contacts": 2}) for one in GROUP.rooftops)
    group = GROUP.model_copy(update={"rooftops": rooftops})
    people = [{"person_id": f"p{score}", "intent_score": float(score)} for score in (1, 2, 3, 4, 5)]
    near = [
        {"zip": "28202", "rooftop_id": one, "brand": "vol1", "market": market, "market_type": kind, "distance_miles": miles}
        for one, market, kind, miles in (("R02", "metro", "primary", 3.0), ("R03", "town", "primary", 19.0))
    ]
    built = run(engine, policy(SHOPPING, group=group), *people, zip_distance=near)
    assert dict(built["membership"].select("person_id", "rooftop_id").rows()) == {
        "p5": "R02",
        "p4": "R02",
        "p3": "R03",
        "p2": "R03",
    }
    assert built["eligibility"].row(0) == ("shopping", "p1", "vol1", "lost", "rooftop_capacity", None)
    assert built["channel_loss"]["winner_rooftop_id"].unique().to_list() == ["R02"]
    far = [{**near[0]}, {**near[1], "distance_miles": 20.1}]
    assert set(run(engine, policy(SHOPPING, group=group), *people, zip_distance=far)["membership"]["person_id"]) == {"p4", "p5"}
    off = policy(SHOPPING, group=group, channels=channels_policy(is_rooftop_limited=False))
    assert run(engine, off, *people, zip_distance=near)["membership"]["rooftop_id"].to_list() == ["R02"] * 5


def test_a_segment_waits_for_its_roll_out_and_takes_nobody_from_others(engine: DuckDBEngine) -> None:
    start = Rollout(segment="loyalty", after_days_low=30, after_days_high=60, source="test")
    group = GROUP.model_copy(update={"first_day": AS_OF - timedelta(days=29)})
    of = policy(DUE, SHOPPING, group=group, channels=channels_policy(rollout=(start,)))
    person = {"person_id": "p1", "is_customer_of_brand": True, "intent_score": 1.0}
    built = run(engine, of, person)
    assert outcomes(built) == [("due", "p1", "lost", "rollout", None), ("shopping", "p1", "member", None, None)]
    assert lost(built) == [("due", "p1", "email", "rollout", None), ("due", "p1", "mail", "rollout", None)]
    assert len(held(run(engine, of, person, as_of=AS_OF + timedelta(days=1)))) == 2


def test_owners_of_ours_minors_and_whoever_opted_out_are_nowhere(engine: DuckDBEngine) -> None:
    shared = {"competitor_make": "Toyota", "is_customer_of_brand": True}
    refusals = [("optout", "ads", "opt_out_sharing"), ("minor", "all", "minor"), ("nomail", "mail", "do_not_mail")]
    suppression = [
        {"person_id": person, "purpose": purpose, "reason": reason, "since": AS_OF, "source": "test"}
        for person, purpose, reason in refusals
    ]
    people = [{**shared, "person_id": one} for one in ("optout", "minor", "nomail")]
    owner = {"person_id": "owner", "competitor_make": "Toyota", "owns_own_brand": True}
    built = run(engine, policy(DUE, OWNERS), *people, owner, suppression=suppression)
    assert held(built) == {("due", "nomail"): ["email"], ("owners", "nomail"): ["social"]}
    assert {row[:4] for row in outcomes(built) if row[2] == "excluded"} == {
        ("due", "optout", "excluded", "opted_out"), ("due", "minor", "excluded", "minor"),
        ("owners", "optout", "excluded", "opted_out"), ("owners", "minor", "excluded", "minor"),
        ("owners", "owner", "excluded", "owner_of_ours"),
    }  # fmt: skip
    assert {row[3] for row in lost(built)} == {"opted_out"}


@pytest.mark.parametrize(
    ("tiers", "expected"), [(("exact", "strict"), ["mail"]), (("exact", "strict", "loose"), ["email", "mail"])]
)
def test_a_loose_identity_keeps_only_channels_that_take_it(engine: DuckDBEngine, tiers: Any, expected: list[str]) -> None:
    esp = Platform(
        is_on=True, channels=("email",), account="a", min_members=0, membership_days=1, segments=SEGMENTS, identity_tiers=tiers
    )
    of = policy(DUE, channels=channels_policy(platforms={"esp": esp}))
    built = run(engine, of, {"person_id": "p1", "is_customer_of_brand": True, "identity_tier": "loose"})
    assert held(built) == {("due", "p1"): expected}


def test_a_household_can_come_first_in_brand_and_rooftop(engine: DuckDBEngine) -> None:
    home = {"household_id": "h1", "intent_score": 5.0}
    other = {"brand": "lux", "rooftop_id": "R01"}
    people = (
        {**home, "person_id": "p1", "distance_miles": 1.0},
        {**home, "person_id": "p2", "distance_miles": 9.0, "rooftop_id": "R03"},
        {**home, **other, "person_id": "p2", "distance_miles": 8.0},
        {**home, **other, "person_id": "p3", "distance_miles": 8.0},
    )

    def brands(**given: Any) -> dict[str, tuple[str, str]]:
        built = run(engine, policy(SHOPPING, channels=channels_policy(**given)), *people)
        return {
            person: (brand, place)
            for person, brand, place in built["membership"].select("person_id", "brand", "rooftop_id").rows()
        }

    own = brands(brand_choice=("distance",))
    assert own == {"p1": ("vol1", "R02"), "p2": ("lux", "R01"), "p3": ("lux", "R01")}
    told = run(engine, policy(SHOPPING, channels=channels_policy(brand_choice=("household", "distance"))), *people)
    assert {row[1:4] for row in lost(told)} == {("p2", on, "brand_household") for on in ("search", "social")}
    alone = [{**one, "household_id": None} for one in people]
    told = run(engine, policy(SHOPPING, channels=channels_policy(brand_choice=("household", "distance"))), *alone)
    assert {row[1:4] for row in lost(told)} == {("p2", on, "brand_distance") for on in ("search", "social")}
    together = brands(brand_choice=("household", "distance"), rooftop_choice=("household", "distance"))
    assert together == {"p1": ("vol1", "R02"), "p2": ("vol1", "R02"), "p3": ("lux", "R01")}
    strict = brands(brand_choice=("household", "distance"), one_brand_per_household=True)
    assert strict == {"p1": ("vol1", "R02"), "p2": ("vol1", "R03")}
