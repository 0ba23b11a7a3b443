"""A batch of files through a feed's contract: bytes in, accepted rows, quarantined rows and file accounting out."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b

import polars as pl

from pipelines.activation.forget_match import Tombstones, tombstones
from pipelines.ingest.adf import adf_rows
from pipelines.ingest.delimited import delimited_rows
from pipelines.ingest.errors import FileError
from pipelines.ingest.files import DropFile, Ingested, accepted_schema, dtypes, empty, nothing
from pipelines.ingest.forgotten import without_forgotten
from pipelines.ingest.ga4 import ga4_rows
from pipelines.ingest.judge import judged
from pipelines.ingest.rows import LINE, RawRows
from pipelines.ingest.settle import settled
from pipelines.ingest.text import text_of
from schemas.contract import Feed, Layout, Quarantine
from schemas.tables.sources import FeedFile

READERS = {Layout.TSV: delimited_rows, Layout.CSV: delimited_rows, Layout.ADF: adf_rows, Layout.GA4: ga4_rows}

NOBODY = pl.DataFrame(schema={"scope": pl.String, "key_hash": pl.String})
_READERS_AT_ONCE = 2  # Polars lets go of the interpreter, so a second reader fills a second core; the order of files is kept
_SMALL_BYTES = 32 * 1024**2  # larger files are read one after the other, for memory's sake


@dataclass(frozen=True, eq=False)
class FileRead:
    """One file after its contract: rows that keep it, the quarantine, and what the accounting needs.

    A rejected file has one quarantine row, about the file, which is not counted among the rows.
    """

    file: DropFile
    rows: pl.DataFrame
    quarantine: pl.DataFrame
    rows_read: int
    rows_quarantined: int
    dropped: tuple[str, ...]
    error: FileError | None = None
    rows_forgotten: int = 0


def ingest(
    feed: Feed,
    files: Sequence[DropFile],
    known: pl.DataFrame,
    *,
    time_zone: str,
    seed: str,
    forgotten: pl.DataFrame | None = None,
) -> Ingested:
    """Read files and judge their rows; `known` holds row_key, row_hash, version_at of what was accepted before.

    Accepted rows are sorted by version, file and line, the quarantine by file and line. Naive times are in `time_zone`.
    `seed` keys the quarantine ids. A file that cannot be used is rejected with its error; it never stops the others.
    The result does not depend on the order of `files`; of the same bytes under the same name one is taken.
    `forgotten` has scope and key_hash of the table of that name: rows of these people are counted and otherwise left out.
    """
    stones = tombstones(NOBODY if forgotten is None else forgotten, seed)
    ordered = sorted(files, key=lambda one: (one.version_at, one.name, one.sha256))
    ordered = list({(one.name, one.sha256): one for one in reversed(ordered)}.values())[::-1]
    if not ordered:
        return nothing(feed)
    if len(ordered) == 1 or max(len(one.content) for one in ordered) > _SMALL_BYTES:
        return _settled_batch(feed, [_read(feed, one, time_zone, seed, stones) for one in ordered], known)
    with ThreadPoolExecutor(_READERS_AT_ONCE) as pool:
        return _settled_batch(feed, list(pool.map(lambda one: _read(feed, one, time_zone, seed, stones), ordered)), known)


def _settled_batch(feed: Feed, read: Sequence[FileRead], known: pl.DataFrame) -> Ingested:
    """Put the files of a batch together: decide what is news and account for every row."""
    rows = pl.concat([one.rows.with_columns(file_sha256=pl.lit(one.file.sha256)) for one in read])
    accepted, counts = settled(feed, rows, known)
    files = pl.concat([_accounted(feed, one) for one in read]).join(counts, on=["file_name", "file_sha256"], how="left")
    news, superseded = pl.col("news").fill_null(0), pl.col("superseded").fill_null(0)
    files = files.with_columns(rows_accepted=news, rows_superseded=superseded).select(*dtypes(FeedFile))
    return Ingested(
        accepted,
        pl.concat([one.quarantine for one in read]).sort("version_at", "file_name", LINE, "quarantine_id"),
        files.sort("feed", "file_name", "file_sha256"),
    )


def _read(feed: Feed, file: DropFile, time_zone: str, seed: str, stones: Tombstones) -> FileRead:
    try:
        raw = READERS[feed.layout](feed, text_of(feed, file.name, file.content))
    except FileError as error:
        return FileRead(file, empty(accepted_schema(feed)), _rejected(feed, file, error, seed), 0, 0, (), error)
    return _read_rows(feed, file, raw, time_zone, seed, stones)


def _read_rows(feed: Feed, file: DropFile, raw: RawRows, time_zone: str, seed: str, stones: Tombstones) -> FileRead:
    """A file's text rows through the contract."""
    found = raw.count
    raw, forgotten = without_forgotten(feed, raw, stones)
    rows, problems = judged(feed, raw, time_zone)
    origin = {"version_at": pl.lit(file.version_at, pl.Datetime("us")), "file_name": pl.lit(file.name)}
    quarantine = _quarantined(feed, file, raw, problems, seed)
    counts = (found, quarantine.height, raw.dropped)
    return FileRead(file, rows.with_columns(**origin), quarantine, *counts, rows_forgotten=forgotten)


