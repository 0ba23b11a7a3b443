"""Three classes learned from pattern counts: one person, one household but two persons, strangers.

Expectation and maximisation over counts of patterns (Dempster, Laird & Rubin 1977; for linkage Winkler 1988), with three turns:
pairs that no rule made are counted as strangers, so that no rule biases what is learned; what strangers share is known from
frequencies and random pairs and stays fixed; and in the household class only the fields that people of one house share are
free, the others are as between strangers. Two classes would take families for persons.
"""

from dataclasses import dataclass

import numpy as np

from pipelines.identity.linkage.compare import Comparer
from pipelines.identity.linkage.patterns import Patterns

ROUNDS = 60
SETTLED = 1e-5  # largest change of any probability at which learning stops
PRIOR_PAIRS = 10.0  # weight of what is assumed before any pair was seen
START_EXACT = 0.80  # of two records of one person, before learning
HOUSEHOLD_STARTS = (0.80, 0.40)  # kinds of household: those who share all, and those who share some
HOUSEHOLDS_PER_RECORD, MATCHES_PER_RECORD = 0.3, 0.3
FLOOR = 1e-7
LEAST_KIN, MOST_KIN = 1e-15, 0.9  # of all pairs; only a file of no records, or of a few, reaches them
ANCHOR = 0.1
PERSONAL = frozenset(
    {"given_name", "name", "date", "category"}
)  # of other kinds, only exact agreement tells people of a house apart


@dataclass(frozen=True)
class Parameters:
    """What was learned.

    match, random: per field a distribution over its levels. households: the same, once per kind of household.
    prior: the share among all pairs of match, of each kind of household, and of strangers. rounds: until settled.
    """

    match: tuple[np.ndarray, ...]
    households: tuple[tuple[np.ndarray, ...], ...]
    random: tuple[np.ndarray, ...]
    prior: tuple[float, ...]
    rounds: int = 0

    def bits(self, levels: np.ndarray) -> np.ndarray:
        """Summed log2 likelihood ratios to strangers: a row per class but strangers, a column per row of levels."""
        columns = columns_of(levels, self.random)
        return np.stack([_summed(one, self.random, columns) for one in (self.match, *self.households)])


def columns_of(levels: np.ndarray, sized: tuple[np.ndarray, ...]) -> list[np.ndarray]:
    """Levels by field, ready as places in an array; an unknown value is one behind the last level."""
    return [np.minimum(levels[:, place], len(one)).astype(np.intp) for place, one in enumerate(sized)]


def _summed(mine: tuple[np.ndarray, ...], random: tuple[np.ndarray, ...], columns: list[np.ndarray]) -> np.ndarray:
    out = np.zeros(len(columns[0]) if columns else 0)
    for p, u, column in zip(mine, random, columns, strict=True):
        out += field_bits(p, u)[column]
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
    is_shared = [one.field.name in shared for one in comparers]
    ties = [
        0 if free else one.size if one.field.spec.kind in PERSONAL else one.bands
        for one, free in zip(comparers, is_shared, strict=True)
    ]
    personal = [one.field.spec.kind in PERSONAL for one in comparers]
    kinds = HOUSEHOLD_STARTS if any(is_shared) else ()
    start = [_start(one, START_EXACT) for one in comparers]
    homes = [
        [_start(one, exact) if free else u for one, u, free in zip(comparers, random, is_shared, strict=True)] for exact in kinds
    ]
    told = Parameters(
        match=tuple(start),
        households=tuple(tuple(one) for one in homes),
        random=random,
        prior=_prior([MATCHES_PER_RECORD * records, *(HOUSEHOLDS_PER_RECORD * records for _ in kinds)], total),
    )
    columns = columns_of(found.levels, random)
    for round_ in range(1, ROUNDS + 1):
        after = _step(told, columns, found.counts, start, homes, ties, personal, total, round_)
        change = _change(told, after)
        told = after
        if change < SETTLED:
            break
    return told


def _change(before: Parameters, after: Parameters) -> float:
    a, b = ([*one.match, *(p for home in one.households for p in home)] for one in (before, after))
    return max(float(np.abs(x - y).max()) for x, y in zip(a, b, strict=True))


def _prior(pairs: list[float], total: float) -> tuple[float, ...]:
    """Shares of the classes and of strangers, who are most pairs of any file worth linking."""
    shares = np.maximum(np.array(pairs) / max(total, 1.0), LEAST_KIN)
    shares *= min(1.0, MOST_KIN / shares.sum())
    return (*shares.tolist(), 1.0 - float(shares.sum()))


def _start(comparer: Comparer, exact: float) -> np.ndarray:
    """Agreement of two records before learning: mostly exact, in the bands by how many hold their values."""
    mass = comparer.frequency.mass + 1e-6
    rest = np.full(len(comparer.levels) + 1, (1 - exact) * 0.85 / max(len(comparer.levels), 1))
    rest[-1] = (1 - exact) * (0.15 if comparer.levels else 1.0)
    out = np.concatenate([exact * mass / mass.sum(), rest])
    return out / out.sum()


def posteriors(told: Parameters, bits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Posterior of match, and of household of any kind, for pairs with these summed bits per class; strangers have the rest."""
    share = class_shares(told, bits)
    return share[0], share[1:-1].sum(axis=0)


def class_shares(told: Parameters, bits: np.ndarray) -> np.ndarray:
    """Posterior of every class: match, the kinds of household, strangers."""
    logs = np.vstack([bits, np.zeros(bits.shape[1])]) + np.log2(np.array(told.prior))[:, None]
    shifted = np.exp2(logs - logs.max(axis=0))
    return shifted / shifted.sum(axis=0)


def _step(
    told: Parameters,
    columns: list[np.ndarray],
    counts: np.ndarray,
    start: list[np.ndarray],
    homes: list[list[np.ndarray]],
    ties: list[int],
    personal: list[bool],
    total: float,
    round_: int,
) -> Parameters:
    bits = np.stack([_summed(one, told.random, columns) for one in (told.match, *told.households)])
    weights = class_shares(told, bits)[:-1] * counts
    anchor = [ANCHOR * float(weights[0].sum()) if one else 0.0 for one in personal]
    match = tuple(_share(columns[i], weights[0], one, extra) for i, (one, extra) in enumerate(zip(start, anchor, strict=True)))
    households = tuple(
        tuple(
            _tied(_share(columns[i], weight, one), told.random[i], tie)
            for i, (one, tie) in enumerate(zip(home, ties, strict=True))
        )
        for home, weight in zip(homes, weights[1:], strict=True)
    )
    prior = _prior([float(one.sum()) + 0.5 for one in weights], total)
    return Parameters(match, households, told.random, prior, round_)


def _tied(learned: np.ndarray, random: np.ndarray, tie: int) -> np.ndarray:
    """A household's levels: the first `tie` are as between strangers, the others share what is left as learned."""
    if tie in (0, len(random)):
        return random if tie else learned
    rest = learned[tie:] / learned[tie:].sum()
    return np.concatenate([random[:tie], rest * (1.0 - random[:tie].sum())])


def _share(levels: np.ndarray, weight: np.ndarray, start: np.ndarray, anchor: float = 0.0) -> np.ndarray:
    counted = np.bincount(levels, weights=weight, minlength=len(start) + 1)[:-1] + (PRIOR_PAIRS + anchor) * start
    return counted / counted.sum()
