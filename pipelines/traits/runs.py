"""Sums and extremes over runs of rows with equal keys. Rows are sorted by key, so that no hashing is needed; whole numbers only,
so that the order of adding cannot matter. Which rows and keys those are belongs to the modules about points."""

from dataclasses import dataclass
from functools import reduce
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

Whole = npt.NDArray[np.int64]
Truth = npt.NDArray[np.bool_]
Number = TypeVar("Number", np.int64, np.float64)
WHOLE_BITS = 63  # of a 64-bit whole number that is not negative


@dataclass(frozen=True)
class Runs:
    """Where each run begins, and how many rows there are in all. Every method returns one value per run."""

    at: Whole
    rows: int

    @classmethod
    def of(cls, *keys: Whole) -> "Runs":
        """The runs of rows in which no key changes."""
        rows = len(keys[0])
        begins = np.ones(rows, dtype=np.bool_)
        if rows:
            begins[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
        return cls(np.flatnonzero(begins), rows)

    def sums(self, values: Whole) -> Whole:
        """Sums; of truth values how many hold."""
        return np.add.reduceat(values, self.at, dtype=np.int64)

    def largest(self, values: Whole) -> Whole:
        """The largest values."""
        return np.maximum.reduceat(values, self.at)

    def smallest(self, values: Whole) -> Whole:
        """The smallest values."""
        return np.minimum.reduceat(values, self.at)

    def bits(self, values: Whole) -> Whole:
        """The bits that are set in any row."""
        return np.bitwise_or.reduceat(values, self.at)

    def spread(self, values: npt.NDArray[Number]) -> npt.NDArray[Number]:
        """A value per run as a value per row."""
        return np.repeat(values, np.diff(self.at, append=self.rows))

    def first(self, holds: Truth) -> Whole:
        """The place of the first row that holds, or the number of rows where none does."""
        return np.minimum.reduceat(np.where(holds, np.arange(self.rows), self.rows), self.at)


def order_of(*keys: Whole) -> Whole:
    """The places of rows in the order of their keys, the first key first. Keys are not negative; equal rows come in any order.

    Keys that fit into one number together are sorted as that number, in a fraction of the time.
    """
    bits = [int(key.max(initial=0)).bit_length() for key in keys]
    if sum(bits) > WHOLE_BITS:
        return np.lexsort(keys[::-1])
    packed = reduce(lambda one, other: (one << other[1]) | other[0], zip(keys[1:], bits[1:], strict=True), keys[0])
    return np.argsort(packed)


def whole(column: pl.Series) -> Whole:
    """A column of whole numbers without nulls."""
    return column.cast(pl.Int64).to_numpy()


def gathered(names: pl.Series, places: Whole, missing: int) -> pl.Series:
    """The names at places, null where the place is `missing`."""
    asked = pl.Series(places)
    return names.gather(asked.replace(missing, None).cast(pl.UInt32))
