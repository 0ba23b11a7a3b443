"""What brings a score its points: by person, brand and kind of touch, and the bonus for a vehicle seen again on another day."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from pipelines.step import Day
from pipelines.traits.points import MICROS, Points, Touches, micros_of
from pipelines.traits.runs import Runs, Sorted, Whole, whole
from pipelines.traits.scored_touch import ALL, REPEAT, VEHICLE_PAGES, brand_names, kind_names
from schemas.tables.intent import INTENT_DRIVER
from schemas.vocabulary_touch import TOUCH_NOUNS

RECENT_DAYS = 30  # the days of the columns that end in _30d
PAGE = "vdp_view"  # the bonus fades as this kind does, and is off where it carries no points
Rows = dict[str, Whole]
DAYS = (
    pl.when(pl.col("oldest_age") == 0)
    .then(pl.lit(" today: "))
    .otherwise(pl.format(" in {} days: ", pl.col("oldest_age").cast(pl.Int32) + 1))
)
SENTENCE = pl.format("{} {}{}{} of {} points", "touches", "noun", DAYS, "whole", "of_whole")


def driver_rows(points: Sequence[Points], repeats: Rows, day: Day) -> pl.DataFrame:
    """Points and touches by person, brand and kind, as numbers, sorted by all three."""
    kinds = kind_names(day.policy)
    columns = ("person", "brand", "kind", "age", "touches", "micros")
    rows = Sorted.of(*(np.concatenate([*(getattr(one, name) for one in points), repeats[name]]) for name in columns))
    runs = rows.runs(3)
    kind, age, touches, micros = (rows.column(number) for number in range(2, 6))
    person_no, brand_no, kind_no = (rows.column(number, runs.at) for number in range(3))
    weights = day.policy.scoring.intent.weights
    is_scored = np.array([name == REPEAT or weights[name].points > 0 for name in kinds])
    is_recent = (age < RECENT_DAYS) & (kind != kinds.index(REPEAT))
    return pl.DataFrame(
        {
            "person_no": person_no,
            "brand_no": brand_no,
            "kind_no": kind_no,
            "is_scored": is_scored[kind_no],
            "micros": runs.sums(micros),
            "touches": runs.sums(touches),
            "touches_30d": runs.sums(touches * is_recent),
            "newest_age": age[runs.at],
            "oldest_age": age[runs.last()],
            "days_30d": runs.bits(np.left_shift(1, np.minimum(age, RECENT_DAYS)) * is_recent),
        }
    )


def repeat_rows(touches: Touches, brand: Whole, vin: Whole, day: Day) -> Rows:
    """The bonus for each vehicle that a person saw on two days, once for the person and once for each brand that it stands for.

    brand and vin are those of the rows, -1 where there is none. Points fade from the newest of the days.
    """
    intent, kinds, brands = day.policy.scoring.intent, kind_names(day.policy), brand_names(day.policy)
    page = intent.weights.get(PAGE)
    is_page = np.array([name in VEHICLE_PAGES for name in kinds])
    seen = np.flatnonzero(is_page[touches.kind] & (vin >= 0) & (page is not None and page.points > 0))
    vin, brand, touches = vin[seen], brand[seen], touches.of(seen)
    of_all = again(touches, vin, np.full(len(seen), brands.index(ALL)))
    has_brand = brand >= 0
    of_brand = again(touches.of(has_brand), vin[has_brand], brand[has_brand])
    person, which, age = (np.concatenate(pair) for pair in zip(of_all, of_brand, strict=True))
    decay = np.array([0.5 ** (one / page.half_life_days) if page else 0.0 for one in range(intent.window_days)])
    micros = micros_of(intent.repeat_vin_bonus * decay[age])
    told = micros > 0
    count = int(told.sum())
    same = {"kind": np.full(count, kinds.index(REPEAT)), "touches": np.ones(count, dtype=np.int64)}
    return {"person": person[told], "brand": which[told], "age": age[told], "micros": micros[told], **same}


def again(touches: Touches, vin: Whole, brand: Whole) -> tuple[Whole, Whole, Whole]:
    """Person, brand and newest age of each vehicle that was seen on more than one day."""
    rows = Sorted.of(touches.person, vin, brand, touches.age, np.zeros_like(vin))
    runs = rows.runs(3)
    newest = rows.column(3, runs.at)
    is_again = newest < rows.column(3, runs.last())
    return rows.column(0, runs.at[is_again]), rows.column(2, runs.at[is_again]), newest[is_again]


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
