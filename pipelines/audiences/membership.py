"""Who is a member of what, why, and what became of everybody else who met the rules.

The order: rules, exclusions, arbitration, then the details of those who are left. Who refused is in no audience; the gate judges
consent again, per platform.
"""

import polars as pl

from pipelines.audiences.arbitration import arbitrate, channel_losses, judged, overlap
from pipelines.audiences.arbitration_health import health
from pipelines.audiences.cards import audience_cards, brand_cards, channel_cards, rooftop_cards
from pipelines.audiences.compile import Compiler
from pipelines.audiences.eligible import REACHED, all_eligible, running
from pipelines.engine import Engine, query_text
from pipelines.experiments.arms import as_arms_say
from pipelines.experiments.assignment import INPUTS as EXPERIMENT_INPUTS
from pipelines.experiments.assignment import assign
from pipelines.shape import in_shape
from pipelines.step import Day, Input, Step
from schemas.policy.audiences import AudiencePolicy
from schemas.tables.arbitration_health import ARBITRATION_HEALTH
from schemas.tables.audiences import CHANNEL_LOSS, ELIGIBILITY, MEMBERSHIP, OVERLAP
from schemas.tables.experiments import ASSIGNMENT

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

_PEOPLE = """
    SELECT DISTINCT d.person_id, d.audience, a.segment, d.brand, coalesce(z.market, c.market) AS market,
        coalesce(CAST(z.market_type AS VARCHAR), CAST(c.market_type AS VARCHAR)) AS market_type, c.zip
    FROM detailed d
    JOIN audience_card a USING (audience)
    JOIN candidate c ON c.person_id = d.person_id AND c.brand = d.brand
    LEFT JOIN zip_reach z ON CAST(z.segment AS VARCHAR) = a.segment AND z.zip = c.zip AND z.brand = c.brand
"""


def build(engine: Engine, day: Day) -> dict[str, pl.DataFrame]:
    """Eligibility, membership, lost channels and overlap of the day; see STEP for what is read."""
    eligible = all_eligible(engine, day)
    engine.register("audience_channel", channel_cards(day.policy))
    arbitrate(engine, day, eligible)
    verdict = judged(engine)
    members, assigned = _members(engine, day, verdict)
    members, by_arm = as_arms_say(engine, day, members)
    made = {
        ELIGIBILITY.name: in_shape(verdict, ELIGIBILITY),
        MEMBERSHIP.name: in_shape(members, MEMBERSHIP),
        CHANNEL_LOSS.name: in_shape(pl.concat([channel_losses(engine), by_arm], how="diagonal_relaxed"), CHANNEL_LOSS),
        OVERLAP.name: in_shape(overlap(engine, day.policy, eligible), OVERLAP),
    }
    return made | {ARBITRATION_HEALTH.name: in_shape(health(engine, made), ARBITRATION_HEALTH), ASSIGNMENT.name: assigned}


def _members(engine: Engine, day: Day, verdict: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Members, and who is in which arm of which test."""
    engine.register("chosen", verdict.filter(pl.col("outcome") == "member").select("audience", "person_id", "brand"))
    found = [_detailed(engine, day, one) for one in running(day.policy)]
    detailed = pl.concat([pl.DataFrame(schema=_DETAILED), *found])
    engine.register("detailed", detailed)
    engine.register("audience_card", audience_cards(day.policy))
    engine.register("brand_card", brand_cards(day.policy))
    engine.register("rooftop_card", rooftop_cards(day.policy))
    drawn, assigned = assign(engine, day, engine.sql(_PEOPLE))
    engine.register("drawn", drawn)
    query = query_text(__package__, "membership")
    prefix, policy_hash = day.policy.group.export_prefix, day.policy.policy_hash
    return engine.sql(query, as_of=day.as_of, prefix=prefix, policy_hash=policy_hash), assigned


def _detailed(engine: Engine, day: Day, audience: AudiencePolicy) -> pl.DataFrame:
    """Reasons and score of one audience's members. Reads `chosen`, `contender`."""
    compiler = Compiler(audience, day.as_of)
    query = f"""
        SELECT m.audience, m.person_id, m.brand, {compiler.reasons()} AS reasons, m.own_score AS score
        FROM (
            SELECT c.audience, c.person_id, c.brand, c.score AS own_score
            FROM chosen JOIN contender c USING (audience, person_id, brand) WHERE audience = $audience
        ) m
        JOIN {REACHED} c USING (person_id, brand)
        LEFT JOIN {_SINCE} held_since USING (person_id)
    """
    found = engine.sql(query, audience=audience.audience, segment=audience.segment, **compiler.bound)
    return found.select(pl.col(name).cast(dtype) for name, dtype in _DETAILED.items())


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
