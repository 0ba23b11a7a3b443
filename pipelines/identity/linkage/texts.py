"""Columns of any dtype as texts, before the kind of their field says anything.

A whole number is written without a decimal point, also where a file reader made it a float because of the nulls beside it.
"""

import polars as pl

TEXTLESS = (pl.Struct, pl.Object, pl.Binary, pl.List, pl.Array)


def is_text(dtype: pl.DataType) -> bool:
    """Whether values of a dtype, or the values in its lists, can be written as texts."""
    inner = dtype.inner if isinstance(dtype, pl.List | pl.Array) else dtype
    return not isinstance(inner, TEXTLESS)


def texts_of(column: pl.Series) -> pl.Series:
    """A column, not of lists, as texts; null where it holds no value or no number."""
    if isinstance(column.dtype, pl.Float32 | pl.Float64):
        column = column.set(~column.is_finite().fill_null(False), None)
    texts = column.cast(pl.String)
    if isinstance(column.dtype, pl.Float32 | pl.Float64 | pl.Decimal):
        texts = _whole(column, texts)
    return texts


def _whole(column: pl.Series, texts: pl.Series) -> pl.Series:
    """Texts of numbers, those of whole ones without a fraction."""
    whole = column.cast(pl.Int64, strict=False)
    is_whole = (whole.cast(column.dtype, strict=False) == column).fill_null(False)
    return whole.cast(pl.String).zip_with(is_whole, texts)


def spread(column: pl.Series, most: int) -> list[pl.Series]:
    """The values of a column as texts: one series, or for a column of lists one per place in the list, up to `most`.

    Nulls in a list take no place.
    """
    if isinstance(column.dtype, pl.Array):
        column = column.arr.to_list()
    if not isinstance(column.dtype, pl.List):
        return [texts_of(column)]
    known = column.list.drop_nulls()
    longest = min(int(known.list.len().max() or 1), most)  # type: ignore[arg-type]  # the length of a list is an integer
    return [texts_of(known.list.get(place, null_on_oob=True)) for place in range(max(longest, 1))]
