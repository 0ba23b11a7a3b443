"""Members as numbers from 0, and columns of at most one value per member as one short list per member, without joining rows."""

from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa


def numbered(rows: pl.DataFrame, segment: str, person: str) -> tuple[pl.DataFrame, pl.Series]:
    """The members, one row per segment and person that occur together, and the number of each row's member.

    A row without a segment is no member's: null. Members are in the order in which their people occur.
    """
    people, person_of = _coded(rows.get_column(person))
    segments, segment_of = _coded(rows.get_column(segment))
    keys = person_of * max(len(segments), 1) + segment_of
    is_named = segment_of >= 0
    is_there = np.zeros(len(people) * max(len(segments), 1), bool)
    is_there[keys if is_named.all() else keys[is_named]] = True
    found = np.flatnonzero(is_there)
    number = np.cumsum(is_there, dtype=np.uint32) - 1
    own, whose = np.divmod(found, max(len(segments), 1))
    members = pl.DataFrame({segment: segments.gather(whose), person: people.gather(own)})
    of = pl.Series("member", number[keys])
    nameless = None if is_named.all() else pl.Series(~is_named)
    return members.with_row_index("member"), of if nameless is None else of.set(nameless, None)


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


def _coded(values: pl.Series) -> tuple[pl.Series, np.ndarray]:
    """The distinct values of a column in the order in which they occur, and the place of each row's among them; -1 for null."""
    if len(values) and values.null_count() == 0 and (values == values.item(0)).all():
        return values.head(1), np.zeros(len(values), np.int64)
    coded = values.cast(pl.String).to_arrow().dictionary_encode()
    places = pl.Series(pl.from_arrow(coded.indices)).cast(pl.Int64).fill_null(-1)
    return pl.Series(pl.from_arrow(coded.dictionary), dtype=pl.String), places.to_numpy()
