"""How much a person shops, why, and what about: decayed, capped points per own brand and as a whole.

One step makes all four tables from one pass over the window, because each reads the same points. The queries return people,
brands, kinds and values as numbers; names are put on here.
"""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.step import Day, Input, Step
from pipelines.traits.interest import INPUTS, interest_frame
from pipelines.traits.scored_touch import ALL, REPEAT, brand_names, keep_points, kind_names
from schemas.tables.intent import DIMENSIONS, INTENT_DIMENSION, INTENT_DRIVER
from schemas.tables.traits import INTENT, INTEREST
from schemas.vocabulary_touch import TOUCH_NOUNS

PACKAGE = "pipelines.traits"
MICROS = 1_000_000


def build(engine: Engine, day: Day) -> dict[str, pl.DataFrame]:
    """Frames of intent, intent_driver, intent_dimension and interest, each sorted by its key."""
    keep_points(engine, day)
    numbers = {"all_no": brand_names(day.policy).index(ALL), "repeat_no": kind_names(day.policy).index(REPEAT)}
    bonus = day.policy.scoring.intent.repeat_vin_bonus
    engine.keep("touch_driver", query_text(PACKAGE, "touch_driver"), repeat_vin_bonus=bonus, **numbers)
    people = engine.sql("SELECT DISTINCT person_no, person_id FROM touch_shopper ORDER BY person_no")["person_id"]
    return {
        "intent": intent_frame(engine, day, people),
        "intent_driver": driver_frame(engine, day, people),
        "intent_dimension": dimension_frame(engine, people),
        "interest": interest_frame(engine, day, people),
    }


def intent_frame(engine: Engine, day: Day, people: pl.Series) -> pl.DataFrame:
    """One row per person and brand that a scored touch concerns, and one per person with brand `all`."""
    intent = day.policy.scoring.intent
    found = engine.sql(query_text(PACKAGE, "intent"), as_of=day.as_of, hot_from=intent.hot_from, warm_from=intent.warm_from)
    return INTENT.schema.cast(
        found.with_columns(
            person_id=named(found["person_no"] - 1, people),
            brand=named(found["brand_no"], pl.Series(brand_names(day.policy))),
            top_driver=named(found["kind_no"], pl.Series(kind_names(day.policy))),
        ).select(INTENT.schema.column_names())
    )


def driver_frame(engine: Engine, day: Day, people: pl.Series) -> pl.DataFrame:
    """One row per person, brand and kind with points, and its sentence: 3 payment calculator uses in 14 days: 41 of 96 points."""
    found = engine.sql(query_text(PACKAGE, "intent_driver"))
    kinds = kind_names(day.policy)
    one, many = (pl.Series([TOUCH_NOUNS[kind][place] for kind in kinds]) for place in (0, 1))
    days = (
        pl.when(pl.col("oldest_age") == 0)
        .then(pl.lit(" today: "))
        .otherwise(pl.format(" in {} days: ", pl.col("oldest_age") + 1))
    )
    score = pl.col("micros").sum().over("person_no", "brand_no")
    whole = [(amount + MICROS // 2) // MICROS for amount in (pl.col("micros"), score)]
    noun = pl.when(pl.col("touches") == 1).then(named(found["kind_no"], one)).otherwise(named(found["kind_no"], many))
    return INTENT_DRIVER.schema.cast(
        found.with_columns(
            person_id=named(found["person_no"] - 1, people),
            brand=named(found["brand_no"], pl.Series(brand_names(day.policy))),
            kind=named(found["kind_no"], pl.Series(kinds)),
            points=pl.col("micros") / MICROS,
            share=(pl.col("micros") / score).round(6),
            sentence=pl.format("{} {}{}{} of {} points", "touches", noun, days, *whole),
        ).select(INTENT_DRIVER.schema.column_names())
    )


def dimension_frame(engine: Engine, people: pl.Series) -> pl.DataFrame:
    """One row per person, dimension and value that points name."""
    found = engine.sql(query_text(PACKAGE, "intent_dimension"))
    values = engine.sql("SELECT DISTINCT value_no, dimension, value FROM touch_value ORDER BY value_no")
    dimension = named(found["value_no"] - 1, values["dimension"].cast(pl.Enum(values["dimension"].unique().sort())))
    found = found.with_columns(dimension=dimension.cast(pl.String).cast(pl.Enum(DIMENSIONS)))
    return INTENT_DIMENSION.schema.cast(
        found.with_columns(
            person_id=named(found["person_no"] - 1, people),
            value=named(found["value_no"] - 1, values["value"]),
            points=pl.col("micros") / MICROS,
            share=(pl.col("micros") / pl.col("micros").sum().over("person_no", "dimension")).round(6),
        ).select(INTENT_DIMENSION.schema.column_names())
    )


def named(places: pl.Series, names: pl.Series) -> pl.Series:
    """The names at the given places, null where a place is null."""
    return names.gather(places.cast(pl.UInt32))


STEP = Step(
    tables=(INTENT, INTENT_DRIVER, INTENT_DIMENSION, INTEREST),
    inputs=(Input("touch_day", "until"), Input("member"), Input("touch_exclusion"), *INPUTS),
    build=build,
)
