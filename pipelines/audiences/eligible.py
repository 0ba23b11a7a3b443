"""Who meets an audience's rules, and who is excluded from it. One query over the candidates per audience, kept as one table.

Some exclusions are not for a definition to forget: whoever opted out, minors, and owners of ours in conquest. They come after
those that a definition names.
"""

import polars as pl

from pipelines.audiences.compile import Compiler
from pipelines.audiences.radius import radius_frame
from pipelines.engine import Engine, Value
from pipelines.step import Day
from schemas.policy import Policy
from schemas.policy.audiences import AudiencePolicy

ELIGIBLE: dict[str, pl.DataType | type[pl.DataType]] = {
    "audience": pl.String,
    "person_id": pl.String,
    "brand": pl.String,
    "cause": pl.String,
    "score": pl.Float64,
}
# Candidates as a segment sees them: with the nearest rooftop of the brand that reaches them, else with the nearest of all.
REACHED = """(
    SELECT c.*, r.miles AS radius_miles, coalesce(r.whole_market AND c.home_market = c.market, FALSE) AS in_whole_market
    FROM (
        SELECT n.* REPLACE (
            coalesce(z.rooftop_id, n.rooftop_id) AS rooftop_id, coalesce(z.distance_miles, n.distance_miles) AS distance_miles,
            coalesce(z.market, n.market) AS market,
            coalesce(CAST(z.market_type AS VARCHAR), CAST(n.market_type AS VARCHAR)) AS market_type
        )
        FROM candidate n
        LEFT JOIN zip_reach z ON CAST(z.segment AS VARCHAR) = $segment AND z.zip = n.zip AND z.brand = n.brand
    ) c
    LEFT JOIN radius r ON r.segment = $segment AND r.market_type IS NOT DISTINCT FROM c.market_type
)"""

ALWAYS = "CASE WHEN $segment = 'conquest' AND owns_own_brand THEN 'owner_of_ours' END"
# Whoever may not be addressed at all, or not by advertising. Refusals of one channel are judged with the channels.
STANDING = """
    SELECT person_id, CASE WHEN bool_or(reason = 'minor') THEN 'minor' ELSE 'opted_out' END AS refusal
    FROM suppression WHERE CAST(purpose AS VARCHAR) IN ('ads', 'all') GROUP BY person_id
"""


def running(policy: Policy) -> list[AudiencePolicy]:
    """The audiences that are on, of the segments that are on, by name."""
    chosen = [one for one in policy.audiences if one.is_on and one.segment in policy.channels.segments_on]
    return sorted(chosen, key=lambda one: one.audience)


def brands_of(policy: Policy, audience: AudiencePolicy) -> list[str]:
    """The own brands that an audience is for."""
    return list(audience.brands or [one.brand for one in policy.group.brands])


def eligible_query(day: Day, audience: AudiencePolicy, number: int) -> tuple[str, dict[str, Value]]:
    """SQL of audience, person_id, brand, cause (the exclusion that holds, else null), score of everybody who meets the rules.

    Reads candidate, radius, zip_reach and standing. A score that is no finite number is null. `number` tells the parameters of
    one audience from another's.
    """
    compiler = Compiler(audience, day.as_of)
    cause, holds = compiler.first_exclusion(), compiler.predicate(audience.rules)
    score = f"CAST({compiler.expression(audience.score)} AS DOUBLE)"
    query = f"""
        SELECT $audience_{number} AS audience, person_id, brand,
            CAST(coalesce({cause}, standing.refusal, {numbered(ALWAYS, number)}) AS VARCHAR) AS cause,
            CASE WHEN isfinite({score}) THEN {score} END AS score
        FROM {numbered(REACHED, number)} LEFT JOIN standing USING (person_id)
        WHERE {holds} AND list_contains($brands_{number}, brand)
    """
    brands = {f"brands_{number}": brands_of(day.policy, audience)}
    return query, {**named(audience, number), **brands, **compiler.bound}


def numbered(query: str, number: int) -> str:
    """A query of one audience, with parameters that are that audience's own where several stand in one text."""
    return query.replace("$segment", f"$segment_{number}").replace("$audience", f"$audience_{number}")


def named(audience: AudiencePolicy, number: int) -> dict[str, Value]:
    """The parameters of `numbered`."""
    return {f"audience_{number}": audience.audience, f"segment_{number}": audience.segment}


def keep_eligible(engine: Engine, day: Day) -> None:
    """Keep `eligible` in the engine: the rows of every running audience, see ELIGIBLE; no rows where none runs."""
    engine.register("radius", radius_frame(day.policy))
    engine.keep("standing", STANDING)
    engine.register("nobody_eligible", pl.DataFrame(schema=ELIGIBLE))
    keep_all(engine, "eligible", "nobody_eligible", [eligible_query(day, one, at) for at, one in enumerate(running(day.policy))])


def keep_all(engine: Engine, name: str, empty: str, parts: list[tuple[str, dict[str, Value]]]) -> None:
    """Keep the rows of several queries, and of the table `empty`, as one table. Their parameters have names of their own."""
    bound = {key: value for _, each in parts for key, value in each.items()}
    engine.keep(name, " UNION ALL ".join([f"SELECT * FROM {empty}", *(query for query, _ in parts)]), **bound)