def _quarantined(feed: Feed, file: DropFile, raw: RawRows, problems: pl.DataFrame, seed: str) -> pl.DataFrame:
    """One quarantine row per broken row: its first rule by column order, and the reasons of all."""
    if problems.is_empty() and raw.broken.is_empty():
        return empty(Quarantine)
    texts = raw.cells.select(LINE, raw_text=raw.texts).join(problems.select(LINE).unique(), on=LINE, how="semi")
    texts = texts.with_columns(pl.col("raw_text").map_elements(raw.scrub, return_dtype=pl.String))
    rows = pl.concat([problems.join(texts, on=LINE, how="left"), raw.broken])
    first = ("rule", "column_name", "value", "fix", "raw_text")
    one_each = (
        rows.sort(LINE, "place", "rule")
        .group_by(LINE, maintain_order=True)
        .agg(*(pl.col(name).first() for name in first), reason=pl.col("reason").str.join(" "))
    )
    return _stamped(feed, file, one_each, raw.header_text, seed)


def _rejected(feed: Feed, file: DropFile, error: FileError, seed: str) -> pl.DataFrame:
    row = {"rule": error.rule, "column_name": error.column, "value": None, "fix": error.fix, "raw_text": ""}
    one = pl.DataFrame(
        [{LINE: 0, **row, "reason": error.reason}], schema_overrides={"column_name": pl.String, "value": pl.String}
    )
    return _stamped(feed, file, one, None, seed)


def _stamped(feed: Feed, file: DropFile, rows: pl.DataFrame, header_text: str | None, seed: str) -> pl.DataFrame:
    """Quarantine rows with their file and id."""
    key = blake2b(seed.encode(), digest_size=32).digest()
    where = f"{feed.name}\x1f{file.name}\x1f{file.sha256}"
    names = [f"{where}\x1f{line}\x1f{rule}".encode() for line, rule in rows.select(LINE, "rule").iter_rows()]
    ids = [blake2b(one, key=key, digest_size=12).hexdigest() for one in names]
    schema = dtypes(Quarantine)
    return (
        rows.with_columns(
            pl.Series("quarantine_id", ids, pl.String),
            feed=pl.lit(feed.name),
            file_name=pl.lit(file.name),
            file_sha256=pl.lit(file.sha256),
            version_at=pl.lit(file.version_at, pl.Datetime("us")),
            header_text=pl.lit(header_text, pl.String),
        )
        .select(*schema)
        .cast(schema)  # type: ignore[arg-type]  # a mapping's keys are invariant
    )


def _accounted(feed: Feed, read: FileRead) -> pl.DataFrame:
    """One FeedFile row, without the counts that only the whole batch knows."""
    file = read.file
    row = {
        "feed": feed.name,
        "file_name": file.name,
        "file_sha256": file.sha256,
        "status": "rejected" if read.error else "accepted",
        "version_at": file.version_at,
        "bytes": len(file.content),
        "rows_read": read.rows_read,
        "rows_accepted": 0,
        "rows_quarantined": read.rows_quarantined,
        "rows_superseded": 0,
        "rows_forgotten": read.rows_forgotten,
        "columns_dropped": sorted(read.dropped),
        "error": str(read.error) if read.error else None,
    }
    return pl.DataFrame([row], schema=dtypes(FeedFile))
