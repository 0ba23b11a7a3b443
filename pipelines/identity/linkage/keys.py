"""Blocking keys: per rule a 64-bit number for each record, equal where all parts of the rule are equal.

Keys are made of the texts themselves, so that a key of yesterday's records can be met by today's.
"""

from itertools import product

import numpy as np
import polars as pl

from pipelines.identity.linkage.derive import derived
from pipelines.identity.linkage.encode import Coded, Records
from schemas.identity_language import Key

NO_KEY = np.uint64(0)
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_SEED = 11


class Keys:
    """Keys of some records, computed once per part."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._parts: dict[Key, np.ndarray] = {}

    def of_rule(self, rule: tuple[Key, ...]) -> list[np.ndarray]:
        """One array per combination of the values that records hold; NO_KEY where a part is missing."""
        parts = [self._slots(key) for key in rule]
        return [_combined(list(one)) for one in product(*parts)]

    def _slots(self, key: Key) -> list[np.ndarray]:
        field = self._records.fields[key.field]
        if key not in self._parts:
            self._parts[key] = hashes(field, key)
        of_value = self._parts[key]
        return [of_value[slot] for slot in field.slots]


def hashes(field: Coded, key: Key) -> np.ndarray:
    """A number per distinct value of a field, with NO_KEY at the end for MISSING."""
    told = derived(key.function, field.values, key.n)
    numbers = text_hashes(told)
    return np.append(numbers, NO_KEY)


def text_hashes(texts: pl.Series) -> np.ndarray:
    """A 64-bit number of each text, NO_KEY for null and never otherwise. Equal in every process of one version of Polars."""
    numbers = texts.hash(seed=_SEED).to_numpy() | np.uint64(1)
    return np.where(texts.is_null().to_numpy(), NO_KEY, numbers)


def _combined(parts: list[np.ndarray]) -> np.ndarray:
    out = parts[0].copy()
    known = out != NO_KEY
    for part in parts[1:]:
        known &= part != NO_KEY
        out = (out ^ (out >> np.uint64(29))) * _PRIME + part
    out |= np.uint64(1)
    out[~known] = NO_KEY
    return out
