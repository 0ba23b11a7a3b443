"""Who gets whom, and through which channel. Losers keep the rule that decided and who won.

First one brand per person, by what policy says decides (household, garage, interest, distance), and one rooftop with room.
Then each channel of the person goes to one audience: by the segment's priority, then the audience's number. The last word is a
name, so that the order is total. A channel is lost to nobody where a licence, a refusal, an identity or a budget forbids it.
"""

from datetime import date, timedelta

import polars as pl

from pipelines.audiences.contacts import limits
from pipelines.audiences.eligible import running
from pipelines.audiences.rooftops import placed
from pipelines.engine import Engine, query_text
from pipelines.step import Day
from schemas.policy import Policy
from schemas.tables.audiences import CHANNEL_LOSS

# What decides between brands: smaller wins. The keys of `brand_choice` in policy channels.yaml.
_KEYS = {
    "household": "CAST(c.brand <> home.home_brand AS DOUBLE)",
    "garage": "c.key_garage",
    "interest": "c.key_interest",
    "distance": "c.key_distance",
}
NOTHING = "0.0"
_NO_WINNER = ("winner_rooftop_id", "winner_person_id")  # what an arm takes nobody has
# The rules that decide about a channel, in the order in which they are applied.
STAGES = (
    "licence",
    "opted_out",
    "identity_tier",
    "contact_budget",
    "household_budget",
    "segment_priority",
    "audience_priority",
    "audience_name",
    "household_cap",
)


def audience_ranks(policy: Policy) -> pl.DataFrame:
    """audience, segment, segment_rank (0 wins), priority (lower wins)."""
    order = {segment: rank for rank, segment in enumerate(policy.channels.segment_priority)}
    rows = [(one.audience, one.segment, order[one.segment], one.priority) for one in running(policy)]
    schema = {"audience": pl.String, "segment": pl.String, "segment_rank": pl.Int64, "priority": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def starts_on(policy: Policy, segment: str) -> date:
    """First day on which a segment runs: the first day of the group, later by what policy's roll-out says at the least."""
    waits = [one.after_days_low for one in policy.channels.rollout if one.segment == segment]
    return policy.group.first_day + timedelta(days=max(waits, default=0))


def arbitrate(engine: Engine, day: Day) -> None:
    """Decide about every row of `eligible`. Reads the inputs of membership's STEP and `audience_channel` (cards.channel_cards).

    Keeps in the engine: contender, allotment (brand and rooftop), placed, channel_claim; see the queries of these names.
    """
    policy = day.policy
    waits = {one: day.as_of < starts_on(policy, one) for one in policy.channels.segment_priority}
    is_started = ~pl.col("segment").replace_strict(waits, default=False, return_dtype=pl.Boolean)
    engine.register("audience_rank", audience_ranks(policy).with_columns(is_started=is_started))
    engine.keep("contender", query_text(__package__, "contender"))
    _choose_brands(engine, policy)
    engine.register("placed", placed(engine, policy))
    engine.keep("allotment", query_text(__package__, "allotment"))
    engine.register("channel_tier", channel_tiers(policy))
    engine.register("contact_limit", limits(policy))
    engine.keep("channel_claim", query_text(__package__, "channels"), as_of=day.as_of)


def channel_tiers(policy: Policy) -> pl.DataFrame:
    """channel, tiers: identities that some platform takes that is on and serves the channel; no row where none serves it."""
    taken: dict[str, set[str]] = {}
    for one in policy.channels.platforms.values():
        for channel in one.channels if one.is_on else ():
            taken.setdefault(channel, set()).update(one.identity_tiers)
    rows = [(channel, sorted(tiers)) for channel, tiers in sorted(taken.items())]
    return pl.DataFrame(rows, schema={"channel": pl.String, "tiers": pl.List(pl.String)}, orient="row")


def keep_verdict(engine: Engine) -> None:
    """Keep `verdict`: audience, person_id, brand, outcome, cause, winner for every eligible row, after `arbitrate`."""
    engine.keep("verdict", query_text(__package__, "verdict"), stages=list(STAGES))


def channel_losses(engine: Engine, by_arm: pl.DataFrame) -> pl.DataFrame:
    """The table channel_loss, after `arbitrate`: every channel that somebody met the rules for, was not excluded from, and did
    not get; and those that arms leave out. It is the largest table of the stage, so the engine sorts it, which can spill.
    """
    engine.register("arm_loss", by_arm.with_columns(pl.lit(None, pl.String).alias(name) for name in _NO_WINNER))
    columns, order = list(CHANNEL_LOSS.schema.columns()), ", ".join(CHANNEL_LOSS.key)
    query = (
        f"SELECT {', '.join(columns)} FROM ({query_text(__package__, 'channel_loss')} UNION ALL BY NAME SELECT * FROM arm_loss)"
    )
    found = engine.sql(f"{query} ORDER BY {order}")
    return found.select(pl.col(name).cast(column.dtype) for name, column in CHANNEL_LOSS.schema.columns().items())


def _choose_brands(engine: Engine, policy: Policy) -> None:
    chosen = policy.channels.brand_choice
    own = [one for one in chosen if one != "household"]
    query = query_text(__package__, "arbitration")
    for at in range(4):
        query = query.replace(f"/* key_{at + 1} */", _KEYS[chosen[at]] if at < len(chosen) else NOTHING)
        query = query.replace(f"/* own_{at + 1} */", _KEYS[own[at]] if at < len(own) else NOTHING)
    query = query.replace("/* home_keys */", ", ".join(f"key_{one}" for one in own) or NOTHING)
    causes = {f"cause_{at + 1}": f"brand_{own[at]}" if at < len(own) else "brand_name" for at in range(3)}
    engine.keep("brand_choice", query, is_strict=policy.channels.one_brand_per_household, **causes)


def overlap(engine: Engine, policy: Policy) -> pl.DataFrame:
    """left_audience, right_audience, people: for every two running audiences, people eligible for both and not excluded."""
    engine.register("audience_rank", audience_ranks(policy))
    return engine.sql(query_text(__package__, "overlap"))
