"""First and last name that changed places: the one level that looks at two fields at once.

It holds for pairs whose first names differ, where the first name of one record is the last name of the other and the other two
names fit as well. The last names of such a pair are then taken as unknown: what they say is inside the level.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np

from pipelines.identity.linkage.compare import UNKNOWN, Comparer
from pipelines.identity.linkage.encode import MISSING
from pipelines.identity.linkage.measures import NOWHERE, ROUNDING, Texts

SWAPPED = "swapped"
SIMILAR_NAME = 0.85  # Jaro-Winkler, from which the second pair of names is one name with an error


@dataclass(frozen=True)
class Swap:
    """The two fields of a model whose names may change places, by their place, and the number of the level."""

    given: int
    family: int
    level: int


def swap_of(comparers: list[Comparer]) -> Swap | None:
    """The first given name that has the level, where the model holds one family name; else nothing can be told."""
    families = [place for place, one in enumerate(comparers) if one.field.spec.kind == "family_name"]
    levels = [(place, i) for place, one in enumerate(comparers) for i, level in enumerate(one.levels) if level.measure == SWAPPED]
    if len(families) != 1 or not levels:
        return None
    place, i = levels[0]
    return Swap(place, families[0], comparers[place].bands + i)


def exchange(comparers: list[Comparer], levels: np.ndarray, left: np.ndarray, right: np.ndarray) -> None:
    """Write the level into `levels` (fields, pairs) wherever it holds."""
    swap = swap_of(comparers)
    if swap is None:
        return
    given, family = levels[swap.given], levels[swap.family]
    open_ = (given > swap.level) & (given != UNKNOWN) & (family >= comparers[swap.family].bands)
    places = np.flatnonzero(open_)
    places = places[crossed(comparers[swap.given], comparers[swap.family], left[places], right[places])]
    given[places], family[places] = swap.level, UNKNOWN


def crossed(given: Comparer, family: Comparer, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Pairs of records whose first and last names changed places, one of them letter by letter."""
    to_given = given.texts.places_of(family.texts)
    out = np.zeros(len(left), dtype=bool)
    slots = list(product(given.field.slots, family.field.slots))
    for (first, last), (first_of, last_of) in product(slots, slots):
        a, b, c, d = first[left], last[left], first_of[right], last_of[right]
        known = (a != MISSING) & (c != MISSING) & (a != c)
        one, other = known & (a == to_given[d]), known & (c == to_given[b])
        out |= one & other
        for places, x, y in ((np.flatnonzero(one & ~other), c, b), (np.flatnonzero(other & ~one), a, d)):
            out[places] |= _fits(given.texts, family.texts, x[places], y[places])
    return out


def _fits(given: Texts, family: Texts, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Whether a first and a last name can be one name."""
    out = np.zeros(len(a), dtype=bool)
    known = np.flatnonzero((a != MISSING) & (b != MISSING))
    out[known] = given.score("jaro_winkler", a[known], b[known], family, until=SIMILAR_NAME - ROUNDING) >= SIMILAR_NAME
    return out


def swapped_by_chance(given: Comparer, family: Comparer, left: np.ndarray, right: np.ndarray) -> float:
    """Chance that the names of two strangers look exchanged: one of two crossings exact, from frequencies, the other fitting,
    from these random pairs."""
    to_given = given.texts.places_of(family.texts)[:-1]
    held = np.flatnonzero(to_given != NOWHERE)
    exact = float((family.frequency.share[held] * given.frequency.share[to_given[held]]).sum())
    fits = _fits(given.texts, family.texts, given.field.slots[0][left], family.field.slots[0][right])
    return min(2 * exact * float(fits.mean()), 1.0) if len(fits) else 0.0
