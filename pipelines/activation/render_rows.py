"""What all renderers share: which rows are added and which removed, and columns of text into the bytes of files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Account:
    """Where a platform's files go: the advertiser's account, and the platform's own id of an audience where it is known."""

    account: str
    audience_ids: Mapping[str, str]

    def audience_id(self, cell: str) -> str:
        """The platform's id of a cell; the cell's own name where none is known."""
        return self.audience_ids.get(cell, cell)


def added(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that the platform is to hold: adds and refreshes."""
    return rows.filter(pl.col("action").cast(pl.String) != "remove")


def removed(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that the platform is to drop: removals, and withdrawn identifiers of members that stay."""
    gone = rows.filter(pl.col("action").cast(pl.String) == "remove")
    partly = added(rows).filter(pl.col("withdrawn").list.len() > 0).with_columns(identifiers="withdrawn")
    return pl.concat([gone, partly]).filter(pl.col("identifiers").list.len() > 0).sort("person_id")


def joined(lines: pl.Series, separator: str, size: int | None = None) -> Iterator[bytes]:
    """The lines of at most `size` rows at a time (None: all) as one text each, UTF-8, with a one-byte separator between.

    The text is cut out of the column's own memory: no Python string is made per row.
    """
    for start in range(0, len(lines), size or max(len(lines), 1)):
        part = lines.slice(start, size).to_frame("line").select(pl.concat_str("line", pl.lit(separator))).to_series()
        array = part.to_arrow(compat_level=pl.CompatLevel.oldest())
        yield array.buffers()[2].to_pybytes()[:-1]
