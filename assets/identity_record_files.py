"""Reading a file of records to link: Parquet, or delimited text with every column as text, so that leading zeros stay.

Messages name columns, counts and rows, never values: they are about people.
"""

import csv
import gzip
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.identity_model import IdentityModel

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
SEPARATORS = (",", ";", "\t", "|")
UNREADABLE = (pl.Struct, pl.Binary, pl.Object, pl.Array)
ROWS_SHOWN = 5
BLANK = "\\N"


class RecordFileError(ValueError):
    """A file of records that cannot be used. `found` and `expected` are phrases."""

    def __init__(self, path: Path, found: str, expected: str) -> None:
        self.path, self.found, self.expected = path, found, expected
        super().__init__(f"records {path}: found {found}; expected {expected}")


def record_columns(path: Path) -> list[str]:
    """The names of the columns of a file, in its order. Raises RecordFileError."""
    if not path.is_file():
        raise RecordFileError(path, "no such file", "a file .parquet, .csv or .tsv (also .csv.gz)")
    if path.suffix == ".parquet":
        try:
            return [str(one) for one in pq.read_schema(path).names]
        except pa.ArrowInvalid:
            raise RecordFileError(path, "a file that is not Parquet", "Parquet, as its name says") from None
    if _suffix(path) not in TEXT_SUFFIXES:
        raise RecordFileError(path, f"a file named {path.suffix or 'without suffix'}", "one named .parquet, .csv or .tsv")
    names = _header(path)
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated or not all(names):
        found = f"the columns {', '.join(repeated)} twice" if repeated else "a column without a name"
        raise RecordFileError(path, found, "a first line that names each column, once")
    return names


def read_records(path: Path, columns: Sequence[str]) -> pl.DataFrame:
    """The named columns of a file, in its order of rows. Numbers that stand for whole ones lose their `.0`."""
    if path.suffix == ".parquet":
        return _without_fractions(pl.read_parquet(path, columns=list(dict.fromkeys(columns))))
    try:
        return pl.read_csv(
            path,
            columns=list(dict.fromkeys(columns)),
            infer_schema=False,
            separator=_separator(path),
            null_values=[BLANK],
            encoding="utf8",
        )
    except pl.exceptions.PolarsError:
        raise RecordFileError(path, _broken_line(path), "as many cells as the header, in UTF-8") from None


def check_records(model: IdentityModel, records: pl.DataFrame, path: Path, *, is_part: bool = False) -> None:
    """Raise RecordFileError where records are none, their ids are missing or repeated, or a link has not two sources.

    A part of the records may be empty and of one source.
    """
    if records.is_empty() and not is_part:
        raise RecordFileError(path, "no records", "at least one below the header")
    odd = [name for name, dtype in records.schema.items() if isinstance(dtype, UNREADABLE)]
    if odd:
        raise RecordFileError(path, f"columns that hold no texts: {', '.join(odd)}", "texts, numbers, dates, or lists of them")
    check_ids(records[model.record_id].cast(pl.String), path)
    if model.mode == "link" and model.source:
        _check_sources(records[model.source].cast(pl.String), model.source, path, is_part)


def check_ids(ids: pl.Series, path: Path) -> None:
    """Raise RecordFileError where ids are missing, blank or repeated; the series has the name of their column."""
    missing = ids.is_null() | (ids.str.strip_chars() == "").fill_null(False)
    if missing.any():
        raise RecordFileError(path, f"no {ids.name} in {rows_at(missing)}", "a record_id in every row")
    repeated = ids.is_duplicated()
    if repeated.any():
        raise RecordFileError(path, f"a {ids.name} that is not alone in {rows_at(repeated)}", "a record_id on one row only")


def _check_sources(sources: pl.Series, name: str, path: Path, is_part: bool) -> None:
    if sources.has_nulls():
        raise RecordFileError(path, f"no {name} in {rows_at(sources.is_null())}", "a source in every row, in mode link")
    if sources.n_unique() < 2 and not is_part:
        wanted = "records of two sources or more in mode link; mode dedupe links within one"
        raise RecordFileError(path, f"one {name} only", wanted)


def rows_at(wrong: pl.Series) -> str:
    """How many rows, and the first of them, counted from 1 below the header."""
    places = (wrong.arg_true() + 1).to_list()
    shown = ", ".join(f"{one}" for one in places[:ROWS_SHOWN])
    return f"{len(places):,} rows (row {shown}{', ...' if len(places) > ROWS_SHOWN else ''}; the first below the header is row 1)"


def _without_fractions(records: pl.DataFrame) -> pl.DataFrame:
    """Codes that were kept as floating point, because some were missing, as whole numbers."""
    whole = [
        one.name
        for one in records.select(pl.selectors.float())
        if bool(((one.is_null()) | (one.is_finite() & (one == one.round()) & (one.abs() < 2**53))).all())
    ]
    return records.with_columns(pl.col(whole).cast(pl.Int64)) if whole else records


def _suffix(path: Path) -> str:
    return Path(path.stem).suffix if path.suffix == ".gz" else path.suffix


def _header(path: Path) -> list[str]:
    with _text(path, "replace") as lines:
        return next(csv.reader(lines, delimiter=_separator(path)), [])


def _separator(path: Path) -> str:
    """The separator that the header holds most often; a comma where it holds none."""
    if _suffix(path) == ".tsv":
        return "\t"
    with _text(path, "replace") as lines:
        header = lines.readline()
    return max(SEPARATORS, key=header.count)


def _text(path: Path, errors: str = "strict") -> TextIO:
    raw: Any = gzip.GzipFile(path) if path.suffix == ".gz" else path.open("rb")
    return TextIOWrapper(raw, encoding="utf-8-sig", newline="", errors=errors)


def _broken_line(path: Path) -> str:
    """Where text stops being a table, without what stands there."""
    with _text(path) as lines:
        reader = csv.reader(lines, delimiter=_separator(path))
        width = 0
        try:
            for row in reader:
                width = width or len(row)
                if len(row) > width:
                    return f"{len(row)} cells on line {reader.line_num} under a header of {width}"
        except UnicodeDecodeError:
            return f"a byte that is not UTF-8 after line {reader.line_num}"
        except csv.Error:
            return f"a cell that cannot be read on line {reader.line_num}"
    return "text that is no table"
