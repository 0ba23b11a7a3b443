"""CSV rows with quotes: which physical lines are one row, and the row's cells. A stray quote costs one line, not the file."""

import csv
import re
from dataclasses import dataclass

import polars as pl

from pipelines.ingest.header import Columns
from pipelines.ingest.rows import LINE, broken_rows, no_broken_rows
from pipelines.ingest.text import LARGEST_BYTES

_LONGEST = 200  # physical lines that one quoted row may span before its opening quote counts as stray
_CLOSED = re.compile(r'(^|,)"(?:[^"]|"")*"(?=,|$)')
_OPENS = re.compile(r'(?:^|,)"')


@dataclass(frozen=True, eq=False)
class Joined:
    """Lines without quotes, rows already cut into cells (raw_text and a column per field), and rows that never end."""

    plain: pl.DataFrame
    broken: pl.DataFrame
    parsed: pl.DataFrame | None = None


def joined_rows(body: pl.DataFrame, columns: Columns) -> Joined:
    """Physical lines (line_number, raw_text) into rows: a quoted cell may hold separators, quotes and line breaks."""
    texts: list[str] = body["raw_text"].to_list()
    offset = int(body[LINE][0])
    quoted: list[int] = body.with_row_index("at").filter(pl.col("raw_text").str.contains('"', literal=True))["at"].to_list()
    spans, used, stray = _spans(texts, quoted, columns.width)
    rows, lines, raws, odd = [], [], [], []
    for first, last, cells in spans:
        raw = "\n".join(texts[first : last + 1])
        if len(cells) == columns.width:
            rows.append(cells)
            lines.append(first + offset)
            raws.append(raw)
        else:
            odd.append((first + offset, raw, len(cells)))
    parsed = pl.DataFrame({LINE: lines, "raw_text": raws}, schema={LINE: pl.Int64, "raw_text": pl.String}).with_columns(
        pl.Series(name, [row[place] for row in rows], pl.String) for name, place in columns.places.items()
    )
    plain = body.filter(~pl.int_range(pl.len()).is_in(used)) if used else body
    return Joined(plain, _broken(odd, [(at + offset, texts[at]) for at in stray], columns.width), parsed)


def _spans(texts: list[str], quoted: list[int], width: int) -> tuple[list[tuple[int, int, list[str]]], list[int], list[int]]:
    """Rows as (first, last, cells), every line they use, and lines whose quote never closes."""
    spans: list[tuple[int, int, list[str]]] = []
    used: list[int] = []
    stray: list[int] = []
    at = 0
    while at < len(quoted):
        first = quoted[at]
        whole = texts[first].count('"') % 2 == 0 or not _is_open(texts[first])  # an even count is the cheap answer
        end = at if whole else _closing(texts, quoted, at, width)
        if end is None:
            stray.append(first)
            used.append(first)
            at += 1
            continue
        last = quoted[end]
        spans.append((first, last, csv_cells("\n".join(texts[first : last + 1]))))
        used.extend(range(first, last + 1))
        at = end + 1
    return spans, used, stray


def _closing(texts: list[str], quoted: list[int], at: int, width: int) -> int | None:
    """Which of the following lines with a quote ends the row that opens at `at`; None where none does."""
    first = quoted[at]
    for end in range(at + 1, len(quoted)):
        last = quoted[end]
        if last - first > _LONGEST:
            return None
        row = "\n".join(texts[first : last + 1])
        if not _is_open(row):
            return end if len(csv_cells(row)) == width else None
    return None


def _is_open(row: str) -> bool:
    """Whether a quoted cell begins in the row and does not end in it."""
    return _OPENS.search(_CLOSED.sub(r"\1", row)) is not None


def csv_cells(row: str) -> list[str]:
    """The cells of one row, whatever their size; a carriage return outside quotes counts as a space."""
    csv.field_size_limit(LARGEST_BYTES)  # the module's own limit of 128 KiB is for the whole process, and an error
    try:
        return next(csv.reader([row]), [])
    except csv.Error:
        return next(csv.reader([row.replace("\r", " ").replace("\n", " ")]), [])


def _broken(odd: list[tuple[int, str, int]], stray: list[tuple[int, str]], width: int) -> pl.DataFrame:
    parts = [no_broken_rows()]
    if odd:
        rows = pl.DataFrame(odd, schema={LINE: pl.Int64, "raw_text": pl.String, "found": pl.Int64}, orient="row")
        reason = pl.format("The row has {} cells where the header has {}.", pl.col("found"), pl.lit(width))
        few = pl.col("found") < width
        fix = "Quote every value that holds a comma, a quote or a line break."
        parts.append(broken_rows("row|too_few_cells", rows.filter(few), reason, fix))
        parts.append(broken_rows("row|too_many_cells", rows.filter(~few), reason, fix))
    if stray:
        rows = pl.DataFrame(stray, schema={LINE: pl.Int64, "raw_text": pl.String}, orient="row")
        fix = "Double a quote that belongs to a value and close the quoted value."
        parts.append(broken_rows("row|open_quote", rows, "A quoted value begins in this row and does not end.", fix))
    return pl.concat(parts)
