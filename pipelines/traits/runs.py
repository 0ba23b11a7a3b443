"""Sums and extremes over runs of rows with equal keys. Rows are sorted by key, so that no hashing is needed; whole numbers only,
so that the order of adding cannot matter. Which rows and keys those are belongs to the modules about points."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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
            np.not_equal(keys[0][1:], keys[0][:-1], out=begins[1:])
            for key in keys[1:]:
                begins[1:] |= key[1:] != key[:-1]
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

    def last(self) -> Whole:
        """The place of the last row."""
        return np.append(self.at[1:], self.rows)[: len(self.at)] - 1

    def first(self, holds: Truth) -> Whole:
        """The place of the first row that holds, or the number of rows where none does."""
        return np.minimum.reduceat(np.where(holds, np.arange(self.rows), self.rows), self.at)


@dataclass(frozen=True)
class Sorted:
    """Rows of whole numbers that are not negative, sorted by every column but the last in turn.

    Where the columns fit into one number together they are kept and sorted as that number, in a fraction of the time.
    """

    packed: Whole
    bits: tuple[int, ...]  # of each packed column
    columns: tuple[Whole, ...]  # those that did not fit

    @classmethod
    def of(cls, *columns: Whole) -> "Sorted":
        """Sort rows. In what order rows come that differ in the last column alone is not told."""
        bits = tuple(int(column.max(initial=0)).bit_length() for column in columns)
        if sum(bits) <= WHOLE_BITS:
            return cls(np.sort(_packed(columns, bits)), bits, ())
        if sum(bits[:-1]) <= WHOLE_BITS:
            packed = _packed(columns[:-1], bits[:-1])
            order = np.argsort(packed)
            return cls(packed, bits[:-1], columns[-1:]).some(order)
        return cls(columns[0], (), columns).some(np.lexsort(columns[-2::-1]))

    def some(self, places: Whole | slice) -> "Sorted":
        """The rows at some places."""
        return replace(self, packed=self.packed[places], columns=tuple(column[places] for column in self.columns))

    def slabs(self, rows: int) -> "Iterator[Sorted]":
        """The rows in parts of about so many, never parted where the first column is the same; at least one part."""
        begins = self.runs(1).at
        cuts = np.unique(begins[np.searchsorted(begins, np.arange(0, len(self.packed), rows), side="right") - 1])
        for begin, end in zip(cuts, [*cuts[1:], len(self.packed)], strict=True) if len(cuts) else [(0, 0)]:
            yield self.some(slice(int(begin), int(end)))

    def runs(self, columns: int) -> Runs:
        """The runs of rows in which none of the first so many columns changes."""
        if not self.bits:
            return Runs.of(*self.columns[:columns])
        return Runs.of(self.packed >> sum(self.bits[columns:]))

    def column(self, number: int, at: Whole | None = None) -> Whole:
        """A column by its number, of all rows or of those at some places."""
        if number >= len(self.bits):
            column = self.columns[number - len(self.bits)]
            return column if at is None else column[at]
        packed = self.packed if at is None else self.packed[at]
        return packed >> sum(self.bits[number + 1 :]) & ((1 << self.bits[number]) - 1)


def _packed(columns: Sequence[Whole], bits: Sequence[int]) -> Whole:
    found = columns[0].astype(np.int64)
    for column, width in zip(columns[1:], bits[1:], strict=True):
        found <<= width
        found |= column
    return found


def whole(column: pl.Series) -> Whole:
    """A column of whole numbers without nulls."""
    return column.cast(pl.Int64).to_numpy()


def gathered(names: pl.Series, places: Whole, missing: int) -> pl.Series:
    """The names at places, null where the place is `missing`."""
    return names.extend_constant(None, 1).gather(np.where(places == missing, len(names), places))
