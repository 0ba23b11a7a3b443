"""Points of the window's touches: capped per kind and day, then per source and day, decayed, then capped per source in all.

Everything is whole numbers in arrays: people, brands, kinds, sources and things by their number, points as millionths. What is
over a cap is taken from all that is under it in proportion.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pipelines.traits.runs import Runs, Sorted, Truth, Whole

MICROS = 1_000_000
KEYS, AGE, TOUCHES = 5, 3, 6  # columns of touches in order: those that points are told by, and two by their place
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Touches:
    """A row per person, kind, source, day and thing: how many touches. age: days before the day. In any order."""

    person: Whole
    kind: Whole
    source: Whole
    age: Whole
    thing: Whole
    touches: Whole

    def of(self, rows: Whole | Truth) -> "Touches":
        """Some of the rows."""
        return Touches(*(one[rows] for one in (self.person, self.kind, self.source, self.age, self.thing, self.touches)))


@dataclass(frozen=True)
class Figures:
    """The figures of policy scoring.yaml by number. Of kinds: points, cap_per_day, decay by age, and is_shared: several sources
    bring the kind. Of sources: per_day and in_all, infinite where there is no cap."""

    points: Floats
    cap_per_day: Floats
    decay: Floats
    is_shared: Truth
    per_day: Floats
    in_all: Floats


@dataclass(frozen=True)
class Points:
    """A row per person, brand, source, day and kind, sorted by these five; micros: millionths of a point."""

    person: Whole
    brand: Whole
    source: Whole
    age: Whole
    kind: Whole
    touches: Whole
    micros: Whole


@dataclass(frozen=True)
class Shares:
    """What each thing brings to a score by kind, source and day: a row each, sorted by person. micros as in Points."""

    person: Whole
    thing: Whole
    age: Whole
    micros: Whole


def in_order(touches: Touches, brand: Whole) -> Sorted:
    """Touches sorted by person, brand, source, day, kind and thing; their number is the last column. brand: a number per row."""
    return Sorted.of(touches.person, brand, touches.source, touches.age, touches.kind, touches.thing, touches.touches)


def touches_of(rows: Sorted) -> Touches:
    """The touches of some rows in order, without their brand."""
    person, _, source, age, kind, thing, touches = (rows.column(number) for number in range(TOUCHES + 1))
    return Touches(person, kind, source, age, thing, touches)


def points_of(rows: Sorted, figures: Figures) -> Points:
    """Points by person, brand, source, day and kind, of rows as `in_order` makes them."""
    runs = rows.runs(KEYS)
    counted = runs.sums(rows.column(TOUCHES))
    person, brand, source, age, kind = (rows.column(number, runs.at) for number in range(KEYS))
    found = Points(person, brand, source, age, kind, counted, counted)
    found = replace(found, micros=capped_by_day(found, figures))
    return replace(found, micros=capped_in_all(found, figures))


def shares_of(rows: Sorted, points: Points) -> Shares:
    """What each thing brings to the points, which are those of the same rows.

    Rows of the same thing are added up before points are shared, so that it cannot matter in how many parts they were delivered.
    """
    runs = rows.runs(KEYS + 1)
    things, of_thing = rows.some(runs.at), runs.sums(rows.column(TOUCHES))
    within = things.runs(KEYS)
    shares = micros_of(within.spread(points.micros / MICROS) * of_thing / within.spread(points.touches))
    told = np.flatnonzero(shares)
    some = things.some(told)
    return Shares(some.column(0), some.column(KEYS), some.column(AGE), shares[told])


def capped_by_day(found: Points, figures: Figures) -> Whole:
    """Weight x touches, at most the cap of the kind on the day, then that of the source on the day, then faded."""
    of_kind = touches_of_kind(found, figures.is_shared)
    most = np.minimum(figures.cap_per_day[found.kind], figures.points[found.kind] * of_kind)
    micros = micros_of(most * found.touches / of_kind)
    of_day = Runs.of(found.person, found.brand, found.source, found.age)
    kept = kept_share(of_day, micros, figures.per_day[found.source[of_day.at]])
    return micros_of(micros / MICROS * kept * figures.decay[found.kind, found.age])


def touches_of_kind(found: Points, is_shared: Truth) -> Whole:
    """Touches of the same kind, person and brand on the same day from all sources, which share the kind's cap."""
    of_kind = found.touches.copy()
    shared = np.flatnonzero(is_shared[found.kind])
    if len(shared):
        keys = [one[shared] for one in (found.person, found.brand, found.age, found.kind)]
        rows = Sorted.of(*keys, shared)
        runs, place = rows.runs(len(keys)), rows.column(len(keys))
        of_kind[place] = runs.spread(runs.sums(found.touches[place]))
    return of_kind


def capped_in_all(found: Points, figures: Figures) -> Whole:
    """At most what a source may bring to a score over all days."""
    of_source = Runs.of(found.person, found.brand, found.source)
    kept = kept_share(of_source, found.micros, figures.in_all[found.source[of_source.at]])
    return micros_of(found.micros / MICROS * kept)


def kept_share(runs: Runs, micros: Whole, most: Floats) -> Floats:
    """The share of each row's points that stays under what its run may bring, per row."""
    brought = runs.sums(micros) / MICROS
    return runs.spread(np.where(brought > most, most / np.maximum(brought, 1 / MICROS), 1.0))


def micros_of(points: Floats) -> Whole:
    """Points as whole millionths, halves up."""
    return np.floor(points * MICROS + 0.5).astype(np.int64)
