"""Why two records are, or are not, one person: every field's log2 weight, the prior, the three posteriors, and what met them.

Nothing is learned here and no table is read: the same frozen model that scored the pairs scores them again, a step at a time.
What an explanation holds are names of fields and levels; the values behind them are in explain_edges.values_of.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.identity.linkage.compare import UNKNOWN, Comparer
from pipelines.identity.linkage.em import Parameters, field_bits
from pipelines.identity.linkage.encode import Records, encode
from pipelines.identity.linkage.keys import NO_KEY, Keys
from pipelines.identity.linkage.learned import Learned, frozen_comparers, parameters_of
from pipelines.identity.linkage.pairs import allowed
from pipelines.identity.linkage.patterns import patterns
from pipelines.identity.linkage.score import Scorer
from schemas.identity_language import parse_rule
from schemas.identity_model import IdentityModel

MISSING_LABEL = "missing"  # the label of a field that either record lacks
STEPS = pl.Schema(
    {
        "field": pl.String(),
        "level": pl.Int64(),
        "label": pl.String(),
        "match_bits": pl.Float64(),
        "frequency_bits": pl.Float64(),
        "household_bits": pl.Float64(),
    }
)


@dataclass(frozen=True)
class Explanation:
    """One pair. All bits are log2; above 0 they speak for one person.

    left_record_id < right_record_id; steps: field, level, label, match_bits, frequency_bits, household_bits, a row per field of
    the model. household_bits are those of the kind of household that fits the pair best, frequency included.
    prior_bits: odds of one person to strangers before anything is compared. household_prior_bits: the same of that household.
    household_share_bits: what it costs that the pair may be one household instead; never above 0.
    match, household, strangers: posteriors, as the engine scores them. rules: blocking rules by which the two meet.
    is_allowed: whether the model lets the two be one person at all.
    """

    left_record_id: str
    right_record_id: str
    steps: pl.DataFrame
    prior_bits: float
    household_prior_bits: float
    household_share_bits: float
    match: float
    household: float
    strangers: float
    rules: tuple[str, ...]
    is_allowed: bool

    @property
    def weight(self) -> float:
        """What the fields add up to: the weight of an edge."""
        return float(self.steps.select(pl.col("match_bits") + pl.col("frequency_bits")).to_series().sum())

    @property
    def against_strangers(self) -> float:
        """Log-odds of one person to strangers: the prior and the fields."""
        return self.prior_bits + self.weight

    @property
    def odds(self) -> float:
        """Log-odds of one person to all else, log2(match / (1 - match)): at 0 the chance is one in two."""
        return self.against_strangers + self.household_share_bits


class NotAPair(ValueError):
    """Records that are no pair: not two, or one twice. `found` is their number."""

    def __init__(self, found: int) -> None:
        self.found = found
        super().__init__(f"a pair of {found} records; expected two rows with different record ids")


def explain_pair(records: pl.DataFrame, model: IdentityModel, learned: Learned) -> Explanation:
    """Explain two records.

    Args:
        records: two rows with the columns that the model reads. Raises NotAPair for any other number.
        model: the model they were linked by.
        learned: what was learned with it.
    """
    if records[model.record_id].n_unique() != 2 or len(records) != 2:
        raise NotAPair(len(records))
    coded = encode(records, model)
    scorer = _scorer(coded, model, learned)
    # Twice the same pair: sums over a single column are rounded in another order than those over many.
    left, right = np.array([0, 0]), np.array([1, 1])
    found = patterns(scorer.comparers, left, right)
    scored = scorer.of(found)
    match, household = float(scored.match[0]), float(scored.household[0])
    levels, frequency = found.levels[found.of_pair[0]], found.corrections[:, 0].astype(np.float64)
    kind, homes = _homes(scorer, levels, frequency)
    return Explanation(
        left_record_id=coded.ids[0],
        right_record_id=coded.ids[1],
        steps=_steps(scorer, learned, levels, frequency, homes[kind] if homes else None),
        prior_bits=_prior_bits(scorer.parameters, 0),
        household_prior_bits=_prior_bits(scorer.parameters, kind + 1) if homes else -np.inf,
        household_share_bits=_household_share(scorer, levels, frequency, homes),
        match=match,
        household=household,
        strangers=max(1.0 - match - household, 0.0),
        rules=_rules_met(coded, learned),
        is_allowed=bool(allowed(coded, model, left, right)[0]),
    )


def _scorer(coded: Records, model: IdentityModel, learned: Learned) -> Scorer:
    comparers = frozen_comparers(coded, learned)
    return Scorer(comparers, parameters_of(learned, list(coded.fields)), frozenset(model.household))


def _bits(told: tuple[np.ndarray, ...], random: tuple[np.ndarray, ...], levels: np.ndarray) -> np.ndarray:
    """Per field, log2 of one class to strangers on its level."""
    return np.array([field_bits(p, u)[min(level, len(p))] for p, u, level in zip(told, random, levels, strict=True)])


def _homes(scorer: Scorer, levels: np.ndarray, frequency: np.ndarray) -> tuple[int, list[np.ndarray]]:
    """Which kind of household fits best, and per kind the bits of each field, frequency included."""
    told = scorer.parameters
    is_shared = np.array([one.field.name in scorer.shared for one in scorer.comparers])
    homes = [_bits(home, told.random, levels) + np.where(is_shared, frequency, 0.0) for home in told.households]
    odds = [_prior_bits(told, kind + 1) + float(one.sum()) for kind, one in enumerate(homes)]
    return (int(np.argmax(odds)) if odds else 0), homes


def _household_share(scorer: Scorer, levels: np.ndarray, frequency: np.ndarray, homes: list[np.ndarray]) -> float:
    """Odds of one person to strangers or a household, less those to strangers alone: -log2(1 + odds of any household)."""
    odds = [_prior_bits(scorer.parameters, kind + 1) + float(one.sum()) for kind, one in enumerate(homes)]
    return -float(np.logaddexp2.reduce([0.0, *odds]))


def _prior_bits(told: Parameters, place: int) -> float:
    return float(np.log2(told.prior[place] / told.prior[-1]))


def _steps(
    scorer: Scorer, learned: Learned, levels: np.ndarray, frequency: np.ndarray, household: np.ndarray | None
) -> pl.DataFrame:
    match = _bits(scorer.parameters.match, scorer.parameters.random, levels)
    home = np.zeros(len(match)) if household is None else household
    rows = [
        (one.field.name, int(level), _label(one, learned, int(level)), float(m), float(f), float(h))
        for one, level, m, f, h in zip(scorer.comparers, levels, match, frequency, home, strict=True)
    ]
    return pl.DataFrame(rows, schema=STEPS, orient="row")


def _label(comparer: Comparer, learned: Learned, level: int) -> str:
    if level == UNKNOWN:
        return MISSING_LABEL
    is_it = (pl.col("field") == comparer.field.name) & (pl.col("level") == level)
    return str(learned.parameters.filter(is_it)["label"].item())


def _rules_met(pair: Records, learned: Learned) -> tuple[str, ...]:
    """Rules of which some key of the one record is some key of the other."""
    keys = Keys(pair)
    met = []
    for text in learned.rules:
        slots = keys.of_rule(parse_rule(text))
        held = [{int(slot[place]) for slot in slots} - {int(NO_KEY)} for place in (0, 1)]
        if held[0] & held[1]:
            met.append(text)
    return tuple(met)
