"""From numpy arrays to Polars columns, and back by position."""

from collections.abc import Iterable

import numpy as np
import polars as pl
from numpy.typing import NDArray


def text(values: Iterable[object]) -> pl.Series:
    """A string column; None stays empty."""
    given = values.tolist() if isinstance(values, np.ndarray) else list(values)
    return pl.Series([None if one is None else str(one) for one in given], dtype=pl.String)


def at(frame: pl.DataFrame, name: str, rows: NDArray[np.int64]) -> pl.Series:
    """The values of a column at the given row positions."""
    return frame[name].gather(pl.Series(rows, dtype=pl.Int64))


def numbers(frame: pl.DataFrame, *names: str) -> tuple[NDArray, ...]:
    """Several columns as numpy arrays."""
    return tuple(frame[name].to_numpy() for name in names)
