"""How much a person shops: decayed, capped points from touches, per own brand and as a whole. What they look at is interest."""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.step import Day, Input, Step
from pipelines.traits.scored_touch import register_scored_touches
from schemas.tables.traits import INTENT


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """One row per person and brand that a scored touch concerns, and one per person with brand `all`."""
    register_scored_touches(engine, day)
    intent = day.policy.scoring.intent
    scored = engine.sql(
        query_text("pipelines.traits", "intent"),
        as_of=day.as_of,
        repeat_vin_bonus=intent.repeat_vin_bonus,
        hot_from=intent.hot_from,
        warm_from=intent.warm_from,
    )
    return INTENT.schema.cast(scored)


STEP = Step(tables=(INTENT,), inputs=(Input("touch", "until"), Input("member")), build=build)
