"""Pairs as patterns: how often each combination of levels occurs. All that is learned is learned from these counts."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.identity.linkage.compare import Comparer, compared
from pipelines.identity.linkage.swap import exchange

LARGEST = 2**62


@dataclass(frozen=True)
class Patterns:
    """Pairs by pattern.

    levels: a row per pattern, a column per field (Int8, UNKNOWN where not known), in the order of the levels;
    counts: pairs of each; of_pair: the pattern of each pair;
    corrections: (fields, pairs) log2 within-band corrections of exact agreement, 0 elsewhere.
    """

    levels: np.ndarray
    counts: np.ndarray
    of_pair: np.ndarray
    corrections: np.ndarray


def patterns(comparers: list[Comparer], left: np.ndarray, right: np.ndarray) -> Patterns:
    """Compare pairs of records and gather them by pattern."""
    corrections = np.zeros((len(comparers), len(left)), dtype=np.float32)
    levels = np.empty((len(comparers), len(left)), dtype=np.int8)
    for place, comparer in enumerate(comparers):
        levels[place], agreed = compared(comparer, left, right)
        exact = np.flatnonzero(levels[place] < comparer.bands)
        corrections[place, exact] = comparer.frequency.correction(agreed[exact])
    exchange(comparers, levels, left, right)
    of_pair, first = _gathered(levels)
    kinds = levels[:, first].T
    order = np.lexsort(kinds.T[::-1]) if len(first) else np.empty(0, dtype=np.int64)
    place_of = np.empty(len(order), dtype=np.int64)
    place_of[order] = np.arange(len(order))
    of_pair = place_of[of_pair]
    return Patterns(kinds[order], np.bincount(of_pair, minlength=len(order)), of_pair, corrections)


def _gathered(levels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number of the pattern of each pair, and for each pattern a pair that shows it."""
    code, largest = np.zeros(levels.shape[1], dtype=np.int64), 1
    for row in levels:
        base = int(row.max(initial=0)) + 1
        if largest > LARGEST // base:
            told = pa.array(code).dictionary_encode()
            code, largest = told.indices.to_numpy().astype(np.int64), len(told.dictionary)
        code, largest = code * base + row, largest * base
    told = pa.array(code).dictionary_encode()
    number = told.indices.to_numpy()
    first = np.empty(len(told.dictionary), dtype=np.int64)
    first[number[::-1]] = np.arange(len(number) - 1, -1, -1)  # of several, the last written stays
    return number.astype(np.int64), first
