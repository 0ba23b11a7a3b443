"""Three classes learned from pattern counts: one person, one household but two persons, strangers.

Expectation and maximisation over counts of patterns (Dempster, Laird & Rubin 1977; for linkage Winkler 1988), with three turns:
pairs that no rule made are counted as strangers, so that no rule biases what is learned; what strangers share is known from
frequencies and random pairs and stays fixed; and in the household class only the fields that people of one house share are
free, the others are as between strangers. Two classes would take families for persons.
"""

from dataclasses import dataclass

import numpy as np

from pipelines.identity.linkage.compare import UNKNOWN, Comparer
from pipelines.identity.linkage.patterns import Patterns

ROUNDS = 60
SETTLED = 1e-5  # largest change of any probability at which learning stops
PRIOR_PAIRS = 10.0  # weight of what is assumed before any pair was seen
START_EXACT, START_ELSE = 0.80, 0.03  # of two records of one person, before learning
HOUSEHOLDS_PER_RECORD, MATCHES_PER_RECORD = 0.3, 0.3
FLOOR = 1e-7


@dataclass(frozen=True)
class Parameters:
    """Per field three distributions over its levels; the shares of the classes among all pairs; rounds until settled."""

    match: tuple[np.ndarray, ...]
    household: tuple[np.ndarray, ...]
    random: tuple[np.ndarray, ...]
    prior: tuple[float, float, float]
    rounds: int = 0

    def bits(self, levels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Summed log2 likelihood ratios to strangers, of match and of household, for each row of levels."""
        return _summed(self.match, self.random, levels), _summed(self.household, self.random, levels)


def _summed(mine: tuple[np.ndarray, ...], random: tuple[np.ndarray, ...], levels: np.ndarray) -> np.ndarray:
    out = np.zeros(len(levels))
    for column, (p, u) in enumerate(zip(mine, random, strict=True)):
        out += field_bits(p, u)[np.minimum(levels[:, column], len(p))]
    return out


def field_bits(p: np.ndarray, u: np.ndarray) -> np.ndarray:
    """log2 ratio per level, with 0 for an unknown value at the end."""
    return np.append(np.log2(np.maximum(p, FLOOR) / np.maximum(u, FLOOR)), 0.0)


def learn(
    comparers: list[Comparer],
    random: tuple[np.ndarray, ...],
    found: Patterns,
    *,
    shared: frozenset[str],
    records: int,
    total: float,
) -> Parameters:
    """Learn from patterns.

    Args:
        comparers: the fields, in the order of the columns of the patterns.
        random: per field the distribution over levels among strangers.
        found: the patterns of all pairs that rules made.
        shared: names of fields that people of one household share; none: two classes.
        records: number of records, for the start.
        total: number of all pairs that could be, made or not.
    """
    start = [_start(one) for one in comparers]
    is_shared = [one.field.name in shared for one in comparers]
    told = Parameters(
        match=tuple(start),
        household=tuple(p if free else u for p, u, free in zip(start, random, is_shared, strict=True)),
        random=random,
        prior=_prior(MATCHES_PER_RECORD * records, HOUSEHOLDS_PER_RECORD * records if any(is_shared) else 0.0, total),
    )
    for round_ in range(1, ROUNDS + 1):
        after = _step(told, found, start, is_shared, total, round_)
        change = max(
            float(np.abs(a - b).max()) for a, b in zip(after.match + after.household, told.match + told.household, strict=True)
        )
        told = after
        if change < SETTLED:
            break
    return told


def _prior(matches: float, households: float, total: float) -> tuple[float, float, float]:
    match, household = matches / total, households / total
    return match, household, 1.0 - match - household


def _start(comparer: Comparer) -> np.ndarray:
    """Agreement of two records of one person, before learning: mostly exact, in the bands by how many hold their values."""
    mass = comparer.frequency.mass + 1e-6
    rest = np.full(len(comparer.levels) + 1, (1 - START_EXACT - START_ELSE) / max(len(comparer.levels), 1))
    rest[-1] = START_ELSE
    out = np.concatenate([START_EXACT * mass / mass.sum(), rest])
    return out / out.sum()


def posteriors(told: Parameters, match_bits: np.ndarray, household_bits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Posterior of match and of household for pairs with these summed bits; strangers have the rest."""
    logs = np.stack(
        [
            np.log2(told.prior[0]) + match_bits,
            _log2(told.prior[1]) + household_bits,
            np.full(len(match_bits), np.log2(told.prior[2])),
        ]
    )
    shifted = np.exp2(logs - logs.max(axis=0))
    share = shifted / shifted.sum(axis=0)
    return share[0], share[1]


def _log2(value: float) -> float:
    return float(np.log2(value)) if value > 0 else -1e9


def _step(
    told: Parameters, found: Patterns, start: list[np.ndarray], is_shared: list[bool], total: float, round_: int
) -> Parameters:
    match, household = posteriors(told, *told.bits(found.levels))
    match, household = match * found.counts, household * found.counts
    m = tuple(_share(found.levels[:, i], match, s) for i, s in enumerate(start))
    h = tuple(
        _share(found.levels[:, i], household, s) if free else u
        for i, (s, free, u) in enumerate(zip(start, is_shared, told.random, strict=True))
    )
    prior = _prior(float(match.sum()) + 0.5, float(household.sum()) + 0.5 if any(is_shared) else 0.0, total)
    return Parameters(m, h, told.random, prior, round_)


def _share(levels: np.ndarray, weight: np.ndarray, start: np.ndarray) -> np.ndarray:
    known = levels != UNKNOWN
    counted = np.bincount(levels[known], weights=weight[known], minlength=len(start)) + PRIOR_PAIRS * start
    return counted / counted.sum()
