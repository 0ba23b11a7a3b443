"""From coded records to a learned model, scored pairs and clusters; without ids, state or a steward."""

from dataclasses import dataclass

import numpy as np

from pipelines.identity.linkage.auto import chosen
from pipelines.identity.linkage.compare import Comparer
from pipelines.identity.linkage.em import Parameters, learn
from pipelines.identity.linkage.encode import Records
from pipelines.identity.linkage.frequency import frequency, mixed_in
from pipelines.identity.linkage.keys import Keys
from pipelines.identity.linkage.measures import Texts
from pipelines.identity.linkage.pairs import Pairs, Rule, judged, pairs, unbarred
from pipelines.identity.linkage.patterns import Patterns, patterns
from pipelines.identity.linkage.refine import FORBIDDEN, NO_ORDERS, Edges, clusters, with_orders
from pipelines.identity.linkage.score import Scored, Scorer, in_group
from pipelines.identity.linkage.strangers import chances
from schemas.identity_language import AUTO, DEFAULT_LEVELS, Key, Level, parse_level, parse_rule
from schemas.identity_model import IdentityField, IdentityModel

# Where households are told apart, the plain average keeps families apart; elsewhere a record may follow its best link.
BEST_SHARE = 0.5


@dataclass(frozen=True)
class Linked:
    """What was met, compared, learned and scored. `rules` are those in force, `cluster` the smallest record of each one's."""

    pairs: Pairs
    patterns: Patterns
    scored: Scored
    scorer: Scorer
    rules: tuple[Rule, ...]
    keys: Keys
    cluster: np.ndarray


def levels_of(spec: IdentityField) -> tuple[Level, ...]:
    """The levels of a field after exact."""
    return tuple(parse_level(one) for one in spec.levels or DEFAULT_LEVELS[spec.kind])[1:]


def comparers_of(records: Records, model: IdentityModel) -> list[Comparer]:
    """The fields of a model, ready to compare these records, with frequencies of these records."""
    return [
        Comparer(one, frequency(one, model.population), levels_of(one.spec), Texts(one.values, one.texts))
        for one in records.fields.values()
    ]


def rules_of(records: Records, model: IdentityModel, keys: Keys) -> tuple[Rule, ...]:
    """The blocking rules of a model; `auto` becomes what fits these records."""
    told = [rule for one in model.blocking for rule in (chosen(records, model, keys) if one == AUTO else (parse_rule(one),))]
    told += [(Key(None, one),) for one in model.same_person]  # so that a later record with a known id meets it
    return tuple(dict.fromkeys(told))


def possible_pairs(records: Records, model: IdentityModel) -> float:
    """Number of all pairs that could be one person; a small file is a sample of a population."""
    total = len(records) * (len(records) - 1) / 2
    if model.mode == "link" and records.sources is not None:
        sizes = np.bincount(records.sources[records.sources >= 0])
        total -= float((sizes * (sizes - 1) / 2).sum())
    return total + len(records) * mixed_in(len(records), model.population) / 2


def link(records: Records, model: IdentityModel, orders: Edges = NO_ORDERS) -> Linked:
    """Learn a model from these records, and link them by it. `orders` are a steward's, by place in the records."""
    keys = Keys(records)
    rules = rules_of(records, model, keys)
    met = pairs(records, model, rules, keys)
    comparers = comparers_of(records, model)
    seen = patterns(comparers, met.left, met.right)
    learned = learned_from(comparers, seen, records, model)
    scorer = Scorer(comparers, learned, frozenset(model.household))
    scored = scorer.of(seen)
    counted = in_group(scored.odds, scored.weight, scored.household, threshold_odds(model))
    known = with_orders(Edges(met.left, met.right, counted), orders)
    return Linked(met, seen, scored, scorer, rules, keys, clustered(records, model, known, scorer))


def learned_from(comparers: list[Comparer], seen: Patterns, records: Records, model: IdentityModel) -> Parameters:
    """The three classes as these patterns show them."""
    return learn(
        comparers,
        chances(comparers),
        seen,
        shared=frozenset(model.household),
        records=len(records),
        total=possible_pairs(records, model),
    )


def threshold_odds(model: IdentityModel) -> float:
    """Log-odds from which two records are one person."""
    return float(np.log2(model.thresholds.match / (1 - model.thresholds.match)))


def clustered(records: Records, model: IdentityModel, known: Edges, scorer: Scorer) -> np.ndarray:
    """Clusters of records: for each the smallest record of its cluster. The odds of `known` are those of in_group."""
    from_odds = threshold_odds(model)

    def score(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        told = scorer.pairs(left, right)
        odds = in_group(told.odds, told.weight, told.household, from_odds)
        odds[~judged(records, model, left, right)] = np.nan
        odds[~unbarred(records, left, right)] = FORBIDDEN
        return odds

    return clusters(len(records), known, score, from_odds, 0.0 if model.household else BEST_SHARE)
