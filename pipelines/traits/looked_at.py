"""Points per person and value of a dimension, still as numbers: what intent_dimension tells and interest picks its tops from."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.traits.points import MICROS, Shares
from pipelines.traits.runs import Runs, Sorted, Truth, Whole, whole
from pipelines.traits.things import Dimension, Things
from schemas.tables.intent import DIMENSIONS, INTENT_DIMENSION

AGES = 512  # above the days of the longest window


@dataclass(frozen=True)
class LookedAt:
    """Of one dimension: a row per person and value, sorted by both. `values` has a row per value: value, label, make."""

    person: Whole
    value: Whole
    micros: Whole
    age: Whole
    values: pl.DataFrame


def looked_at(shares: Shares, things: Things) -> Mapping[str, LookedAt]:
    """Add up the points of what each person looked at, by dimension."""
    return {name: by_value(shares, one) for name, one in things.dimensions.items()}


def by_value(shares: Shares, dimension: Dimension) -> LookedAt:
    """Points by person and value of one dimension."""
    value = dimension.value_of[shares.thing]
    has = np.flatnonzero(value >= 0)
    rows = Sorted.of(shares.person[has], value[has], shares.age[has], shares.micros[has])
    runs = rows.runs(2)
    person, value, age = (rows.column(number, runs.at) for number in range(3))
    return LookedAt(person, value, runs.sums(rows.column(3)), age, dimension.values)


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
