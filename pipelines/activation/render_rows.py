"""What all renderers share: which rows come and which go, the shape of what is drawn, and text columns into bytes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from schemas.platforms.batch import Operation

JSON = "application/json"
CSV = "text/csv; charset=utf-8"
MOST_ROWS = 100_000  # rows whose text is in memory at a time, beside the bodies


@dataclass(frozen=True)
class Account:
    """Where a platform's files go: the advertiser's account, and the platform's own id of an audience where it is known."""

    account: str
    audience_ids: Mapping[str, str]

    def audience_id(self, cell: str) -> str:
        """The platform's id of a cell; the cell's own name where none is known."""
        return self.audience_ids.get(cell, cell)


@dataclass(frozen=True)
class Job:
    """One cell to draw. `rows` as in export_member. `is_full`: they are all that the platform is to hold, not the day's changes.

    `started_at` is the moment before which nothing of a full list was sent, RFC 3339; empty where it is no full list.
    """

    where: Account
    cell: str
    segment: str
    rows: pl.DataFrame
    is_full: bool = False
    started_at: str = ""


@dataclass(frozen=True)
class Part:
    """One body of a cell. `stem` is the beginning of its file's name, which the number of the body completes."""

    operation: Operation
    stem: str
    body: bytes
    members: tuple[str, ...] = ()
    request: str = ""
    content_type: str = JSON
    is_urgent: bool = False


@dataclass(frozen=True)
class Drawn:
    """What a renderer made of a cell: bodies to send, and files for a person to upload or read, drawn when they are asked for."""

    parts: tuple[Part, ...]
    files: Callable[[], Mapping[str, bytes]] = dict


@dataclass(frozen=True)
class Phase:
    """Rows that are asked for together: opt-outs first, then what is to be held, then what left."""

    operation: Operation
    stem: str
    rows: pl.DataFrame
    is_urgent: bool = False


def phases(job: Job) -> list[Phase]:
    """The job's rows in the order in which they are to be sent; phases without rows are left out."""
    come, go = added(job.rows), removed(job.rows)
    is_urgent = pl.col("cause").cast(pl.String).is_in(["suppressed"])
    holds = Phase("replace", "replace", come) if job.is_full else Phase("add", "add", come)
    found = [
        Phase("remove", "optout", go.filter(is_urgent), is_urgent=True),
        holds,
        Phase("remove", "remove", go.filter(~is_urgent)),
    ]
    return [one for one in found if one.rows.height]


def added(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that the platform is to hold: adds and refreshes."""
    stays = rows.get_column("action").cast(pl.String) != "remove"
    return rows if stays.all() else rows.filter(stays)


def removed(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that the platform is to drop: removals, and withdrawn identifiers of members that stay."""
    gone = rows.filter(pl.col("action").cast(pl.String) == "remove")
    partly = added(rows).filter(pl.col("withdrawn").list.len() > 0).with_columns(identifiers="withdrawn")
    return pl.concat([gone, partly]).filter(pl.col("identifiers").list.len() > 0).sort("person_id")


def sliced(rows: pl.DataFrame, size: int) -> Iterator[pl.DataFrame]:
    """At most `size` rows at a time; 0: all."""
    yield from rows.iter_slices(size or max(rows.height, 1))


def people(rows: pl.DataFrame) -> tuple[str, ...]:
    """The members of rows, each once, in their order."""
    return tuple(dict.fromkeys(rows.get_column("person_id").to_list()))


def values(rows: pl.DataFrame, kinds: tuple[str, ...]) -> pl.DataFrame:
    """person_id, kind, value, place: the identifiers of the kinds, in the rows' order; place counts those of a kind from 0."""
    long = (
        rows.select(row=pl.int_range(pl.len()), person_id="person_id", one="identifiers")
        .explode("one", empty_as_null=True)
        .with_columns(pl.col("one").str.splitn(":", 2).struct.rename_fields(["kind", "value"]).struct.unnest())
        .filter(pl.col("kind").is_in(kinds))
    )
    return long.select("row", "person_id", "kind", "value", place=pl.int_range(pl.len()).over("row", "kind"))


def joined(lines: pl.Series, separator: str, size: int | None = None) -> Iterator[memoryview]:
    """The lines of at most `size` rows at a time (None: all) as one text each, UTF-8, with a one-byte separator between.

    The text is a view of the column's own memory: no Python string is made per row.
    """
    for start in range(0, len(lines), size or max(len(lines), 1)):
        part = lines.slice(start, size).to_frame("line").select(pl.concat_str("line", pl.lit(separator))).to_series()
        array = part.to_arrow(compat_level=pl.CompatLevel.oldest())
        yield memoryview(array.buffers()[2])[:-1]


def joined_pieces(
    rows: pl.DataFrame, pieces: Callable[[pl.DataFrame], pl.DataFrame], size: int
) -> Iterator[tuple[memoryview, tuple[str, ...]]]:
    """Texts of at most `size` rows at a time with their members, where a row is several pieces. The last byte is left out.

    `pieces` gives member, counted from 0 in the rows that it is given, and text, in order.
    """
    for some in sliced(rows, max(MOST_ROWS // size, 1) * size):
        told = pieces(some)
        array = told.get_column("text").to_arrow(compat_level=pl.CompatLevel.oldest())
        offsets, whole = np.frombuffer(array.buffers()[1], np.int64), memoryview(array.buffers()[2])
        starts = range(0, some.height, size)
        ends = told.get_column("member").search_sorted(pl.Series([*starts, some.height]), side="left").to_list()
        for start, first, last in zip(starts, ends, ends[1:], strict=False):
            yield whole[offsets[first] : offsets[last] - 1], people(some.slice(start, size))
