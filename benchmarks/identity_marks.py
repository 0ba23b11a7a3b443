"""How well clusters agree with the truth, over pairs: precision, recall, F1."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Marks:
    """Shares of pairs, 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall) if self.precision + self.recall else 0.0


def pairs_within(labels: pl.DataFrame, by: list[str], apart: str | None) -> int:
    """Pairs of rows that agree on `by`, and, where `apart` names a column, differ in it."""

    def same(columns: list[str]) -> int:
        size = pl.col("len").cast(pl.Int64)
        return int(labels.group_by(columns).len().select((size * (size - 1) // 2).sum()).item() or 0)

    return same(by) - (same([*by, apart]) if apart else 0)


def marks(labels: pl.DataFrame, apart: str | None = None) -> Marks:
    """Marks of the columns `cluster` against `truth`; with `apart`, only pairs across its values count."""
    implied, true = pairs_within(labels, ["cluster"], apart), pairs_within(labels, ["truth"], apart)
    both = pairs_within(labels, ["cluster", "truth"], apart)
    return Marks(both / implied if implied else 1.0, both / true if true else 1.0)


def joined(records: pl.DataFrame, members: pl.DataFrame, truth: str = "truth") -> pl.DataFrame:
    """The truth of each record beside its cluster; a record that no cluster holds is alone.

    Raises ValueError where members name a record twice or one that the file does not have.
    """
    if members["rid"].n_unique() != members.height or members.join(records, on="rid", how="anti").height:
        raise ValueError("members must name each record of the file at most once, and no other")
    both = records.join(members.select("rid", pl.col("cluster").cast(pl.String)), on="rid", how="left")
    return both.with_columns(pl.coalesce("cluster", pl.lit("alone ") + pl.col("rid")), truth=pl.col(truth))
