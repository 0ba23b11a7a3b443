"""What each platform holds when the day begins: by its receipts where we deliver, by the files made where people upload them.

Yesterday's plan is not believed where we deliver: what no receipt confirms as added is not held, and what none confirms as gone
still is. Members whom a platform rejects go to dead_letter; after some days of asking they are set aside until they have
other identifiers, or time has passed.
"""

from collections.abc import Mapping

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.shape import in_shape
from pipelines.step import Day, Input, Step
from schemas.tables.receipts import DEAD_LETTER, DELIVERY_WAY, HELD

KEY = ("platform", "cell", "person_id")
BY_RECEIPTS, BY_HAND = "receipts", "hand"


def build(engine: Engine, day: Day) -> Mapping[str, pl.DataFrame]:
    """Tables held, dead_letter and delivery_way."""
    facts = in_order(engine.sql("SELECT * FROM receipt_member"))
    return {
        HELD.name: in_shape(_held(engine, facts), HELD),
        DEAD_LETTER.name: in_shape(_dead_letters(engine, day, facts), DEAD_LETTER),
        DELIVERY_WAY.name: in_shape(_ways(day), DELIVERY_WAY),
    }


def in_order(facts: pl.DataFrame) -> pl.DataFrame:
    """Rows of receipt_member with `turn`: 1 for a platform's earliest delivery among them, 2 for its next."""
    number = pl.col("delivery").str.split("/").list.get(2).cast(pl.Int64)
    turns = facts.select("delivery", "platform", "day", number=number).unique().sort("platform", "day", "number")
    turns = turns.with_columns(turn=pl.int_range(1, pl.len() + 1).over("platform"))
    texts = pl.col("side", "outcome", "action", "segment").cast(pl.String)
    return facts.with_columns(texts).join(turns.select("delivery", "turn"), on="delivery")


def _held(engine: Engine, facts: pl.DataFrame) -> pl.DataFrame:
    """Whom the platforms held when the last day's exports were made, and what receipts say of everything since."""
    standing = engine.sql(
        "SELECT * FROM previous_delivered ANTI JOIN (FROM previous_delivery_way WHERE way = $receipts) USING (platform) "
        "UNION ALL BY NAME "
        "SELECT * FROM previous_held SEMI JOIN (FROM previous_delivery_way WHERE way = $receipts) USING (platform)",
        receipts=BY_RECEIPTS,
    ).with_columns(pl.col("segment").cast(pl.String))
    for turn in sorted(facts["turn"].unique().to_list()):
        engine.register("standing", standing)
        engine.register("fact", facts.filter(pl.col("turn") == turn))
        standing = engine.sql(query_text("pipelines.activation", "held"))
    return standing


def _ways(day: Day) -> pl.DataFrame:
    """How each platform of policy gets what the day asks of it."""
    rows = [(name, BY_HAND if one.delivery is None else BY_RECEIPTS) for name, one in day.policy.channels.platforms.items()]
    return pl.DataFrame(rows, schema={"platform": pl.String, "way": pl.String}, orient="row")


def _dead_letters(engine: Engine, day: Day, facts: pl.DataFrame) -> pl.DataFrame:
    """Members whom a platform rejected last time, with how often they were sent as they are."""
    known = {name: one.delivery for name, one in day.policy.channels.platforms.items() if one.delivery is not None}
    limits = [(name, one.rejected_days, one.rejected_again_days) for name, one in sorted(known.items())]
    engine.register(
        "told_last", facts.filter(pl.col("side") == "hold").sort("turn").unique(KEY, keep="last", maintain_order=True)
    )
    schema = {"platform": pl.String, "rejected_days": pl.Int64, "again_days": pl.Int64}
    engine.register("limit_of", pl.DataFrame(limits, schema=schema, orient="row"))
    return engine.sql(query_text("pipelines.activation", "dead_letter"), as_of=day.as_of)


def open_to(engine: Engine, eligible: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Eligible members with those closed whom their platform keeps rejecting, and the latter: KEY, segment."""
    engine.register("may_be_sent", eligible.select(*KEY, "identifiers"))
    rejected = engine.sql(
        "SELECT platform, cell, person_id FROM may_be_sent JOIN dead_letter AS dead USING (platform, cell, person_id) "
        "WHERE dead.is_set_aside AND dead.identifiers_hash = md5_number_lower(array_to_string(identifiers, chr(31)))"
    )
    if rejected.is_empty():
        return eligible, eligible.clear().select(*KEY, "segment")
    marked = eligible.join(rejected.with_columns(is_rejected=True), on=KEY, how="left")
    set_aside = marked.filter(pl.col("is_rejected") & pl.col("is_open")).select(*KEY, "segment")
    still_open = pl.col("is_open") & pl.col("is_rejected").is_null()
    return marked.with_columns(is_open=still_open).select(eligible.columns), set_aside


STEP = Step(
    (HELD, DEAD_LETTER, DELIVERY_WAY),
    (
        Input("receipt_member"),
        *(Input(name, "previous") for name in ("held", "delivered", "delivery_way", "dead_letter")),
    ),
    build,
)
