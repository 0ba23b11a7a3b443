"""Members as numbers from 0, and columns of at most one value per member as one short list per member, without joining rows."""

from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa


def numbered(rows: pl.DataFrame, segment: str, person: str) -> tuple[pl.DataFrame, pl.Series]:
    """The members, one row per segment and person that occur together, and the number of each row's member.

    A row without a segment is no member's: null. Members are in the order in which their people occur.
    """
    people, segments = _coded(rows.get_column(person)), _coded(rows.get_column(segment))
    width = max(len(segments.dictionary), 1)
    named = segments.indices.is_valid().to_numpy(zero_copy_only=False)
    keys = people.indices.to_numpy().astype(np.int64) * width + segments.indices.fill_null(0).to_numpy()
    is_there = np.zeros(len(people.dictionary) * width, bool)
    is_there[keys[named]] = True
    found = np.flatnonzero(is_there)
    number = np.cumsum(is_there, dtype=np.int64) - 1
    members = pl.DataFrame({segment: _taken(segments, found % width), person: _taken(people, found // width)})
    of = pl.DataFrame({"of": number[keys], "is": named}).select(pl.when("is").then(pl.col("of").cast(pl.UInt32)))
    return members.with_row_index("member"), of.to_series().alias("member")


def listed(columns: Sequence[pl.DataFrame], keep: np.ndarray) -> pl.Series:
    """One list per member that `keep` says yes to: its values, in the order of the columns.

    A column has member, each once, and value.
    """
    from_row = np.full((len(keep), len(columns)), -1, np.int64)
    start = 0
    for place, one in enumerate(columns):
        from_row[one.get_column("member").to_numpy(), place] = np.arange(start, start + one.height)
        start += one.height
    wanted = from_row[keep]
    ends = np.cumsum((wanted >= 0).sum(axis=1), dtype=np.int64)
    values = pl.concat([one.get_column("value") for one in columns]).gather(wanted[wanted >= 0])
    offsets = pa.array(np.concatenate([np.zeros(1, np.int64), ends]))
    made = pl.from_arrow(pa.LargeListArray.from_arrays(offsets, values.to_arrow()))
    return pl.Series(made, dtype=pl.List(pl.String))


def marks(column: pl.DataFrame, members: int, flag: str | None = None) -> np.ndarray:
    """Whether each member has a row in a column, or one of which a flag is true."""
    found = np.zeros(members, bool)
    rows = column.filter(pl.col(flag)) if flag else column
    found[rows.get_column("member").to_numpy()] = True
    return found


def _coded(values: pl.Series) -> pa.DictionaryArray:
    return values.cast(pl.String).to_arrow().dictionary_encode()


def _taken(coded: pa.DictionaryArray, places: np.ndarray) -> pl.Series:
    found = pl.from_arrow(coded.dictionary)
    return pl.Series(found, dtype=pl.String).gather(places)
