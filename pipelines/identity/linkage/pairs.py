"""Which records meet: pairs of records that share a key of some rule, once each.

A key on more records than the cap is no key: it is dropped and listed for the steward. Pairs that a model forbids (one source
in link mode, two values across a barrier) are never made.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.identity.linkage.encode import MISSING, Records
from pipelines.identity.linkage.keys import NO_KEY, Keys
from schemas.identity_language import Key
from schemas.identity_model import IdentityModel

Rule = tuple[Key, ...]
DROPPED = pl.Schema({"rule": pl.String(), "record_id": pl.String(), "records": pl.Int64()})


@dataclass(frozen=True)
class Pairs:
    """left < right (places in Records), sorted; rules: rule, pairs, dropped; dropped: rule, an example record, records."""

    left: np.ndarray
    right: np.ndarray
    rules: pl.DataFrame
    dropped: pl.DataFrame

    def __len__(self) -> int:
        return len(self.left)


def rule_name(rule: Rule) -> str:
    """A rule as it is written in a model file."""
    return ", ".join(str(key) for key in rule)


def pairs(records: Records, model: IdentityModel, rules: tuple[Rule, ...], keys: Keys, *, new: np.ndarray | None = None) -> Pairs:
    """All pairs over the union of the rules; where some records are marked as new, only pairs that hold one of them."""
    found, counts, dropped = [], [], []
    for rule in rules:
        packed, lost = of_rule(records, keys.of_rule(rule), model.limits.max_block, new)
        packed = packed[allowed(records, model, packed // len(records), packed % len(records))]
        found.append(packed)
        counts.append((rule_name(rule), len(packed), len(lost)))
        dropped.append(lost.select(pl.lit(rule_name(rule)).alias("rule"), "record_id", "records"))
    every = sorted_once(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)
    told = pl.DataFrame(counts, schema={"rule": pl.String, "pairs": pl.Int64, "dropped": pl.Int64}, orient="row")
    size = max(len(records), 1)
    return Pairs(
        (every // size).astype(np.int32), (every % size).astype(np.int32), told, pl.concat([DROPPED.to_frame(), *dropped])
    )


def allowed(records: Records, model: IdentityModel, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Pairs that may be one person at all."""
    return judged(records, model, left, right) & unbarred(records, left, right)


def judged(records: Records, model: IdentityModel, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Pairs that are looked at: in link mode those of two sources."""
    if model.mode == "link" and records.sources is not None:
        return records.sources[left] != records.sources[right]
    return np.ones(len(left), dtype=bool)


def unbarred(records: Records, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Pairs without two known and different values of a barrier."""
    out = np.ones(len(left), dtype=bool)
    for barrier in records.barriers:
        a, b = barrier[left], barrier[right]
        out &= (a == b) | (a == MISSING) | (b == MISSING)
    return out


def of_rule(records: Records, keys: list[np.ndarray], cap: int, new: np.ndarray | None = None) -> tuple[np.ndarray, pl.DataFrame]:
    """Packed pairs (left * records + right) of one rule, and its dropped blocks."""
    record, key = _sorted(*_listed(keys), len(records))
    starts = np.flatnonzero(np.append(True, key[1:] != key[:-1])) if len(key) else np.empty(0, dtype=np.int64)
    sizes = np.diff(np.append(starts, len(key)))
    over = sizes > cap
    lost = pl.DataFrame({"record_id": records.ids.gather(record[starts[over]]), "records": sizes[over].astype(np.int64)})
    meets = ~over & (sizes > 1)
    if new is not None and len(starts):
        meets &= np.logical_or.reduceat(new[record], starts)
    left, right = inside(starts[meets], sizes[meets])
    a, b = record[left].astype(np.int64), record[right].astype(np.int64)
    wanted = a != b if new is None else (a != b) & (new[a] | new[b])
    packed = (np.minimum(a, b) * len(records) + np.maximum(a, b))[wanted]
    return packed, lost.sort("records", "record_id", descending=[True, False])


def _listed(keys: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Records and keys, one row per known key; a record that holds a key twice has it once."""
    known = [np.flatnonzero(one != NO_KEY) for one in keys]
    record, key = np.concatenate(known), np.concatenate([one[place] for one, place in zip(keys, known, strict=True)])
    if len(keys) == 1:
        return record, key
    once = pl.DataFrame({"record": record, "key": key}).unique(maintain_order=True)
    return once["record"].to_numpy(), once["key"].to_numpy()


def _sorted(record: np.ndarray, key: np.ndarray, total: int) -> tuple[np.ndarray, np.ndarray]:
    """Records with their keys in the order of the keys, records of one key in the order in which they came."""
    if len(record) and (np.diff(record) > 0).all():
        quick = _sorted_by_front(record, key, total)
        if quick:
            return quick
    order = np.argsort(key, kind="stable")
    return record[order], key[order]


def _sorted_by_front(record: np.ndarray, key: np.ndarray, total: int) -> tuple[np.ndarray, np.ndarray] | None:
    """As _sorted, where each record has one key: one number that holds the front of the key and the record is sorted many
    times quicker than two. None where two keys of one front lie between each other."""
    bits = np.uint64(max(total - 1, 1).bit_length())
    packed = np.sort((key >> bits) << bits | record.astype(np.uint64))
    places = (packed & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
    of_record = np.empty(total, dtype=np.uint64)
    of_record[record] = key
    keys = of_record[places]
    fronts = keys >> bits
    is_mixed = ((fronts[1:] == fronts[:-1]) & (keys[1:] != keys[:-1])).any()
    return None if is_mixed else (places, keys)


def sorted_once(packed: np.ndarray) -> np.ndarray:
    """Distinct numbers, ascending. Sorting is vectorised in numpy, unlike the hash table behind np.unique."""
    ordered = np.sort(packed)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def inside(starts: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places of all pairs inside blocks that lie one after the other."""
    if not len(starts):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    places = np.repeat(starts, sizes) + _counting(sizes)
    after = np.repeat(starts + sizes, sizes) - places - 1
    left = np.repeat(places, after)
    return left, left + 1 + _counting(after)


def _counting(sizes: np.ndarray) -> np.ndarray:
    """0..size-1 for each size, one after the other."""
    ends = np.cumsum(sizes)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - sizes, sizes)
