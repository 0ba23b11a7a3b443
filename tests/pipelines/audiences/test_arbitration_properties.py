"""Arbitration per person and channel against an oracle in plain Python, for random eligibilities and policies."""

from collections import Counter
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.engine import DuckDBEngine
from schemas.policy import Policy
from schemas.policy.channels import ChannelsPolicy, ContactLimit
from schemas.tables.audiences import CHANNEL_LOSS
from schemas.tables.contacts import CONTACT
from schemas.tables.exports import SUPPRESSION
from schemas.tables.geography import ZIP_DISTANCE
from tests.audience_world import AS_OF, GROUP, audience, membership_of, policy, rows_of
from tests.engines import fresh_engine

QUICK = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SEGMENTS = ("loyalty", "in_market", "conquest")
CHANNELS = ("email", "mail", "social", "search")
COLUMNS = ("is_customer", "has_life_event", "has_open_deal", "has_phone")  # one flag per audience: random eligibilities
AUDIENCES = st.lists(
    st.tuples(
        st.sampled_from(SEGMENTS),
        st.integers(0, 2),
        st.lists(st.sampled_from(CHANNELS), min_size=1, max_size=4, unique=True),
        st.booleans(),
    ),
    min_size=1,
    max_size=len(COLUMNS),
)
ROW = st.fixed_dictionaries(
    {
        **{column: st.booleans() for column in COLUMNS},
        "is_staff": st.booleans(),
        "owns_this_brand": st.booleans(),
        "distance_miles": st.sampled_from([None, 1.0, 15.0]),
        "top_brand": st.sampled_from([None, "lux", "vol1"]),
    }
)
PEOPLE = st.lists(st.tuples(ROW, ROW), min_size=1, max_size=8)
ORDERS = st.permutations(SEGMENTS)
CHOICES = st.permutations(["garage", "interest", "distance"]).flatmap(lambda all_: st.sampled_from([all_, all_[:1], all_[:2]]))


@pytest.fixture(scope="module")
def shared() -> Any:
    one = fresh_engine()
    yield one
    one.close()


def policy_of(drawn: Any, order: Any, choice: Any) -> Policy:
    made = [
        audience(
            f"a{at}", segment, COLUMNS[at], priority=priority, channels=tuple(channels),
            exclusions=[{"name": "staff", "when": "is_staff"}] if excludes else [],
        )
        for at, (segment, priority, channels, excludes) in enumerate(drawn)
    ]  # fmt: skip
    rules = ChannelsPolicy(segment_priority=tuple(order), brand_choice=tuple(choice), platforms={}, segments_on=SEGMENTS)
    return policy(*made, channels=rules)


def rows_of_people(drawn: Any) -> list[dict[str, Any]]:
    return [
        {**row, "person_id": f"p{number}", "brand": brand}
        for number, pair in enumerate(drawn)
        for brand, row in zip(("lux", "vol1"), pair, strict=True)
    ]


def held(membership: pl.DataFrame) -> set[tuple[str, str, str]]:
    """audience, person, channel."""
    listed = membership.select("audience", "person_id", "channels").explode("channels").drop_nulls()
    return set(listed.rows())


