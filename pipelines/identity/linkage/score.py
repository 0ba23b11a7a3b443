"""Pairs scored: posteriors of the three classes, and the log-odds of being one person."""

from dataclasses import dataclass

import numpy as np

from pipelines.identity.linkage.compare import Comparer
from pipelines.identity.linkage.em import Parameters, posteriors
from pipelines.identity.linkage.patterns import Patterns, patterns

LARGEST_BITS = 60.0  # of log-odds; beyond it, more evidence changes nothing


@dataclass(frozen=True)
class Scored:
    """Per pair: posterior of match and household (strangers have the rest), summed log2 weight, log2 odds of match."""

    match: np.ndarray
    household: np.ndarray
    weight: np.ndarray
    odds: np.ndarray


@dataclass(frozen=True)
class Scorer:
    """A learned model, ready for any pairs of the records that its comparers hold."""

    comparers: list[Comparer]
    parameters: Parameters
    shared: frozenset[str]

    def of(self, found: Patterns) -> Scored:
        """Score pairs that were compared."""
        bits = self.parameters.bits(found.levels)[:, found.of_pair]
        is_shared = np.array([one.field.name in self.shared for one in self.comparers])
        bits[0] += found.corrections.sum(axis=0)
        bits[1:] += found.corrections[is_shared].sum(axis=0)
        match, household = posteriors(self.parameters, bits)
        rest = np.maximum(1.0 - match, 2.0**-LARGEST_BITS)
        odds = np.log2(np.maximum(match, 2.0**-LARGEST_BITS)) - np.log2(rest)
        return Scored(match, household, bits[0], odds)

    def pairs(self, left: np.ndarray, right: np.ndarray) -> Scored:
        """Compare and score pairs."""
        return self.of(patterns(self.comparers, left, right))
