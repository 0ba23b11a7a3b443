"""Frames in the exact shape of their table: its columns in order, its dtypes, sorted by its key."""

import polars as pl

from schemas.contract import Table


def shaped(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Select, cast and sort. Raises polars errors where a column is absent or a value does not fit its dtype."""
    columns = table.schema.columns()
    return frame.select(pl.col(name).cast(column.dtype) for name, column in columns.items()).sort(table.key)
