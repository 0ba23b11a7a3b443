"""How much a person shops, why, and what about: decayed, capped points per own brand and as a whole.

One step makes all four tables from one pass over the window, because each reads the same points. The queries return people,
brands, kinds and values as numbers; names are put on here.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl

from pipelines.engine import Engine
from pipelines.step import Day, Input, Step
from pipelines.traits.drivers import driver_rows, repeat_rows
from pipelines.traits.interest import INPUTS, interest_frame
from pipelines.traits.looked_at import LookedAt, looked_at
from pipelines.traits.points import MICROS, in_order, points_of, shares_of
from pipelines.traits.runs import Runs, Sorted, Truth, Whole, gathered, whole
from pipelines.traits.scored_touch import ALL, COUNTED, brand_names, figures_of, keep_touches, kind_names, thing_numbers
from schemas.tables.intent import DIMENSIONS, INTENT_DIMENSION, INTENT_DRIVER
from schemas.tables.traits import INTENT, INTEREST
from schemas.vocabulary_touch import TOUCH_NOUNS

TIERS = pl.Series(["hot", "warm", "cold"], dtype=pl.Enum(["hot", "warm", "cold"]))
NEVER = 32_767  # no age: above every day of a window
COUNTS = {  # columns of intent by the flag whose kinds they count
    "vdp_views_30d": "is_vehicle_page", "payment_tool_30d": "is_payment", "forms_30d": "is_form", "calls_30d": "is_call",
    "third_party_30d": "is_third_party",
}  # fmt: skip


def build(engine: Engine, day: Day) -> dict[str, pl.DataFrame]:
    """Frames of intent, intent_driver, intent_dimension and interest, each sorted by its key."""
    touches = keep_touches(engine, day)
    brand_of, vin_of = thing_numbers(engine)
    brand, all_no = brand_of[touches.thing], brand_names(day.policy).index(ALL)
    figures = figures_of(engine, day.policy)
    rows = in_order(touches, np.full(len(brand), all_no))
    of_all = points_of(rows, figures)
    shares = shares_of(rows, of_all)
    has_brand = brand >= 0
    of_brand = points_of(in_order(touches.of(has_brand), brand[has_brand]), figures)
    repeats = repeat_rows(touches, brand, vin_of[touches.thing], day)
    drivers = driver_rows([of_all, of_brand], repeats, day)
    people = engine.sql("SELECT DISTINCT person_no, person_id FROM touch_shopper ORDER BY person_no")["person_id"]
    looked = looked_at(engine, shares)
    return {
        "intent": intent_frame(drivers, day, people),
        "intent_driver": driver_frame(drivers.filter(pl.col("micros") > 0), day, people),
        "intent_dimension": dimension_frame(looked, people),
        "interest": interest_frame(engine, day, people, looked, shares),
    }


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


def driver_frame(drivers: pl.DataFrame, day: Day, people: pl.Series) -> pl.DataFrame:
    """One row per person, brand and kind with points, and its sentence: 3 payment calculator uses in 14 days: 41 of 96 points."""
    kinds = kind_names(day.policy)
    person_no, brand_no, kind_no, micros = (whole(drivers[one]) for one in ("person_no", "brand_no", "kind_no", "micros"))
    runs = Runs.of(person_no, brand_no)
    score = runs.spread(runs.sums(micros))
    one, many = (pl.Series([TOUCH_NOUNS[kind][place] for kind in kinds]) for place in (0, 1))
    return INTENT_DRIVER.schema.cast(
        drivers.with_columns(
            person_id=people.gather(person_no - 1),
            brand=pl.Series(brand_names(day.policy)).gather(brand_no),
            kind=pl.Series(kinds).gather(kind_no),
            points=pl.Series(micros / MICROS),
            share=pl.Series(micros / score).round(6),
            noun=pl.when(pl.col("touches") == 1).then(one.gather(kind_no)).otherwise(many.gather(kind_no)),
            whole=pl.Series((micros + MICROS // 2) // MICROS),
            of_whole=pl.Series((score + MICROS // 2) // MICROS),
        )
        .with_columns(sentence=SENTENCE)
        .select(INTENT_DRIVER.schema.column_names())
    )


DAYS = (
    pl.when(pl.col("oldest_age") == 0)
    .then(pl.lit(" today: "))
    .otherwise(pl.format(" in {} days: ", pl.col("oldest_age").cast(pl.Int32) + 1))
)
SENTENCE = pl.format("{} {}{}{} of {} points", "touches", "noun", DAYS, "whole", "of_whole")


def dimension_frame(looked: Mapping[str, LookedAt], people: pl.Series) -> pl.DataFrame:
    """One row per person, dimension and value that points name."""
    told = [(place, looked[name]) for place, name in enumerate(DIMENSIONS) if name in looked]
    if not told:
        return INTENT_DIMENSION.schema.create_empty()
    person, micros = (np.concatenate([getattr(one, name) for _, one in told]) for name in ("person", "micros"))
    place = np.concatenate([np.full(len(one.person), number) for number, one in told])
    begins = np.cumsum([0, *(one.values.height for _, one in told)])
    value = np.concatenate([one.value + begin for (_, one), begin in zip(told, begins, strict=False)])
    rows = Sorted.of(person, place, value, micros)
    runs = rows.runs(2)
    person, place, value, micros = (rows.column(number) for number in range(4))
    return INTENT_DIMENSION.schema.cast(
        pl.DataFrame(
            {
                "person_id": people.gather(person - 1),
                "dimension": pl.Series(DIMENSIONS, dtype=pl.Enum(DIMENSIONS)).gather(place),
                "value": pl.concat([one.values["value"] for _, one in told]).gather(value),
                "points": micros / MICROS,
                "share": pl.Series(micros / np.maximum(runs.spread(runs.sums(micros)), 1)).round(6),
            }
        )
    )


STEP = Step(
    tables=(INTENT, INTENT_DRIVER, INTENT_DIMENSION, INTEREST),
    inputs=(Input("touch_day", "until"), Input("member"), Input("touch_exclusion"), *INPUTS),
    build=build,
)
