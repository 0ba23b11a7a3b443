"""Which letters each text holds, as 64 bits: enough to know of most unlike pairs that they are too far apart to be compared.

A letter of one text that the other does not hold is unmatched in any comparison, so each missing bit costs at least one letter.
"""

from collections.abc import Callable

import numpy as np
import polars as pl
import pyarrow as pa

AT_ONCE = 100_000  # texts
# Letters beyond ASCII share one bit: two that differ may look alike here, never the other way round.
_BIT = np.uint64(1) << np.where(np.arange(256) < 128, np.arange(256) % 64, 63).astype(np.uint64)
PREFIX_GAIN = 0.4  # the most that equal beginnings add in Jaro-Winkler: four letters at 0.1 of what is missing to 1


def letters(texts: pl.Series) -> np.ndarray:
    """A 64-bit number of each text, with a bit per letter that it holds."""
    parts = [_letters(texts[first : first + AT_ONCE]) for first in range(0, len(texts), AT_ONCE)]
    return np.concatenate([np.empty(0, dtype=np.uint64), *parts])


def _letters(texts: pl.Series) -> np.ndarray:
    told = texts.fill_null("").to_arrow().cast(pa.large_string())
    _, places, data = told.buffers()
    ends = np.frombuffer(places, dtype=np.int64)[told.offset : told.offset + len(told) + 1]
    out = np.zeros(len(told), dtype=np.uint64)
    filled = ends[1:] > ends[:-1]
    if filled.any():
        bits = _BIT[np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]]]
        out[filled] = np.bitwise_or.reduceat(bits, ends[:-1][filled] - ends[0])
    return out


def can_reach(
    measure: str, until: float, letters: tuple[np.ndarray, np.ndarray], lengths: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """Pairs that may come as near as `until`; all where nothing can be told of a measure."""
    a, b = letters
    only_a, only_b = np.bitwise_count(a & ~b), np.bitwise_count(b & ~a)
    long_a, long_b = lengths[0].astype(np.float32), lengths[1].astype(np.float32)
    if measure not in _REACHED:
        return np.ones(len(a), dtype=bool)
    return _REACHED[measure](until, long_a, long_b, long_a - only_a, long_b - only_b)


def _edits(until: float, long_a: np.ndarray, long_b: np.ndarray, shared_a: np.ndarray, shared_b: np.ndarray) -> np.ndarray:
    """Every letter that only one text holds is one edit, and so is every letter that one is longer."""
    return (long_a - shared_a <= until) & (long_b - shared_b <= until) & (np.abs(long_a - long_b) <= until)


def _jaro_winkler(until: float, long_a: np.ndarray, long_b: np.ndarray, shared_a: np.ndarray, shared_b: np.ndarray) -> np.ndarray:
    shared = np.minimum(shared_a, shared_b)
    jaro = (shared / np.maximum(long_a, 1) + shared / np.maximum(long_b, 1) + 1) / 3
    return jaro + PREFIX_GAIN * (1 - jaro) >= until


def _token_sort(until: float, long_a: np.ndarray, long_b: np.ndarray, shared_a: np.ndarray, shared_b: np.ndarray) -> np.ndarray:
    """Twice the longest common subsequence to all letters, in percent."""
    return 200 * np.minimum(shared_a, shared_b) >= until * (long_a + long_b)


_REACHED: dict[str, Callable[..., np.ndarray]] = {"edits": _edits, "jaro_winkler": _jaro_winkler, "token_sort": _token_sort}
