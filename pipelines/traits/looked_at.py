"""Points per person and value of a dimension, still as numbers: what intent_dimension tells and interest picks its tops from."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.traits.points import Shares
from pipelines.traits.runs import Runs, Sorted, Truth, Whole, whole

PACKAGE = "pipelines.traits"
AGES = 512  # above the days of the longest window


@dataclass(frozen=True)
class LookedAt:
    """Of one dimension: a row per person and value, sorted by both. `values` has a row per value: value, label, make."""

    person: Whole
    value: Whole
    micros: Whole
    age: Whole
    values: pl.DataFrame


def looked_at(engine: Engine, shares: Shares) -> Mapping[str, LookedAt]:
    """Add up the points of what each person looked at, by dimension. Reads `touch_thing` that scored_touch keeps."""
    rows = engine.sql(query_text(PACKAGE, "touch_value"))
    return {str(key[0]): by_value(shares, told) for key, told in rows.partition_by("dimension", as_dict=True).items()}


def by_value(shares: Shares, told: pl.DataFrame) -> LookedAt:
    """Points by person and value of one dimension, whose things and values are `told`(thing_no, value, label, make)."""
    values = told.group_by("value").agg(pl.min("label"), pl.min("make")).sort("value")
    things = told.join(values.select("value").with_row_index("place"), on="value")
    value_of = np.full(int(max(shares.thing.max(initial=0), things["thing_no"].max() or 0)) + 1, -1, dtype=np.int64)
    value_of[whole(things["thing_no"])] = whole(things["place"])
    value = value_of[shares.thing]
    has = np.flatnonzero(value >= 0)
    rows = Sorted.of(shares.person[has], value[has], shares.age[has], shares.micros[has])
    runs = rows.runs(2)
    person, value, age = (rows.column(number, runs.at) for number in range(3))
    return LookedAt(person, value, runs.sums(rows.column(3)), age, values)


def tops(looked: LookedAt, only: Truth | None = None) -> tuple[Whole, Whole]:
    """Persons and, for each, the number of the value with the most points; ties go to the latest day, then to the first name.

    `only` says which rows of `looked` may count.
    """
    chosen = np.arange(len(looked.person)) if only is None else np.flatnonzero(only)
    person, value = looked.person[chosen], looked.value[chosen]
    place = looked.micros[chosen] * AGES + (AGES - 1 - looked.age[chosen])
    runs = Runs.of(person)
    best = runs.first(place == runs.spread(runs.largest(place)))
    return person[runs.at], value[best]


def top_models(looked: LookedAt, makes: LookedAt, top_makes: tuple[Whole, Whole]) -> tuple[Whole, Whole]:
    """As tops, of models; only those of the person's top make, so that make and model never contradict each other."""
    numbers = makes.values.select(make="value").with_row_index("make_no")
    make_of = whole(looked.values.join(numbers, on="make", how="left", maintain_order="left")["make_no"].fill_null(len(numbers)))
    top = np.full(int(looked.person.max(initial=0)) + 1, -1, dtype=np.int64)
    among = top_makes[0] < len(top)
    top[top_makes[0][among]] = top_makes[1][among]
    return tops(looked, make_of[looked.value] == top[looked.person])
