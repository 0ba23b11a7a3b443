"""Pairs of records as levels of agreement, one small integer per field.

A field's levels are numbered: first the exact ones, a band of frequency each (0 is the rarest), then those of the model file,
then `else`. UNKNOWN where either record has no value.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
import pyarrow as pa

from pipelines.identity.linkage.encode import MISSING, Coded
from pipelines.identity.linkage.frequency import Frequency
from pipelines.identity.linkage.measures import Texts, farthest, holds
from schemas.identity_language import Level

UNKNOWN = 127
CHUNK = 4_000_000  # pairs compared at once, so that memory does not follow the number of pairs


@dataclass(frozen=True)
class Comparer:
    """One field, ready to compare: its codes, its frequencies, and its levels after exact."""

    field: Coded
    frequency: Frequency
    levels: tuple[Level, ...]
    texts: Texts

    @property
    def bands(self) -> int:
        """Number of exact levels."""
        return self.frequency.bands

    @property
    def size(self) -> int:
        """Number of levels with the exact bands and else."""
        return self.bands + len(self.levels) + 1


def compared(comparer: Comparer, left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Level of each pair (Int8) and the code of the value that they agree on exactly (MISSING where on none)."""
    level = np.full(len(left), UNKNOWN, dtype=np.int8)
    agreed = np.full(len(left), MISSING, dtype=np.int32)
    slots = comparer.field.slots
    for mine, theirs in product(slots, slots):
        _better(comparer, mine[left], theirs[right], level, agreed)
    return level, agreed


def _better(comparer: Comparer, a: np.ndarray, b: np.ndarray, level: np.ndarray, agreed: np.ndarray) -> None:
    """Take the level of these two values where it is closer than what was found before."""
    known = (a != MISSING) & (b != MISSING)
    same = known & (a == b)
    exact = np.flatnonzero(same)
    band = comparer.frequency.band[a[exact]]
    closer = band < level[exact]
    level[exact[closer]], agreed[exact[closer]] = band[closer], a[exact[closer]]
    open_ = np.flatnonzero(known & ~same & (level >= comparer.bands))
    if len(open_):
        told = _unequal(comparer, a[open_], b[open_])
        level[open_] = np.minimum(level[open_], told)


def _unequal(comparer: Comparer, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Levels of pairs of unequal codes, computed once per distinct pair."""
    size = len(comparer.field.values)
    packed = np.minimum(a, b).astype(np.int64) * size + np.maximum(a, b)
    if not comparer.levels:
        return np.full(len(a), comparer.bands, dtype=np.int8)
    distinct, place = _distinct(packed)
    return _levels(comparer, distinct // size, distinct % size)[place]


def _distinct(packed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    told = pa.array(packed).dictionary_encode()
    return told.dictionary.to_numpy(), told.indices.to_numpy()


def _levels(comparer: Comparer, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    out = np.full(len(a), comparer.size - 1, dtype=np.int8)
    rest, scores, until = np.arange(len(a)), dict[str, np.ndarray](), farthest(comparer.levels)
    for place, level in enumerate(comparer.levels):
        reached = holds(level, comparer.texts, a[rest], b[rest], scores, until)
        out[rest[reached]] = comparer.bands + place
        rest = rest[~reached]
        scores = {name: score[~reached] for name, score in scores.items()}
    return out
