"""Each channel of an audience, from those it is planned for to those addressed: every loss once, by rule and winner."""

from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.engine import DuckDBEngine
from pipelines.audiences.channel_funnel import CHANNEL_FUNNEL, channel_funnel
from pipelines.audiences.holdouts import is_held_back
from pipelines.audiences.membership import STEP
from schemas.policy import Policy
from schemas.policy.channels import ChannelsPolicy, ContactLimit
from schemas.policy.experiments import ExperimentsPolicy
from schemas.tables.audiences import CHANNEL_LOSS, ELIGIBILITY, MEMBERSHIP
from schemas.tables.exports import SUPPRESSION
from schemas.tables.identity import PERSON_IDENTIFIER
from tests.audience_world import audience, candidates, day, policy, register, rows_of

SEGMENTS: Any = ("loyalty", "in_market", "conquest")
DUE = audience("due", "loyalty", "is_customer_of_brand", channels=("email", "mail"), priority=10)
LEASE = audience("lease", "loyalty", "lease_days_left < 90", channels=("mail", "social"), priority=20)
SHOPPING = audience("shopping", "in_market", "intent_score > 0", channels=("search", "social"))
HERE = {"rooftop_id": "R02", "market": "metro", "market_type": "primary", "zip": "28202", "distance_miles": 3.0}
ONE_LETTER = ChannelsPolicy(
    segment_priority=SEGMENTS, segments_on=SEGMENTS, brand_choice=("garage", "interest", "distance"), platforms={},
    household_limits=(ContactLimit(channel="mail", contacts=1, window_days=30),),
)  # fmt: skip
OF = policy(DUE, LEASE, SHOPPING, channels=ONE_LETTER)


def made(
    engine: DuckDBEngine, of: Policy, people: list[dict[str, Any]], refusals: tuple[dict[str, Any], ...] = ()
) -> dict[str, pl.DataFrame]:
    nothing = {"person_identifier": rows_of(PERSON_IDENTIFIER, []), "previous_membership": rows_of(MEMBERSHIP, [])}
    frames = {
        "candidate": candidates(*({**HERE, "household_id": f"h-{one['person_id']}", **one} for one in people)),
        "suppression": rows_of(SUPPRESSION, refusals),
    }
    register(engine, {**frames, **nothing})
    return STEP.frames(engine, day(of))


def funnel_of(of: Policy, built: dict[str, pl.DataFrame]) -> pl.DataFrame:
    return channel_funnel(of, built["eligibility"], built["channel_loss"], built["membership"])


def test_every_channel_says_who_took_it_and_by_which_rule(engine: DuckDBEngine) -> None:
    people = [
        # due has mail and e-mail, lease is left with social, shopping with search
        {"person_id": "p1", "brand": "vol1", "is_customer_of_brand": True, "lease_days_left": 30, "intent_score": 9.0},
        # one letter a household: p3 has it, as the smaller id of the two
        {"person_id": "p3", "brand": "vol1", "is_customer_of_brand": True, "household_id": "h", "has_address": True},
        {"person_id": "p4", "brand": "vol1", "is_customer_of_brand": True, "household_id": "h", "has_address": True},
        {"person_id": "p5", "brand": "vol1", "is_customer_of_brand": True},  # refuses e-mail
        {"person_id": "p6", "brand": "vol1", "intent_score": 1.0},
        {"person_id": "p6", "brand": "lux", "intent_score": 1.0, "distance_miles": 9.0},  # shops for both; vol1 is nearer
    ]
    refusal = {"person_id": "p5", "purpose": "email", "reason": "opted_out"}
    found = funnel_of(OF, made(engine, OF, people, (refusal,)))
    assert found.select("audience", "channel", "step", "name", "winner", "lost", "remaining").rows() == [
        ("due", "email", "planned", None, None, 0, 4),
        ("due", "email", "lost", "opted_out", None, 1, 3),
        ("due", "email", "held", None, None, 0, 3),
        ("due", "email", "addressed", None, None, 0, 3),
        ("due", "mail", "planned", None, None, 0, 4),
        ("due", "mail", "lost", "household_cap", "due", 1, 3),
        ("due", "mail", "held", None, None, 0, 3),
        ("due", "mail", "addressed", None, None, 0, 3),
        ("lease", "mail", "planned", None, None, 0, 1),
        ("lease", "mail", "lost", "audience_priority", "due", 1, 0),
        ("lease", "social", "planned", None, None, 0, 1),
        ("lease", "social", "held", None, None, 0, 1),
        ("lease", "social", "addressed", None, None, 0, 1),
        ("shopping", "search", "planned", None, None, 0, 2),
        ("shopping", "search", "held", None, None, 0, 2),
        ("shopping", "search", "addressed", None, None, 0, 2),
        ("shopping", "social", "planned", None, None, 0, 2),
        ("shopping", "social", "lost", "segment_priority", "lease", 1, 1),
        ("shopping", "social", "held", None, None, 0, 1),
        ("shopping", "social", "addressed", None, None, 0, 1),
    ]


