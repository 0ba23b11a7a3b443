"""What two strangers share by chance: exact levels from frequencies, closer and farther ones from random pairs."""

import numpy as np

from pipelines.identity.linkage.compare import UNKNOWN, Comparer, compared
from pipelines.identity.linkage.encode import MISSING
from pipelines.identity.linkage.swap import Swap, swap_of, swapped_by_chance

RANDOM_PAIRS = 150_000
SEED = 20_260_101  # fixed: the same file gives the same model
TYPICAL_CLOSE = 2e-3  # share of strangers on a level between exact and else, before any was seen
PRIOR_PAIRS = 500.0
MOST_EXACT = 0.999  # share of strangers that agree, where nearly everybody holds one value


def chances(comparers: list[Comparer]) -> tuple[np.ndarray, ...]:
    """Per field, the distribution over its levels among strangers."""
    swap = swap_of(comparers)
    return tuple(
        by_chance(one, (swap, comparers[swap.family]) if swap and swap.given == place else None)
        for place, one in enumerate(comparers)
    )


def by_chance(comparer: Comparer, swap: tuple[Swap, Comparer] | None = None) -> np.ndarray:
    """Distribution over the levels of a field among strangers; `swap` where its names may change places with another field."""
    left, right = _random_pairs(comparer)
    level, _ = compared(comparer, left, right)
    unequal = level[(level != UNKNOWN) & (level >= comparer.bands)] - comparer.bands
    typical = np.full(comparer.size - comparer.bands, TYPICAL_CLOSE)
    typical[-1] = 1 - TYPICAL_CLOSE * (len(typical) - 1)
    seen = np.bincount(unequal, minlength=len(typical)).astype(float)
    if swap:
        seen[swap[0].level - comparer.bands] += len(unequal) * swapped_by_chance(comparer, swap[1], left, right)
    counted = seen * _weight(comparer, len(left)) + PRIOR_PAIRS * typical
    exact = comparer.frequency.agreement * _meetings(comparer)
    exact = exact * min(1.0, MOST_EXACT / max(float(exact.sum()), 1e-12))
    rest = 1.0 - float(exact.sum())
    return np.concatenate([exact, rest * counted / counted.sum()])


def _weight(comparer: Comparer, drawn: int) -> float:
    """What a drawn pair counts: a small file has fewer pairs than were drawn, and each is known once only."""
    holders = int(np.any(np.stack(comparer.field.slots) != MISSING, axis=0).sum())
    return min(1.0, holders * (holders - 1) / 2 / max(drawn, 1))


def _meetings(comparer: Comparer) -> float:
    """How many values of one record meet how many of another, on average."""
    slots = comparer.field.slots
    held = sum((slot != MISSING).astype(np.int64) for slot in slots)
    some = held[held > 0]
    return float(some.mean() ** 2) if len(some) else 1.0


def _random_pairs(comparer: Comparer) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of records that hold a value, drawn with a fixed seed over sorted records."""
    holders = np.flatnonzero(np.any(np.stack(comparer.field.slots) != MISSING, axis=0))
    if len(holders) < 2:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    draws = np.random.Generator(np.random.PCG64(SEED)).integers(0, len(holders), (2, RANDOM_PAIRS))
    left, right = holders[draws[0]], holders[draws[1]]
    return left[left != right], right[left != right]
