"""Pairs scored: posteriors of the three classes, and the log-odds of being one person."""

from dataclasses import dataclass

import numpy as np

from pipelines.identity.linkage.compare import Comparer
from pipelines.identity.linkage.em import Parameters, posteriors
from pipelines.identity.linkage.patterns import Patterns, patterns

LARGEST_BITS = 60.0  # of log-odds; beyond it, more evidence changes nothing


# What a pair below the threshold says against a group of records, in bits of log-odds. Measured on labelled sets.
LEAST_ODDS = -3.0  # no more than this: one unlike pair must not outweigh many alike ones
LEAST_SUPPORTED = -1.5  # where the fields speak for one person, only not enough to be found alone: too few of them are known
SUPPORTED_FROM = 5.0  # weight, bits
PERHAPS_HOME = 0.1  # posterior of a household from which two alike are rather two of one house
BELOW = 1.0  # bits under the threshold that a pair below it stays at least

AT_ONCE = 32_768  # pairs scored together, so that they stay near the processor


@dataclass(frozen=True)
class Scored:
    """Per pair: posterior of match and household (strangers have the rest), summed log2 weight, log2 odds of match."""

    match: np.ndarray
    household: np.ndarray
    weight: np.ndarray
    odds: np.ndarray


def log_odds(chance: np.ndarray) -> np.ndarray:
    """log2 of a probability to its complement, within LARGEST_BITS."""
    least = 2.0**-LARGEST_BITS
    return np.log2(np.maximum(chance, least)) - np.log2(np.maximum(1.0 - chance, least))


def in_group(odds: np.ndarray, weight: np.ndarray, household: np.ndarray, from_odds: float) -> np.ndarray:
    """Log-odds of pairs as they count where a group is looked at whole: those from `from_odds` as they are, others bounded."""
    is_supported = (weight >= SUPPORTED_FROM) & (household < PERHAPS_HOME)
    least = np.where(is_supported, LEAST_SUPPORTED, LEAST_ODDS)
    return np.where(odds >= from_odds, odds, np.maximum(odds, np.minimum(least, from_odds - BELOW)))


def _summed(rows: list[np.ndarray]) -> np.ndarray | float:
    """Sum in the order of the rows, so that it rounds alike for one pair and for many."""
    return sum(rows[1:], rows[0]) if rows else 0.0


@dataclass(frozen=True)
class Scorer:
    """A learned model, ready for any pairs of the records that its comparers hold."""

    comparers: list[Comparer]
    parameters: Parameters
    shared: frozenset[str]

    def of(self, found: Patterns) -> Scored:
        """Score pairs that were compared."""
        of_pattern = self.parameters.bits(found.levels)
        match, household, weight, odds = np.empty((4, len(found.of_pair)))
        for first in range(0, len(match), AT_ONCE):
            part = slice(first, first + AT_ONCE)
            bits = of_pattern[:, found.of_pair[part]]
            self._correct(bits, found.corrections[:, part])
            match[part], household[part] = posteriors(self.parameters, bits)
            weight[part], odds[part] = bits[0], log_odds(match[part])
        return Scored(match, household, weight, odds)

    def _correct(self, bits: np.ndarray, corrections: np.ndarray) -> None:
        """Add what single values are worth beside their band."""
        bits[0] += _summed(list(corrections))
        bits[1:] += _summed([row for row, one in zip(corrections, self.comparers, strict=True) if one.field.name in self.shared])

    def pairs(self, left: np.ndarray, right: np.ndarray) -> Scored:
        """Compare and score pairs."""
        return self.of(patterns(self.comparers, left, right))
