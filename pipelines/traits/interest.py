"""What a person looks at and what they hold. How much they shop is intent; both read the same scored touches in one step."""

from collections.abc import Mapping
from datetime import timedelta

import numpy as np
import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.step import Day, Input
from pipelines.traits.looked_at import LookedAt, top_models, tops
from pipelines.traits.points import Shares
from pipelines.traits.runs import Runs, Sorted, Whole, gathered
from pipelines.traits.things import PACKAGE, Things
from schemas.policy import Policy
from schemas.tables.traits import INTEREST

TOPS = ("brand", "make", "body_style", "vehicle_segment", "condition", "vin", "rooftop")
COLUMNS = {"top_rooftop": "top_rooftop_id"}


def interest_frame(engine: Engine, day: Day, people: pl.Series, tops: pl.DataFrame) -> pl.DataFrame:
    """One row per person of `tops`, as tops_frame makes it; `people` are person_ids by their number in the kept tables.

    Stock is each rooftop's newest list; one older than policy allows says nothing. Where none of the top model is in stock, the
    top body style and brand count.
    """
    engine.register("touch_top", tops.select("person_no", *(pl.col(f"top_{one}").alias(one) for one in (*TOPS[:3], "model"))))
    engine.register("rooftop_alias", stock_aliases(day.policy))
    stale = timedelta(days=day.policy.scoring.intent.stock_stale_after_days)
    held = engine.sql(query_text(PACKAGE, "interest"), as_of=day.as_of, stale_before=day.as_of - stale)
    return INTEREST.schema.cast(
        tops.with_columns(
            *held.drop("person_no"),
            person_id=people.gather(tops["person_no"] - 1),
            is_body_style_change=tops["top_body_style"] != held["owned_body_style"],
            is_vehicle_segment_change=tops["top_vehicle_segment"] != held["owned_vehicle_segment"],
        )
        .rename(COLUMNS)
        .select(INTEREST.schema.column_names())
    )


def tops_frame(looked: Mapping[str, LookedAt], shares: Shares, things: Things) -> pl.DataFrame:
    """person_no of everybody with points; a column top_<dimension> for each of TOPS and for the model, the label of the value
    with the most points; price_low and price_high, the quartiles by points, US dollars."""
    shown = shares.person[Runs.of(shares.person).at]
    found = {name: tops(looked[name]) for name in TOPS if name in looked}
    if "model" in looked:
        found["model"] = top_models(looked["model"], looked["make"], found["make"])
    empty = pl.Series([None], dtype=pl.String).new_from_index(0, len(shown))
    columns = {f"top_{name}": empty for name in (*TOPS, "model")}
    for name, (persons, values) in found.items():
        columns[f"top_{name}"] = gathered(looked[name].values["label"], placed(persons, values, shown), -1)
    return pl.DataFrame({"person_no": shown, **columns, **price_quartiles(shares, things, shown)})


def price_quartiles(shares: Shares, things: Things, shown: Whole) -> dict[str, pl.Series]:
    """Columns price_low and price_high of the persons: the prices below which a quarter and three quarters of the points lie."""
    price = things.price_of[shares.thing]
    priced = np.flatnonzero(price >= 0)
    rows = Sorted.of(shares.person[priced], price[priced], shares.micros[priced])
    person, price, micros = (rows.column(number) for number in range(3))
    runs = Runs.of(person)
    up_to, total = np.cumsum(micros), runs.sums(micros)
    up_to = up_to - runs.spread(up_to[runs.at] - micros[runs.at])
    found = {}
    for name, quarters in (("price_low", 1), ("price_high", 3)):
        first = runs.first(up_to * 4 >= runs.spread(total) * quarters)
        found[name] = gathered(things.prices, placed(person[runs.at], price[first], shown), -1)
    return found


def placed(persons: Whole, values: Whole, shown: Whole) -> Whole:
    """Values of persons as a value for each of the persons `shown`, -1 for those that have none. Both are sorted."""
    found = np.full(len(shown), -1, dtype=np.int64)
    found[np.searchsorted(shown, persons)] = values
    return found


def stock_aliases(policy: Policy) -> pl.DataFrame:
    """What an inventory list may call a rooftop, in lower case: its id or one of its DealerVault ids."""
    rows = [(alias.lower(), one.rooftop_id) for one in policy.group.rooftops for alias in (one.rooftop_id, *one.dealer_ids)]
    return pl.DataFrame(rows, schema=["alias", "rooftop_id"], orient="row")


INPUTS = (Input("garage"), Input("inventory", "until"), Input("vehicle"))
