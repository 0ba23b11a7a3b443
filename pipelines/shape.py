"""Frames in the dtypes of a table's contract, in its column order. What a query returns is close to it, never exactly it."""

import polars as pl

from schemas.contract import Table


def in_shape(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The frame with exactly the table's columns, cast to its dtypes, sorted by its key.

    Raises polars.exceptions.ColumnNotFoundError where a column is missing, and InvalidOperationError where a value does not fit.
    """
    columns = table.schema.columns()
    return frame.select(pl.col(name).cast(column.dtype) for name, column in columns.items()).sort(table.key)
