"""Quarantined rows once more through the present contract, after the contract or the row's text was mended."""

from collections.abc import Mapping, Sequence
from itertools import accumulate

import polars as pl

from pipelines.ingest.adf import adf_rows
from pipelines.ingest.batch import FileRead, read_rows, settle_batch
from pipelines.ingest.delimited import delimited_rows
from pipelines.ingest.errors import FileError
from pipelines.ingest.files import DropFile, Ingested, accepted_schema, empty, nothing
from pipelines.ingest.ga4 import ga4_rows
from pipelines.ingest.rows import LINE, RawRows
from schemas.contract import Feed, Layout

_FILE = ("version_at", "file_name", "file_sha256", "header_text")


def replay(feed: Feed, quarantine: pl.DataFrame, known: pl.DataFrame, *, time_zone: str, seed: str) -> Ingested:
    """Re-read the quarantine rows' raw_text under their header_text; arguments and result as in `ingest`.

    Rows keep their file, line and version, so an old row that is mended late does not replace what came after it. Rows that
    still break a rule are in the result's quarantine again. Rows about a whole file (line 0) need the file and are left out.
    """
    rows = quarantine.filter((pl.col("feed") == feed.name) & (pl.col(LINE) > 0)).sort(*_FILE[:3], LINE)
    if rows.is_empty():
        return nothing(feed)
    files = rows.partition_by(_FILE, maintain_order=True)
    return settle_batch(feed, [_again(feed, one, time_zone, seed) for one in files], known)


def _again(feed: Feed, rows: pl.DataFrame, time_zone: str, seed: str) -> FileRead:
    origin = rows.row(0, named=True)
    texts: list[str] = rows["raw_text"].to_list()
    content = "\n".join(texts).encode()
    file = DropFile(origin["file_name"], origin["version_at"], origin["file_sha256"], content)
    try:
        raw = _raw(feed, origin["header_text"], texts, rows[LINE].to_list())
    except FileError as error:  # the header itself no longer fits: the rows stay where they are
        return FileRead(file, empty(accepted_schema(feed)), rows, rows.height, rows.height, (), error)
    return read_rows(feed, file, raw, time_zone, seed)


def _raw(feed: Feed, header: str | None, texts: Sequence[str], lines: Sequence[int]) -> RawRows:
    """Text rows with the lines that they had in their file."""
    if feed.layout in {Layout.TSV, Layout.CSV}:
        starts = accumulate((1 + text.count("\n") for text in texts), initial=2 + (header or "").count("\n"))
        return _renumbered(delimited_rows(feed, "\n".join([header or "", *texts])), dict(zip(starts, lines, strict=False)))
    if feed.layout is Layout.GA4:
        flat = [text.replace("\n", " ") for text in texts]
        return _renumbered(ga4_rows(feed, "\n".join(flat)), dict(enumerate(lines, 1)))
    return _joined([_renumbered(adf_rows(feed, text), {1: line}) for text, line in zip(texts, lines, strict=True)])


def _renumbered(raw: RawRows, lines: Mapping[int, int]) -> RawRows:
    mapped = pl.col(LINE).replace_strict(lines, default=None, return_dtype=pl.Int64)
    # A mended text that grew into several rows: the others get numbers after the last line, which no row has.
    line = pl.coalesce(mapped, pl.col(LINE) + max(lines.values()))
    cells = raw.cells.with_columns(line)
    return RawRows(cells, raw.texts, raw.broken.with_columns(line), raw.header_text, raw.delivered, raw.dropped, raw.scrub)


def _joined(parts: Sequence[RawRows]) -> RawRows:
    first = parts[0]
    return RawRows(
        pl.concat([one.cells for one in parts]),
        pl.concat([one.texts for one in parts]),
        pl.concat([one.broken for one in parts]),
        first.header_text,
        first.delivered,
        tuple(sorted({name for one in parts for name in one.dropped})),
        first.scrub,
    )
