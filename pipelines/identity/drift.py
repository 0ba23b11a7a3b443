"""How far what is compared today is from what the model was learned on: population stability index of levels, per field."""

import numpy as np
import polars as pl

from pipelines.identity.linkage.compare import UNKNOWN

ENOUGH_PAIRS = 5_000  # below it, a day says too little to alarm anybody
FLOOR = 1e-3  # share of a level; rarer ones would rule the index


def level_shares(patterns: pl.DataFrame, sizes: list[int]) -> list[np.ndarray]:
    """Share of each level of each field among pairs that know it. `patterns` has levels and pairs, `sizes` levels per field."""
    levels = np.array(patterns["levels"].to_list(), dtype=np.int64).reshape(len(patterns), len(sizes))
    pairs = patterns["pairs"].to_numpy().astype(float)
    counted = [np.bincount(levels[known, i], weights=pairs[known], minlength=size) for i, size, known in _known(levels, sizes)]
    return [one / max(float(one.sum()), 1.0) for one in counted]


def _known(levels: np.ndarray, sizes: list[int]) -> list[tuple[int, int, np.ndarray]]:
    return [(i, size, levels[:, i] != UNKNOWN) for i, size in enumerate(sizes)]


def drift(learned: list[np.ndarray], now: list[np.ndarray], pairs: int) -> float:
    """The largest index over the fields; 0 where too few pairs were compared.

    Population stability index: sum of (now - then) * ln(now / then) (Lewis 1994); from 0.25 a shift is called large.
    """
    if pairs < ENOUGH_PAIRS:
        return 0.0
    return max((_index(then, today) for then, today in zip(learned, now, strict=True) if today.sum() > 0), default=0.0)


def _index(then: np.ndarray, today: np.ndarray) -> float:
    a, b = np.maximum(then, FLOOR), np.maximum(today, FLOOR)
    return float(((b - a) * np.log(b / a)).sum())
