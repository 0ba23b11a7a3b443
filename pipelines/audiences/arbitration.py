"""One person, one owner: one brand, one segment, one audience. Losers keep the rule that decided and who won.

First the brand, by what policy says decides (garage, interest, distance), then the segment by its priority, then the
audience by its number. The last word is a name, so that the order is total.
"""

import polars as pl

from pipelines.audiences.eligible import running
from pipelines.engine import Engine, query_text
from schemas.policy import Policy

# What decides between brands: smaller wins. The keys of `brand_choice` in policy channels.yaml.
_KEYS = {
    "garage": "CAST(NOT c.owns_this_brand AS DOUBLE)",
    "interest": "-(CASE WHEN c.top_brand = e.brand THEN 1000000.0 ELSE 0.0 END + c.brand_intent_score)",
    "distance": "coalesce(c.distance_miles, 1000000.0)",
}


def audience_ranks(policy: Policy) -> pl.DataFrame:
    """audience, segment, segment_rank (0 wins), priority (lower wins)."""
    order = {segment: rank for rank, segment in enumerate(policy.channels.segment_priority)}
    rows = [(one.audience, one.segment, order[one.segment], one.priority) for one in running(policy)]
    schema = {"audience": pl.String, "segment": pl.String, "segment_rank": pl.Int64, "priority": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def judged(engine: Engine, policy: Policy, eligible: pl.DataFrame) -> pl.DataFrame:
    """audience, person_id, brand, outcome, cause, winner for every eligible row. Reads `candidate`."""
    engine.register("eligible", eligible)
    engine.register("audience_rank", audience_ranks(policy))
    choice = (*policy.channels.brand_choice, "name", "name")[:3]
    query = query_text(__package__, "arbitration")
    for position, chosen in enumerate(choice, start=1):
        query = query.replace(f"/* key_{position} */", _KEYS.get(chosen, "0.0"))
    causes = {f"cause_{position}": f"brand_{chosen}" for position, chosen in enumerate(choice, start=1)}
    return engine.sql(query, **causes)


def overlap(engine: Engine, policy: Policy, eligible: pl.DataFrame) -> pl.DataFrame:
    """left_audience, right_audience, people: for every two running audiences, people eligible for both and not excluded."""
    engine.register("eligible", eligible)
    engine.register("audience_rank", audience_ranks(policy))
    return engine.sql(query_text(__package__, "overlap"))
