"""Who is a member of what, why, and what became of everybody else who met the rules.

The order: rules, exclusions, arbitration, then the details of those who are left. Who refused is in no audience; the gate judges
consent again, per platform.
"""

import re

import polars as pl

from pipelines.audiences.arbitration import arbitrate, channel_losses, keep_verdict, overlap
from pipelines.audiences.arbitration_health import health
from pipelines.audiences.cards import audience_cards, brand_cards, channel_cards, rooftop_cards
from pipelines.audiences.compile import Compiler
from pipelines.audiences.eligible import REACHED, keep_all, keep_eligible, named, numbered, running
from pipelines.engine import Engine, Value, query_text
from pipelines.experiments.arms import as_arms_say
from pipelines.experiments.assignment import INPUTS as EXPERIMENT_INPUTS
from pipelines.experiments.assignment import assign
from pipelines.shape import in_shape
from pipelines.step import Day, Input, Step
from schemas.policy.audiences import AudiencePolicy
from schemas.tables.arbitration_health import ARBITRATION_HEALTH
from schemas.tables.audiences import CHANNEL_LOSS, ELIGIBILITY, MEMBERSHIP, OVERLAP
from schemas.tables.experiments import ASSIGNMENT
from schemas.tables.traits import CANDIDATE

_REASONS = pl.List(pl.Struct({"rule": pl.String, "sentence": pl.String, "since": pl.Date, "evidence": pl.String}))
_DETAILED: dict[str, pl.DataType | type[pl.DataType]] = {
    "audience": pl.String,
    "person_id": pl.String,
    "brand": pl.String,
    "reasons": _REASONS,
    "score": pl.Float64,
}
_SINCE = """(
    SELECT person_id, map_from_entries(list_transform(reasons, lambda r: {'k': r.rule, 'v': r.since})) AS days
    FROM previous_membership WHERE audience = $audience
)"""

# Only members are described, so only their rows are read, once, with no more columns than audiences name.
_MEMBERS = REACHED.replace("FROM candidate n", "FROM member_candidate n")
_ALWAYS = ("person_id", "brand", "zip", "rooftop_id", "distance_miles", "market", "market_type", "home_market")

_PEOPLE = """
    SELECT DISTINCT d.person_id, d.audience, a.segment, d.brand, coalesce(z.market, c.market) AS market,
        coalesce(CAST(z.market_type AS VARCHAR), CAST(c.market_type AS VARCHAR)) AS market_type, c.zip
    FROM detailed d
    JOIN audience_card a USING (audience)
    JOIN candidate c ON c.person_id = d.person_id AND c.brand = d.brand
    LEFT JOIN zip_reach z ON CAST(z.segment AS VARCHAR) = a.segment AND z.zip = c.zip AND z.brand = c.brand
"""


def build(engine: Engine, day: Day) -> dict[str, pl.DataFrame]:
    """Eligibility, membership, lost channels and overlap of the day; see STEP for what is read.

    What only later queries read is kept in the engine, so that a frame holds no more than what is published.
    """
    keep_eligible(engine, day)
    engine.register("audience_channel", channel_cards(day.policy))
    arbitrate(engine, day)
    keep_verdict(engine)
    members, assigned = _members(engine, day)
    members, by_arm = as_arms_say(engine, day, members)
    made = {
        ELIGIBILITY.name: in_shape(engine.sql("SELECT * FROM verdict"), ELIGIBILITY),
        MEMBERSHIP.name: in_shape(members, MEMBERSHIP),
        CHANNEL_LOSS.name: channel_losses(engine, by_arm),
        OVERLAP.name: in_shape(overlap(engine, day.policy), OVERLAP),
    }
    return made | {ARBITRATION_HEALTH.name: in_shape(health(engine, made), ARBITRATION_HEALTH), ASSIGNMENT.name: assigned}


def _members(engine: Engine, day: Day) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Members, and who is in which arm of which test."""
    _keep_details(engine, day)
    engine.register("audience_card", audience_cards(day.policy))
    engine.register("brand_card", brand_cards(day.policy))
    engine.register("rooftop_card", rooftop_cards(day.policy))
    drawn, assigned = assign(engine, day, engine.sql(_PEOPLE))
    engine.register("drawn", drawn)
    query = query_text(__package__, "membership")
    prefix, policy_hash = day.policy.group.export_prefix, day.policy.policy_hash
    return engine.sql(query, as_of=day.as_of, prefix=prefix, policy_hash=policy_hash), assigned


def _keep_details(engine: Engine, day: Day) -> None:
    """Keep `detailed`: audience, person_id, brand, reasons, score of every member; see _DETAILED."""
    parts = [_detailed(day, one, at) for at, one in enumerate(running(day.policy))]
    words = {word for query, _ in parts for word in re.findall(r"\w+", query)}
    columns = [name for name in CANDIDATE.schema.columns() if name in words or name in _ALWAYS]
    engine.keep("member_candidate", f"""
        SELECT {", ".join(columns)} FROM candidate
        SEMI JOIN (SELECT person_id, brand FROM verdict WHERE outcome = 'member') USING (person_id, brand)
    """)  # fmt: skip
    engine.register("nobody_detailed", pl.DataFrame(schema=_DETAILED))
    keep_all(engine, "detailed", "nobody_detailed", parts)


def _detailed(day: Day, audience: AudiencePolicy, number: int) -> tuple[str, dict[str, Value]]:
    """SQL of reasons and score of one audience's members, see _DETAILED. Reads `verdict`, `contender`, `member_candidate`."""
    compiler = Compiler(audience, day.as_of)
    query = f"""
        SELECT m.audience, m.person_id, m.brand, {compiler.reasons()} AS reasons, m.own_score AS score
        FROM (
            SELECT c.audience, c.person_id, c.brand, c.score AS own_score
            FROM verdict v JOIN contender c USING (audience, person_id, brand)
            WHERE v.audience = $audience_{number} AND v.outcome = 'member'
        ) m
        JOIN {numbered(_MEMBERS, number)} c USING (person_id, brand)
        LEFT JOIN {numbered(_SINCE, number)} held_since USING (person_id)
    """
    return query, {**named(audience, number), **compiler.bound}


STEP = Step(
    tables=(ELIGIBILITY, MEMBERSHIP, CHANNEL_LOSS, OVERLAP, ARBITRATION_HEALTH, ASSIGNMENT),
    inputs=(
        *(Input(name) for name in ("candidate", "person_identifier", "suppression", "contact", "interest")),
        *(Input(name) for name in ("zip_distance", "zip_reach")),
        *EXPERIMENT_INPUTS,
        Input("membership", "previous"),
    ),
    build=build,
)
