"""Points of the window's touches: capped per kind and day, then per source and day, decayed, then capped per source in all.

Everything is whole numbers in arrays: people, brands, kinds, sources and things by their number, points as millionths. What is
over a cap is taken from all that is under it in proportion.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pipelines.traits.runs import Runs, Truth, Whole, order_of

MICROS = 1_000_000
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


def points_of(touches: Touches, brand: Whole, figures: Figures) -> tuple[Points, Shares]:
    """Points by person, brand, source, day and kind, and the share of each thing in them. brand: a number per row.

    Rows of the same thing are added up before points are shared, so that it cannot matter in how many parts they were delivered.
    """
    names = (touches.person, brand, touches.source, touches.age, touches.kind, touches.thing)
    order = order_of(*names)
    keys = [one[order] for one in names]
    things = Runs.of(*keys)
    keys, of_thing = [one[things.at] for one in keys], things.sums(touches.touches[order])
    person, of_brand, source, age, kind, thing = keys
    runs = Runs.of(*keys[:-1])
    at, counted = runs.at, runs.sums(of_thing)
    found = Points(person[at], of_brand[at], source[at], age[at], kind[at], counted, counted)
    found = replace(found, micros=capped_by_day(found, figures))
    found = replace(found, micros=capped_in_all(found, figures))
    shares = micros_of(runs.spread(found.micros / MICROS) * of_thing / runs.spread(counted))
    told = np.flatnonzero(shares)
    return found, Shares(person[told], thing[told], age[told], shares[told])


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
    shared = np.flatnonzero(is_shared[found.kind])
    of_kind = found.touches.copy()
    keys = [one[shared] for one in (found.person, found.brand, found.age, found.kind)]
    order = order_of(*keys)
    runs = Runs.of(*(key[order] for key in keys))
    of_kind[shared[order]] = runs.spread(runs.sums(found.touches[shared[order]]))
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
