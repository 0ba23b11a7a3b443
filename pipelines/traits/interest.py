"""What a person looks at and what they hold. How much they shop is intent; both read the same scored touches in one step."""

from datetime import timedelta

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.step import Day, Input
from schemas.policy import Policy
from schemas.tables.traits import INTEREST

TOPS = ("brand", "make", "body_style", "condition", "vin")


def interest_frame(engine: Engine, day: Day, people: pl.Series) -> pl.DataFrame:
    """One row per person with a scored touch; `people` are person_ids by their number in the kept tables.

    Tops are those with the most points; prices (US dollars) are the quartiles by points. Stock is each rooftop's newest list;
    one older than policy allows says nothing. Where none of the top model is in stock, the top body style and brand count.
    """
    engine.register("rooftop_alias", stock_aliases(day.policy))
    stale = timedelta(days=day.policy.scoring.intent.stock_stale_after_days)
    found = engine.sql(query_text("pipelines.traits", "interest"), as_of=day.as_of, stale_before=day.as_of - stale)
    labels = engine.sql("SELECT value_no, min(label) AS label FROM touch_value GROUP BY value_no ORDER BY value_no")["label"]

    def name(top: str) -> pl.Series:
        return labels.gather((found[f"{top}_value"] - 1).cast(pl.UInt32))

    tops = {f"top_{top}": name(top) for top in TOPS}
    return INTEREST.schema.cast(
        found.with_columns(
            person_id=people.gather(found["person_no"] - 1),
            **tops,
            top_model=name("model"),
            top_rooftop_id=name("rooftop"),
            is_body_style_change=name("body_style") != found["owned_body_style"],
        ).select(INTEREST.schema.column_names())
    )


def stock_aliases(policy: Policy) -> pl.DataFrame:
    """What an inventory list may call a rooftop, in lower case: its id or one of its DealerVault ids."""
    rows = [(alias.lower(), one.rooftop_id) for one in policy.group.rooftops for alias in (one.rooftop_id, *one.dealer_ids)]
    return pl.DataFrame(rows, schema=["alias", "rooftop_id"], orient="row")


INPUTS = (Input("garage"), Input("inventory", "until"), Input("vehicle"))
