"""How far each audience reaches, as columns that rules know as $radius_miles and $in_whole_market."""

import polars as pl

from pipelines.engine import Engine, query_text
from schemas.policy import Policy

UNLIMITED_MILES = 25_000.0  # more than half of the Earth's circumference: no two places are further apart


def register_reach(engine: Engine, policy: Policy, zip_distance: pl.DataFrame) -> None:
    """Register `radius` and `zip_reach` as a policy has them, over the distances of a day: what REACHED of eligible.py reads."""
    engine.register("radius", radius_frame(policy))
    engine.register("zip_distance", zip_distance)
    engine.register("zip_reach", engine.sql(query_text("pipelines.traits", "zip_reach")))


def radius_frame(policy: Policy) -> pl.DataFrame:
    """segment, market_type, miles (null where the whole market is meant), whole_market.

    A segment that is unlimited in every market reaches people of no known market too: a row without market_type.
    """
    rows: list[tuple[str, str | None, float | None, bool]] = []
    for one in policy.conquest.radii:
        rows.append((one.segment, one.market_type, UNLIMITED_MILES if one.unlimited else one.miles, one.whole_market))
    for segment in sorted({one.segment for one in policy.conquest.radii}):
        if all(one.unlimited for one in policy.conquest.radii if one.segment == segment):
            rows.append((segment, None, UNLIMITED_MILES, False))
    schema = {"segment": pl.String, "market_type": pl.String, "miles": pl.Float64, "whole_market": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")
