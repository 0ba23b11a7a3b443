"""Blocking rules chosen by the kinds of the fields and by what they cost on these records.

All conjunctions of one, two or three parts are candidates; kept are the most general ones whose pairs stay within budget, since
a rule that only narrows a kept one meets nobody new. Recall of a resolution is bound by its blocking.
"""

from collections.abc import Iterable
from itertools import combinations

import numpy as np

from pipelines.identity.linkage.encode import Records
from pipelines.identity.linkage.keys import NO_KEY, Keys
from pipelines.identity.linkage.pairs import Rule, of_rule, sorted_once
from schemas.identity_language import Key
from schemas.identity_model import FieldKind, IdentityModel

# (function, n) of each kind; the parts of one field never meet in one rule.
PARTS: dict[FieldKind, tuple[tuple[str | None, int | None], ...]] = {
    "given_name": (("full_name", None), ("sound", None), ("prefix", 2)),
    "family_name": ((None, None), ("sound", None), ("prefix", 3), ("word", -1)),
    "name": (("words", None), ("word", 1), ("word", -1), ("sound", None)),
    "email": ((None, None), ("user", None)),
    "phone": ((None, None), ("suffix", 7), ("suffix", 4)),
    "address": ((None, None), ("number", None), ("word", 2), ("prefix", 8)),
    "postcode": ((None, None), ("prefix", 3)),
    "date": ((None, None), ("year", None), ("month_day", None), ("month_year", None)),
    "id": ((None, None), ("prefix", 5), ("suffix", 5)),
    "vin": ((None, None), ("suffix", 8)),
    "text": ((None, None), ("sound", None), ("prefix", 4)),
    "category": ((None, None),),
}
SHARE_OF_BUDGET = 0.2  # the most that one rule may cost
NEW_PER_RECORD = 0.0005  # new pairs per record below which a rule is not worth its look-up
MAX_PARTS = 3
SAMPLED = 50_000  # keys on which candidates are counted; pairs grow with the square
FOLLOWED = 25_000  # records whose pairs are followed from rule to rule


def chosen(records: Records, model: IdentityModel, keys: Keys) -> tuple[Rule, ...]:
    """Rules within the budget of the model, cheapest first; what counts against the budget is pairs that no earlier rule made.

    Where every value is on too many records, each field is a rule, so that its dropped blocks are listed.
    """
    budget = model.limits.pairs_per_record * len(records)
    parts = [Key(function, name, n) for name, spec in model.fields.items() for function, n in PARTS[spec.kind]]
    kept: list[tuple[float, Rule]] = []
    for size in range(1, MAX_PARTS + 1):
        kept += _affordable(records, model, keys, combinations(parts, size), [one for _, one in kept], budget * SHARE_OF_BUDGET)
    ordered = [rule for _, rule in sorted(kept, key=lambda one: (one[0], [str(key) for key in one[1]]))]
    return _novel(records, model, keys, ordered, budget) or tuple((Key(None, name),) for name in model.fields)


def _affordable(
    records: Records, model: IdentityModel, keys: Keys, rules: Iterable[Rule], general: list[Rule], limit: float
) -> list[tuple[float, Rule]]:
    out = []
    for rule in rules:
        if len({key.field for key in rule}) < len(rule) or any(set(one) <= set(rule) for one in general):
            continue
        cost = _cost(keys.of_rule(rule), model.limits.max_block)
        if 0 < cost <= limit:
            out.append((cost, rule))
    return out


def _novel(records: Records, model: IdentityModel, keys: Keys, rules: list[Rule], budget: float) -> tuple[Rule, ...]:
    """Rules that make new pairs, until the budget is spent; counted on the pairs of every n-th record with later ones."""
    step = max(len(records) // FOLLOWED, 1)
    met, out = np.empty(0, dtype=np.int64), []
    for rule in rules:
        made, _ = of_rule(records, keys.of_rule(rule), model.limits.max_block)
        if step > 1:
            made = made[(made // len(records)) % step == 0]
        union = sorted_once(np.concatenate([met, made]))
        if len(union) - len(met) < NEW_PER_RECORD * len(records) / step:
            continue
        if len(union) > budget / step:
            break
        met = union
        out.append(rule)
    return tuple(out)


def _cost(keys: list[np.ndarray], cap: int) -> float:
    """Pairs that a rule makes, blocks above the cap left out; counted on every n-th key."""
    step = max(sum(len(one) for one in keys) // SAMPLED, 1)
    ordered = np.sort(np.concatenate([one[::step] for one in keys]))
    ordered = ordered[np.searchsorted(ordered, NO_KEY, side="right") :]
    ends = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True)) if len(ordered) else np.empty(0, dtype=np.int64)
    sizes = np.diff(ends, prepend=-1)
    sizes = sizes[sizes * step <= cap].astype(np.float64)
    return float((sizes * (sizes - 1) / 2).sum()) * step**2
