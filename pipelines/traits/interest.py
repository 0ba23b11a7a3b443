"""What a person looks at and what they hold. How much they shop is intent; both read the same scored touches in one step."""

from collections.abc import Mapping
from datetime import timedelta

import numpy as np
import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.step import Day, Input
from pipelines.traits.looked_at import PACKAGE, LookedAt, top_models, tops
from pipelines.traits.points import Shares
from pipelines.traits.runs import Runs, Sorted, Whole, gathered, whole
from schemas.policy import Policy
from schemas.tables.traits import INTEREST

TOPS = ("brand", "make", "body_style", "vehicle_segment", "condition", "vin", "rooftop")
COLUMNS = {"top_rooftop": "top_rooftop_id"}


def interest_frame(engine: Engine, day: Day, people: pl.Series, looked: Mapping[str, LookedAt], shares: Shares) -> pl.DataFrame:
    """One row per person with a scored touch; `people` are person_ids by their number in the kept tables.

    Tops are those with the most points; prices (US dollars) are the quartiles by points. Stock is each rooftop's newest list;
    one older than policy allows says nothing. Where none of the top model is in stock, the top body style and brand count.
    """
    shown = shares.person[Runs.of(shares.person).at]
    named = top_names(shown, looked, len(people))
    engine.register("touch_top", named.select("person_no", *(pl.col(f"top_{one}").alias(one) for one in (*TOPS[:3], "model"))))
    engine.register("rooftop_alias", stock_aliases(day.policy))
    stale = timedelta(days=day.policy.scoring.intent.stock_stale_after_days)
    held = engine.sql(query_text(PACKAGE, "interest"), as_of=day.as_of, stale_before=day.as_of - stale)
    return INTEREST.schema.cast(
        named.with_columns(
            *held.drop("person_no"),
            *price_quartiles(engine, shares, shown, len(people)),
            person_id=people.gather(named["person_no"] - 1),
            is_body_style_change=named["top_body_style"] != held["owned_body_style"],
            is_vehicle_segment_change=named["top_vehicle_segment"] != held["owned_vehicle_segment"],
        )
        .rename(COLUMNS)
        .select(INTEREST.schema.column_names())
    )


def top_names(shown: Whole, looked: Mapping[str, LookedAt], people: int) -> pl.DataFrame:
    """The persons `shown` as person_no, with a column top_<dimension> for each of TOPS and for the model, as labels."""
    found = {name: tops(looked[name]) for name in TOPS if name in looked}
    if "model" in looked:
        found["model"] = top_models(looked["model"], looked["make"], found["make"])
    columns = {f"top_{name}": pl.Series([None], dtype=pl.String).new_from_index(0, len(shown)) for name in (*TOPS, "model")}
    for name, (persons, values) in found.items():
        columns[f"top_{name}"] = gathered(looked[name].values["label"], by_person(persons, values, people)[shown], -1)
    return pl.DataFrame({"person_no": shown, **columns})


def price_quartiles(engine: Engine, shares: Shares, shown: Whole, people: int) -> list[pl.Series]:
    """Columns price_low and price_high of the persons: the prices below which a quarter and three quarters of the points lie."""
    things = engine.sql("SELECT thing_no, price FROM touch_thing WHERE price > 0 ORDER BY price, thing_no")
    place_of = np.full(int(shares.thing.max(initial=0)) + 1, -1, dtype=np.int64)
    among = whole(things["thing_no"]) < len(place_of)
    place_of[whole(things["thing_no"])[among]] = np.flatnonzero(among)
    priced = np.flatnonzero(place_of[shares.thing] >= 0)
    rows = Sorted.of(shares.person[priced], place_of[shares.thing[priced]], shares.micros[priced])
    person, place, micros = (rows.column(number) for number in range(3))
    runs = Runs.of(person)
    up_to, total = np.cumsum(micros), runs.sums(micros)
    up_to = up_to - runs.spread(up_to[runs.at] - micros[runs.at])
    found = []
    for name, quarters in (("price_low", 1), ("price_high", 3)):
        first = runs.first(up_to * 4 >= runs.spread(total) * quarters)
        found.append(gathered(things["price"], by_person(person[runs.at], place[first], people)[shown], -1).alias(name))
    return found


def by_person(persons: Whole, values: Whole, people: int) -> Whole:
    """Values by the person's number, -1 for persons that have none."""
    found = np.full(people + 1, -1, dtype=np.int64)
    found[persons] = values
    return found


def stock_aliases(policy: Policy) -> pl.DataFrame:
    """What an inventory list may call a rooftop, in lower case: its id or one of its DealerVault ids."""
    rows = [(alias.lower(), one.rooftop_id) for one in policy.group.rooftops for alias in (one.rooftop_id, *one.dealer_ids)]
    return pl.DataFrame(rows, schema=["alias", "rooftop_id"], orient="row")


INPUTS = (Input("garage"), Input("inventory", "until"), Input("vehicle"))
