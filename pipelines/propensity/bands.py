"""Bands: each feature cut into a few ranges, each with a coefficient of its own. Sums over bands bend where reality does."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

MOST_BANDS = 10
LEAST_KNOWN = 200  # rows that know a feature, below which it has one band only
EDGE_DIGITS = 4

Codes = NDArray[np.int16]


def find_edges(frame: pl.DataFrame, features: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """Inner edges of the bands of each feature: tenths of what is known, nothing (0) in a band of its own."""
    return {name: _edges(frame[name]) for name in features}


def _edges(values: pl.Series) -> NDArray[np.float64]:
    known = np.sort(values.drop_nulls().to_numpy())
    some = known[known != 0]
    if len(some) < LEAST_KNOWN:
        return np.array([], dtype=np.float64)
    at = (np.arange(1, MOST_BANDS) * len(some)) // MOST_BANDS
    positive = some[some > 0]
    around_nothing = [0.0, *positive[:1]] if len(some) < len(known) else []
    return np.unique(np.round([*some[at], *around_nothing], EDGE_DIGITS))


def codes(values: pl.Series, edges: NDArray[np.float64]) -> Codes:
    """The band of each value: 0 where it is null, else 1 plus the number of edges at or below it."""
    known = values.is_not_null().to_numpy()
    found = np.searchsorted(edges, np.round(values.fill_null(0.0).to_numpy(), EDGE_DIGITS), side="right") + 1
    return np.where(known, found, 0).astype(np.int16)
