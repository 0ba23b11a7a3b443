"""What a person looks at and what they hold. How much they shop is intent; both read the same scored touches."""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.step import Day, Input, Step
from pipelines.traits.scored_touch import register_scored_touches
from schemas.policy import Policy
from schemas.tables.traits import INTEREST


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """One row per person with a scored touch.

    Tops are those with the most points; prices (US dollars) are the quartiles by points. Stock is each rooftop's newest
    list; where none of the top model is in stock, vehicles of the top body style and brand count.
    """
    register_scored_touches(engine, day)
    engine.register("rooftop_alias", stock_aliases(day.policy))
    return INTEREST.schema.cast(engine.sql(query_text("pipelines.traits", "interest"), as_of=day.as_of))


def stock_aliases(policy: Policy) -> pl.DataFrame:
    """What an inventory list may call a rooftop, in lower case: its id or one of its DealerVault ids."""
    rows = [(alias.lower(), one.rooftop_id) for one in policy.group.rooftops for alias in (one.rooftop_id, *one.dealer_ids)]
    return pl.DataFrame(rows, schema=["alias", "rooftop_id"], orient="row")


INPUTS = (Input("touch", "until"), Input("member"), Input("garage"), Input("inventory", "until"), Input("vehicle"))

STEP = Step(tables=(INTEREST,), inputs=INPUTS, build=build)