def test_a_day_without_anybody_has_no_steps() -> None:
    found = channel_funnel(OF, rows_of(ELIGIBILITY, []), rows_of(CHANNEL_LOSS, []), rows_of(MEMBERSHIP, []))
    assert found.is_empty() and dict(found.schema) == CHANNEL_FUNNEL


PERSON = st.fixed_dictionaries(
    {
        "person_id": st.sampled_from([f"p{n}" for n in range(6)]),
        "brand": st.sampled_from(["lux", "vol1"]),
        "household_id": st.sampled_from(["h1", "h2", None]),
        "is_customer_of_brand": st.booleans(),
        "lease_days_left": st.sampled_from([30, 200, None]),
        "intent_score": st.sampled_from([0.0, 5.0]),
        "is_first_party": st.booleans(),
        "is_staff": st.booleans(),
        "owns_this_brand": st.booleans(),
    }
)
WORLD = st.lists(PERSON, max_size=12, unique_by=lambda row: (row["person_id"], row["brand"]))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=WORLD, share=st.sampled_from([0.0, 0.5]))
def test_every_channel_adds_up_to_who_holds_it(engine: DuckDBEngine, people: list[dict[str, Any]], share: float) -> None:
    staff = [{"name": "staff", "when": "is_staff"}]
    named = (DUE, LEASE, audience("shopping", "in_market", "intent_score > 0", channels=("search", "social"), exclusions=staff))
    of = policy(*named, channels=ONE_LETTER, experiments=ExperimentsPolicy(global_control_share=share, experiments=()))
    built = made(engine, of, people)
    funnel = funnel_of(of, built)
    met = built["eligibility"].filter(pl.col("outcome").cast(pl.String) != "excluded")
    planned = {
        (one.audience, channel): set(met.filter(pl.col("audience") == one.audience)["person_id"])
        for one in named
        for channel in one.channels
    }
    holds = {
        key: built["membership"].filter((pl.col("audience") == key[0]) & pl.col("channels").list.contains(key[1]))
        for key in planned
    }
    for key, who in planned.items():
        steps = funnel.filter((pl.col("audience") == key[0]) & (pl.col("channel") == key[1]))
        left = dict(zip(steps["step"], steps["remaining"], strict=True))
        assert left.get("planned", 0) == len(who), key
        assert left.get("held", 0) == holds[key].height, key
        assert left.get("addressed", 0) == holds[key].filter(~is_held_back()).height, key
        if who:
            assert steps["remaining"].to_list() == [len(who) - so_far for so_far in steps["lost"].cum_sum()]
            lost = steps.filter(pl.col("step") == "lost")["lost"].sum()
            assert lost + holds[key].height == len(who), "nobody is unaccounted for"
