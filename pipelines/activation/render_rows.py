"""What all renderers share: which rows are added and which removed, and columns of text into one file."""

from collections.abc import Iterator

import polars as pl


def added(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that the platform is to hold: adds and refreshes."""
    return rows.filter(pl.col("action").cast(pl.String) != "remove")


def removed(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that the platform is to drop: removals, and withdrawn identifiers of members that stay."""
    gone = rows.filter(pl.col("action").cast(pl.String) == "remove")
    partly = added(rows).filter(pl.col("withdrawn").list.len() > 0).with_columns(identifiers="withdrawn")
    return pl.concat([gone, partly]).filter(pl.col("identifiers").list.len() > 0).sort("person_id")


def batches(lines: pl.Series, size: int) -> Iterator[pl.Series]:
    """Slices of at most `size`."""
    return (lines.slice(start, size) for start in range(0, len(lines), size))


def joined(lines: pl.Series, separator: str) -> bytes:
    """All lines in one text, UTF-8."""
    return separator.join(lines.to_list()).encode()
