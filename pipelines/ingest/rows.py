"""Rows as text, between a file's layout and its contract. Every reader ends here, every judgement starts here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

LINE = "line_number"

# One broken rule of one row. `place` orders the rules of a row: the field's position, then rules about the whole row.
PROBLEM: Mapping[str, type[pl.DataType]] = {
    LINE: pl.Int64,
    "place": pl.Int32,
    "rule": pl.String,
    "column_name": pl.String,
    "value": pl.String,
    "reason": pl.String,
    "fix": pl.String,
}


@dataclass(frozen=True, eq=False)
class RawRows:
    """A file's rows. `cells`: line_number and one String column per delivered field; `texts`: those rows as delivered.

    `broken` holds rows that are not even rows of cells: PROBLEM and raw_text. `delivered` maps a canonical name to its
    header as delivered. `scrub` removes from a row's text the values that must never enter.
    """

    cells: pl.DataFrame
    texts: pl.Series
    broken: pl.DataFrame
    header_text: str | None
    delivered: Mapping[str, str]
    dropped: tuple[str, ...]
    scrub: Callable[[str], str]

    @property
    def count(self) -> int:
        """Data rows found in the file."""
        return self.cells.height + self.broken.height


def broken_rows(rule: str, rows: pl.DataFrame, reason: pl.Expr | str, fix: str) -> pl.DataFrame:
    """PROBLEM rows with raw_text for rows (line_number, raw_text) that could not be read at all."""
    said = pl.lit(reason) if isinstance(reason, str) else reason
    return rows.select(
        pl.col(LINE).cast(pl.Int64),
        pl.lit(0, pl.Int32).alias("place"),
        pl.lit(rule).alias("rule"),
        pl.lit(None, pl.String).alias("column_name"),
        pl.lit(None, pl.String).alias("value"),
        said.cast(pl.String).alias("reason"),
        pl.lit(fix).alias("fix"),
        pl.col("raw_text"),
    )


def no_broken_rows() -> pl.DataFrame:
    """An empty frame of broken rows."""
    return pl.DataFrame(schema={**PROBLEM, "raw_text": pl.String})
