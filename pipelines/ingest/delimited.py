"""TSV without quotes and CSV by RFC 4180 into rows of text, with physical line numbers. The header decides what is carried."""

import csv
import io
from collections.abc import Mapping

import polars as pl

from pipelines.ingest.errors import EmptyFile, WrongType
from pipelines.ingest.header import Columns, columns_of
from pipelines.ingest.quoted import Joined, csv_cells, joined_rows
from pipelines.ingest.rows import LINE, RawRows, broken_rows, no_broken_rows
from pipelines.ingest.text import WANTED
from schemas.contract import Feed, Layout

_CHUNK = 20_000  # rows split at a time; 376 columns x 20,000 is 120 MB of string views
_SEPARATORS = {Layout.TSV: "\t", Layout.CSV: ","}
_NAMED = {"\t": "tab-separated text", ",": "comma-separated text", ";": "semicolon-separated text", "|": "pipe-separated text"}
_WITHHELD = "(withheld: the file has columns that must never enter, and this row's cells do not line up with its header)"


def delimited_rows(feed: Feed, text: str) -> RawRows:
    """Rows of a TSV or CSV file. Raises a FileError where the header does not fit the feed."""
    lines = _lines(text)
    first = lines.filter(pl.col("raw_text").str.strip_chars() != "").head(1)
    if first.is_empty():
        raise EmptyFile(len(text))
    start, header_text = first.row(0)
    separator = _SEPARATORS[feed.layout]
    _reject_separator(feed, header_text, separator)
    columns = columns_of(feed, cells_of(header_text, feed.layout))
    return _rows(feed, lines.slice(start), header_text, columns)


def cells_of(line: str, layout: Layout) -> list[str]:
    """The cells of one row."""
    if layout is Layout.TSV:
        return line.split("\t")
    return csv_cells(line)


def _lines(text: str) -> pl.DataFrame:
    """Physical lines with their numbers; \\r\\n and, where there is no \\n at all, lone \\r end a line too."""
    if "\n" not in text:
        text = text.replace("\r", "\n")
    lines = pl.Series("raw_text", [text]).str.split("\n").explode().str.strip_suffix("\r")
    return lines.to_frame().with_row_index(LINE, offset=1).with_columns(pl.col(LINE).cast(pl.Int64))


def _reject_separator(feed: Feed, header: str, separator: str) -> None:
    if separator in header and header.count(separator) >= header.count("\t"):
        return
    others = [one for one in _NAMED if one != separator and one in header]
    if others:
        found = max(others, key=header.count)
        raise WrongType(_NAMED[found], WANTED[feed.layout], feed.example)


def _rows(feed: Feed, body: pl.DataFrame, header_text: str, columns: Columns) -> RawRows:
    if feed.layout is Layout.CSV and body["raw_text"].str.contains('"', literal=True).any():
        joined = joined_rows(body, columns)
    else:
        joined = Joined(body, no_broken_rows())
    plain = joined.plain.filter(pl.col("raw_text").str.strip_chars(" \r\t" if feed.layout is Layout.CSV else " \r") != "")
    good, ragged = _split(plain, _SEPARATORS[feed.layout], columns)
    parts = [good] if joined.parsed is None else [good, joined.parsed]
    rows = pl.concat(parts).sort(LINE)
    return RawRows(
        cells=rows.drop("raw_text"),
        texts=rows["raw_text"],
        broken=_scrubbed(pl.concat([joined.broken, ragged]), columns),
        header_text=header_text,
        delivered=columns.delivered,
        dropped=tuple(columns.dropped.values()),
        scrub=_Scrub(feed.layout, columns.dropped),
    )


def _split(rows: pl.DataFrame, separator: str, columns: Columns) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows without quotes into cells; those with another number of cells than the header apart."""
    good, bad = [], []
    cell = pl.col("cells")
    for chunk in rows.iter_slices(_CHUNK) if rows.height else [rows]:
        cut = chunk.with_columns(cell=pl.col("raw_text").str.split(separator)).rename({"cell": "cells"})
        fits = cell.list.len() == columns.width
        good.append(
            cut.filter(fits).select(
                LINE, "raw_text", *(cell.list.get(place, null_on_oob=True).alias(name) for name, place in columns.places.items())
            )
        )
        bad.append(cut.filter(~fits).select(LINE, "raw_text", found=cell.list.len()))
    return pl.concat(good), ragged_rows(pl.concat(bad), columns.width)


def ragged_rows(rows: pl.DataFrame, width: int) -> pl.DataFrame:
    """Broken rows for rows (line_number, raw_text, found) whose number of cells is not the header's."""
    reason = pl.format("The row has {} cells where the header has {}.", pl.col("found"), pl.lit(width))
    few = "A line break inside a value, or a cut-off line: join the halves, or remove the break at the source."
    many = "A separator inside a value: remove it at the source, or quote the value in a CSV."
    return pl.concat(
        [
            broken_rows("row|too_few_cells", rows.filter(pl.col("found") < width), reason, few),
            broken_rows("row|too_many_cells", rows.filter(pl.col("found") > width), reason, many),
        ]
    )


def _scrubbed(broken: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    """Cells of a ragged row cannot be told apart, so nothing of it is kept where the file has forbidden columns."""
    return broken.with_columns(raw_text=pl.lit(_WITHHELD)) if columns.dropped else broken


class _Scrub:
    """Blanks the cells of forbidden columns in a row's text; positions stay."""

    def __init__(self, layout: Layout, dropped: Mapping[int, str]) -> None:
        self.layout, self.dropped = layout, dropped

    def __call__(self, line: str) -> str:
        """The row's text without what must never enter."""
        if not self.dropped:
            return line
        cells = ["" if place in self.dropped else cell for place, cell in enumerate(cells_of(line, self.layout))]
        if self.layout is Layout.TSV:
            return "\t".join(cells)
        out = io.StringIO()
        csv.writer(out, lineterminator="").writerow(cells)
        return out.getvalue()
