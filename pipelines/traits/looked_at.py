"""Points per person and value of a dimension, still as numbers: what intent_dimension tells and interest picks its tops from."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.traits.runs import Runs, Truth, Whole, whole

PACKAGE = "pipelines.traits"
VALUES = """
    SELECT value_no, dimension, value, min(label) AS label, min(make) AS make FROM touch_value GROUP BY ALL ORDER BY value_no
"""
AGES = 512  # above the days of the longest window


@dataclass(frozen=True)
class LookedAt:
    """One row per person and value, sorted by both. `values` has a row per value: value_no, dimension, value, label, make."""

    person_no: Whole
    value_no: Whole
    micros: Whole
    age_days: Whole
    values: pl.DataFrame


def looked_at(engine: Engine) -> LookedAt:
    """Add up the points of what each person looked at. Reads `touch_interest` and `touch_value` that scored_touch keeps."""
    rows = engine.sql(query_text(PACKAGE, "interest_value")).sort("person_value")
    person_value = rows["person_value"].to_numpy()
    runs = Runs.of(person_value)
    kept = person_value[runs.at]
    values = engine.sql(VALUES)
    age = runs.smallest(rows["age_days"].to_numpy())
    return LookedAt(kept >> 32, kept & 0xFFFFFFFF, runs.sums(rows["micros"].to_numpy()), age, values)


def tops(looked: LookedAt, dimension: str, only: Truth | None = None) -> tuple[Whole, Whole]:
    """Persons and, for each, the number of the value with the most points; ties go to the latest day, then to the first name.

    `only` says which rows of `looked` may count.
    """
    among = (looked.values["dimension"] == dimension).to_numpy()[looked.value_no - 1]
    chosen = np.flatnonzero(among if only is None else among & only)
    person, value = looked.person_no[chosen], looked.value_no[chosen]
    place = looked.micros[chosen] * AGES + (AGES - 1 - looked.age_days[chosen])
    runs = Runs.of(person)
    best = runs.first(place == runs.spread(runs.largest(place)))
    return person[runs.at], value[best]


def top_models(looked: LookedAt, persons: Whole, makes: Whole) -> tuple[Whole, Whole]:
    """As tops, of models; only those of the person's top make, so that make and model never contradict each other."""
    values = looked.values
    numbers = values.filter(pl.col("dimension") == "make").select(make="value", make_no="value_no")
    make_of = whole(values.join(numbers, on="make", how="left", maintain_order="left")["make_no"].fill_null(0))
    top = np.zeros(int(looked.person_no.max(initial=0)) + 1, dtype=np.int64)
    top[persons] = makes
    return tops(looked, "model", (make_of[looked.value_no - 1] == top[looked.person_no]) & (top[looked.person_no] > 0))
