"""How right a resolution is where the truth is known: pairs of records that it joins against pairs that belong together."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Pairwise:
    """Pairs that are joined, that belong together, and that are both."""

    joined: int
    true: int
    right: int

    @property
    def precision(self) -> float:
        """Share of the joined pairs that belong together; 1 where none is joined."""
        return self.right / self.joined if self.joined else 1.0

    @property
    def recall(self) -> float:
        """Share of the pairs that belong together which are joined; 1 where there are none."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def pairwise(persons: pl.Series, truth: pl.Series, sources: pl.Series | None = None) -> Pairwise:
    """Count pairs of records, given each one's person and true person, in one order.

    All pairs count, or with `sources` only those between two of them. Records without a truth or a person are left out.
    """
    frame = pl.DataFrame({"person": persons, "truth": truth}).with_columns(source=pl.lit(0) if sources is None else sources)
    known = frame.drop_nulls(["person", "truth"])
    inner = sources is not None
    return Pairwise(*(_pairs(known, keys, without_inner=inner) for keys in (["person"], ["truth"], ["person", "truth"])))


def _pairs(frame: pl.DataFrame, keys: list[str], *, without_inner: bool) -> int:
    pairs = _within(frame, keys)
    return pairs - _within(frame, [*keys, "source"]) if without_inner else pairs


def _within(frame: pl.DataFrame, keys: list[str]) -> int:
    size = pl.len().cast(pl.Int64)
    return int(frame.group_by(keys).agg((size * (size - 1) // 2).alias("pairs"))["pairs"].sum())
