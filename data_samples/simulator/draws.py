"""Chance without a stream: every draw is a hash of seed, purpose and the ids it is about.

A person's draws therefore do not depend on how many other people there are or in which order things are drawn.
"""

import hashlib

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def _mix(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014): a bijection that scatters all bits."""
    x = (x ^ (x >> np.uint64(30))) * _MIX_1
    x = (x ^ (x >> np.uint64(27))) * _MIX_2
    return x ^ (x >> np.uint64(31))


class Draws:
    """Keyed draws for one seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def bits(self, purpose: str, *ids: ArrayLike) -> NDArray[np.uint64]:
        """64 random bits per element; `ids` are integer arrays of one shape (or scalars) that name the element."""
        digest = hashlib.sha256(f"{self._seed}:{purpose}".encode()).digest()
        state = np.atleast_1d(np.uint64(int.from_bytes(digest[:8], "little")))
        with np.errstate(over="ignore"):
            for one in ids:
                state = _mix(np.atleast_1d(np.asarray(one)).astype(np.uint64) * _GOLDEN + state)
            return _mix(state)

    def branch(self, name: str) -> "Draws":
        """Draws of their own for a part of the world, so that equal purposes in two parts stay apart."""
        return Draws(int(self.bits(name)[0] >> np.uint64(1)))

    def uniform(self, purpose: str, *ids: ArrayLike) -> Floats:
        """Uniform on the open interval (0, 1)."""
        return ((self.bits(purpose, *ids) >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53

    def normal(self, purpose: str, *ids: ArrayLike) -> Floats:
        """Standard normal."""
        return ndtri(self.uniform(purpose, *ids))

    def integer(self, purpose: str, low: int, high: int, *ids: ArrayLike) -> Ints:
        """Whole numbers from low to high, both included."""
        return low + np.floor(self.uniform(purpose, *ids) * (high - low + 1)).astype(np.int64)

    def choose(self, purpose: str, weights: ArrayLike, *ids: ArrayLike) -> Ints:
        """Index into `weights`, with probability in proportion."""
        return pick(weights, self.uniform(purpose, *ids))

    def chance(self, purpose: str, probability: ArrayLike, *ids: ArrayLike) -> NDArray[np.bool_]:
        """True with the given probability (a number or one per element)."""
        return self.uniform(purpose, *ids) < np.asarray(probability)

    def poisson(self, purpose: str, mean: ArrayLike, *ids: ArrayLike) -> Ints:
        """Poisson counts for means up to about 30, by inversion."""
        u = self.uniform(purpose, *ids)
        rate = np.broadcast_to(np.asarray(mean, dtype=np.float64), u.shape)
        term = np.exp(-rate)
        total, count = term.copy(), np.zeros(u.shape, dtype=np.int64)
        for k in range(1, 60):
            above = u > total
            if not above.any():
                break
            count[above] = k
            term = term * rate / k
            total = total + term
        return count

    def waiting(self, purpose: str, mean: ArrayLike, shape: int, *ids: ArrayLike) -> Floats:
        """Gamma-distributed times with a whole-number shape: the sum of `shape` exponential waits."""
        total = sum(-np.log(self.uniform(f"{purpose}/{k}", *ids)) for k in range(shape))
        return np.asarray(total) * np.asarray(mean, dtype=np.float64) / shape


def pick(weights: ArrayLike, u: Floats) -> Ints:
    """Index into `weights` for uniform draws `u`."""
    cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
    index = np.searchsorted(cumulative / cumulative[-1], u, side="right")
    return np.minimum(index, len(cumulative) - 1).astype(np.int64)


def repeat(counts: Ints) -> tuple[Ints, Ints]:
    """For one group per element: the group of each row, and the row's number within its group."""
    group = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(counts) - counts
    return group, np.arange(len(group)) - np.repeat(first, counts)