def expected(of: Policy, rows: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    """Who holds which channel, by sorting."""
    rank = {segment: at for at, segment in enumerate(of.channels.segment_priority)}
    key = {
        "garage": lambda row: not row["owns_this_brand"],
        "interest": lambda row: -(1 if row["top_brand"] == row["brand"] else 0),
        "distance": lambda row: row["distance_miles"] if row["distance_miles"] is not None else 1e9,
    }
    found = set()
    for person in {row["person_id"] for row in rows}:
        free = [
            (row, one)
            for row in rows
            if row["person_id"] == person
            for at, one in enumerate(of.audiences)
            if row[COLUMNS[at]] and not (one.exclusions and row["is_staff"])
        ]
        if not free:
            continue
        brand = min((*(key[name](row) for name in of.channels.brand_choice), row["brand"]) for row, _ in free)[-1]
        for channel in CHANNELS:
            rivals = [one for row, one in free if row["brand"] == brand and channel in one.channels]
            if rivals:
                best = min(rivals, key=lambda one: (rank[one.segment], one.priority, one.audience))
                found.add((best.audience, person, channel))
    return found


@QUICK
@given(drawn=AUDIENCES, order=ORDERS, choice=CHOICES, people=PEOPLE)
def test_each_channel_of_a_person_has_one_audience_and_everybody_is_accounted_for(
    shared: DuckDBEngine, drawn: Any, order: Any, choice: Any, people: Any
) -> None:
    of, rows = policy_of(drawn, order, choice), rows_of_people(people)
    built = membership_of(shared, of, rows)
    claims = held(built["membership"])
    assert claims == expected(of, rows)
    assert max(Counter((person, channel) for _, person, channel in claims).values(), default=1) == 1
    assert built["membership"].select("person_id", "brand").unique()["person_id"].is_unique().all()
    adds_up(of, built, claims)
    for row in built["channel_loss"].filter(~pl.col("cause").str.starts_with("brand_")).iter_rows(named=True):
        assert (row["winner"], row["person_id"], row["channel"]) in claims
        assert row["winner"] != row["audience"]


def adds_up(of: Policy, built: dict[str, pl.DataFrame], claims: set[tuple[str, str, str]]) -> None:
    """Eligible is members and excluded and lost, per audience and channel."""
    for one in of.audiences:
        judged = built["eligibility"].filter(pl.col("audience") == one.audience)
        excluded = judged.filter(pl.col("outcome") == "excluded").height
        members = built["membership"].filter(pl.col("audience") == one.audience).height
        assert judged.filter(pl.col("outcome") == "member").height == members
        for channel in one.channels:
            lost = built["channel_loss"].filter((pl.col("audience") == one.audience) & (pl.col("channel") == channel)).height
            has = sum(1 for name, _, on in claims if (name, on) == (one.audience, channel))
            assert judged.height == has + excluded + lost
    assert CHANNEL_LOSS.schema.is_valid(built["channel_loss"])


LIVES = st.lists(
    st.fixed_dictionaries(
        {
            "home": st.sampled_from([None, "h1", "h2"]),
            "refuses": st.sampled_from([None, None, "ads", "all", "email", "mail"]),
            "contacted": st.lists(st.tuples(st.sampled_from(CHANNELS), st.integers(0, 9)), max_size=3),
            "has_address": st.booleans(),
        }
    ),
    min_size=8,
    max_size=8,
)
LIMITS = st.dictionaries(st.sampled_from(CHANNELS), st.tuples(st.integers(1, 2), st.integers(1, 8)), max_size=3)
RULES = st.fixed_dictionaries(
    {
        "contact_limits": LIMITS,
        "household_limits": LIMITS,
        "brand_choice": st.permutations(["household", "garage", "interest", "distance"]),
        "rooftop_choice": st.permutations(["household", "garage", "distance"]),
        "one_brand_per_household": st.booleans(),
        "room": st.integers(1, 6),
    }
)


@QUICK
@given(drawn=AUDIENCES, order=ORDERS, rules=RULES, people=PEOPLE, lives=LIVES)
def test_promises_hold_for_any_household_budget_refusal_and_capacity(
    shared: DuckDBEngine, drawn: Any, order: Any, rules: Any, people: Any, lives: Any
) -> None:
    base = policy_of(drawn, order, ["garage"])
    limits = {
        key: tuple(ContactLimit(channel=one, contacts=most, window_days=days) for one, (most, days) in rules[key].items())
        for key in ("contact_limits", "household_limits")
    }
    choices = {key: tuple(rules[key]) for key in ("brand_choice", "rooftop_choice")}
    strict = {"one_brand_per_household": rules["one_brand_per_household"]}
    room = tuple(one.model_copy(update={"monthly_capacity_contacts": rules["room"]}) for one in GROUP.rooftops)
    of = base.model_copy(
        update={
            "channels": base.channels.model_copy(update={**limits, **choices, **strict}),
            "group": GROUP.model_copy(update={"rooftops": room}),
        }
    )
    known = {f"p{at}": one for at, one in enumerate(lives)}
    place = {"lux": "R01", "vol1": "R02"}
    rows = [
        {
            **row, "household_id": known[row["person_id"]]["home"], "rooftop_id": place[row["brand"]], "zip": "28202",
            "market_type": "primary", "market": "metro", "has_address": known[row["person_id"]]["has_address"],
            "owns_own_brand": row["owns_this_brand"],
        }
        for row in rows_of_people(people)
    ]  # fmt: skip
    refusals = [
        {"person_id": person, "purpose": one["refuses"], "reason": "x", "since": AS_OF, "source": "x"}
        for person, one in known.items()
        if one["refuses"]
    ]
    contacts = [
        {
            "person_id": person, "channel": channel, "contact_id": f"{person}{at}", "source": "sent", "contacts": 1,
            "contacted_on": AS_OF - timedelta(days=days),
        }
        for person, one in known.items()
        for at, (channel, days) in enumerate(one["contacted"])
    ]  # fmt: skip
    tables = {"suppression": rows_of(SUPPRESSION, refusals), "contact": rows_of(CONTACT, contacts)}
    tables["zip_distance"] = rows_of(
        ZIP_DISTANCE,
        [
            {
                "zip": "28202",
                "rooftop_id": one,
                "brand": "vol1",
                "market": "metro",
                "market_type": "primary",
                "distance_miles": miles,
            }
            for one, miles in (("R02", 1.0), ("R03", 9.0))
        ],
    )
    first, second = (membership_of(shared, of, listed, **tables) for listed in (rows, rows[::-1]))
    assert all(first[name].equals(second[name]) for name in first)
    assert first["arbitration_health"]["value"].to_list() == [0.0] * first["arbitration_health"].height
    claims = held(first["membership"])
    adds_up(of, first, claims)
    homes = Counter((known[person]["home"] or person, channel) for _, person, channel in claims)
    for channel, (most, _) in rules["household_limits"].items():
        assert all(count <= most for (_, on), count in homes.items() if on == channel)
    for channel, (most, days) in rules["contact_limits"].items():
        for _, person, on in claims:
            recent = [one for one in known[person]["contacted"] if one[0] == channel and one[1] < days]
            assert on != channel or len(recent) < most
    assert (
        max(Counter(first["membership"].select("person_id", "rooftop_id").unique()["rooftop_id"]).values(), default=0)
        <= rules["room"]
    )
    if rules["one_brand_per_household"]:
        brands = first["membership"].drop_nulls("household_id").select("household_id", "brand").unique()
        assert brands["household_id"].is_unique().all()
    for row in first["channel_loss"].filter(pl.col("cause") == "household_cap").iter_rows(named=True):
        assert (row["winner"], row["winner_person_id"], row["channel"]) in claims
