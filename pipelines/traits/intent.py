"""How much a person shops, why, and what about: decayed, capped points per own brand and as a whole.

One step makes all four tables from one pass over the window, because each reads the same points. The queries return people,
brands, kinds and values as numbers; names are put on here.
"""

import numpy as np
import polars as pl

from pipelines.engine import Engine
from pipelines.step import Day, Input, Step
from pipelines.traits.drivers import driver_frame, driver_rows, repeat_rows
from pipelines.traits.interest import INPUTS, interest_frame, tops_frame
from pipelines.traits.looked_at import dimension_frame, looked_at
from pipelines.traits.points import MICROS, Figures, Points, in_order, points_of, shares_of, touches_of
from pipelines.traits.runs import Runs, Sorted, Truth, Whole, gathered, whole
from pipelines.traits.scored_touch import ALL, COUNTED, brand_names, figures_of, keep_touches, kind_names
from pipelines.traits.things import Things, things_of
from schemas.tables.intent import INTENT_DIMENSION, INTENT_DRIVER
from schemas.tables.traits import INTENT, INTEREST

SLAB_TOUCHES = 200_000  # rows of the window; larger arrays leave the processor's caches and are given back to the system
TIERS = pl.Series(["hot", "warm", "cold"], dtype=pl.Enum(["hot", "warm", "cold"]))
NEVER = 32_767  # no age: above every day of a window
COUNTS = {  # columns of intent by the flag whose kinds they count
    "vdp_views_30d": "is_vehicle_page", "payment_tool_30d": "is_payment", "forms_30d": "is_form", "calls_30d": "is_call",
    "third_party_30d": "is_third_party",
}  # fmt: skip


def build(engine: Engine, day: Day) -> dict[str, pl.DataFrame]:
    """Frames of intent, intent_driver, intent_dimension and interest, each sorted by its key.

    People are taken a slab at a time, so that what is worked out of them stays small however many there are.
    """
    touches = keep_touches(engine, day)
    people = engine.sql("SELECT DISTINCT person_no, person_id FROM touch_shopper ORDER BY person_no")["person_id"]
    things, figures, found = things_of(engine), figures_of(engine, day.policy), []
    all_no = brand_names(day.policy).index(ALL)
    for rows in in_order(touches, np.full(len(touches.person), all_no)).slabs(SLAB_TOUCHES):
        of_all = points_of(rows, figures)
        shares, drivers = shares_of(rows, of_all), drivers_of(rows, of_all, things, figures, day)
        looked = looked_at(shares, things)
        found.append(
            {
                INTENT.name: intent_frame(drivers, day, people),
                INTENT_DRIVER.name: driver_frame(drivers.filter(pl.col("micros") > 0), day, people),
                INTENT_DIMENSION.name: dimension_frame(looked, people),
                INTEREST.name: tops_frame(looked, shares, things),
            }
        )
    made = {name: pl.concat([one[name] for one in found]) for name in found[0]}
    return {**made, INTEREST.name: interest_frame(engine, day, people, made[INTEREST.name])}


def drivers_of(rows: Sorted, of_all: Points, things: Things, figures: Figures, day: Day) -> pl.DataFrame:
    """The drivers of the people of a slab, whose points as a whole are `of_all`, and of the brands that their touches concern."""
    touches = touches_of(rows)
    brand, vin = things.brand[touches.thing], things.vin[touches.thing]
    has_brand = np.flatnonzero(brand >= 0)
    of_brand = points_of(in_order(touches.of(has_brand), brand[has_brand]), figures)
    return driver_rows([of_all, of_brand], repeat_rows(touches, brand, vin, day), day)


def intent_frame(drivers: pl.DataFrame, day: Day, people: pl.Series) -> pl.DataFrame:
    """One row per person and brand that a scored touch concerns, and one per person with brand `all`."""
    intent, kinds = day.policy.scoring.intent, kind_names(day.policy)
    person_no, brand_no, kind_no, micros = (whole(drivers[one]) for one in ("person_no", "brand_no", "kind_no", "micros"))
    runs = Runs.of(person_no, brand_no)
    score, most = runs.sums(micros), runs.largest(micros)
    top = kind_no[runs.first(micros == runs.spread(most))]
    named = {
        "person_id": people.gather(person_no[runs.at] - 1),
        "brand": pl.Series(brand_names(day.policy)).gather(brand_no[runs.at]),
        "score": score / MICROS,
        "tier": TIERS.gather((score / MICROS < intent.hot_from) * 1 + (score / MICROS < intent.warm_from)),
        "top_driver": gathered(pl.Series(kinds), np.where(most > 0, top, -1), -1),
        "top_driver_share": pl.Series(most / np.maximum(score, 1)).round(6).set(pl.Series(most == 0), None),
    }
    found = pl.DataFrame({**named, **activity(drivers, runs, kinds)})
    dates = {f"{end}_touch_on": pl.lit(day.as_of) - pl.duration(days=f"{end}_age") for end in ("first", "last")}
    found = found.filter("has_scored").with_columns(**dates)
    return INTENT.schema.cast(found.select(INTENT.schema.column_names()))


def activity(drivers: pl.DataFrame, runs: Runs, kinds: list[str]) -> dict[str, Whole | Truth]:
    """Columns of what the scored touches of each run were: how many, on how many days, of which kinds, how old."""
    is_scored = drivers["is_scored"].to_numpy()
    touches, kind_no = whole(drivers["touches_30d"]), whole(drivers["kind_no"])
    counts = {
        name: runs.sums(np.array([kind in COUNTED[flag] for kind in kinds])[kind_no] * touches) for name, flag in COUNTS.items()
    }
    return {
        **counts,
        "has_scored": runs.sums(is_scored) > 0,
        "touches_30d": runs.sums(is_scored * touches),
        "active_days_30d": np.bitwise_count(runs.bits(is_scored * whole(drivers["days_30d"]))).astype(np.int64),
        "first_age": runs.largest(np.where(is_scored, whole(drivers["oldest_age"]), -1)),
        "last_age": runs.smallest(np.where(is_scored, whole(drivers["newest_age"]), NEVER)),
    }


STEP = Step(
    tables=(INTENT, INTENT_DRIVER, INTENT_DIMENSION, INTEREST),
    inputs=(Input("touch_day", "until"), Input("member"), Input("touch_exclusion"), *INPUTS),
    build=build,
)
