"""Whether what was made again is what the lake holds: by bytes, and where bytes differ by rows and columns. No value is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

from assets.arrivals import digest
from assets.lake import Lake
from assets.rebuild_pins import export_hashes, table_hashes

Verdict = Literal["same", "same rows", "differs", "lost", "new", "gone", "damaged"]
SAYS: Mapping[str, str] = {
    "same": "byte for byte",
    "same rows": "the same rows in other bytes, as another version of a library writes them",
    "differs": "other rows or columns",
    "lost": "the day published it and the lake holds it no more",
    "new": "the day did not publish it",
    "gone": "the day published it and the rebuild does not make it",
    "damaged": "the lake's file is not what the day published; the rebuild is",
}
GOOD = ("same", "same rows")
EXPORT = "export "  # before the name of a file, as no table is named


@dataclass(frozen=True)
class Compared:
    """One table or export of a day. `column` is the first that differs, in the order of the table; `rows` how many do."""

    name: str
    verdict: Verdict
    column: str = ""
    rows: int = 0
    detail: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the lake holds what was made again."""
        return self.verdict in GOOD


def compare_tables(lake: Lake, again: Lake, day: date, pinned: Mapping[str, str]) -> list[Compared]:
    """Every table of a day, in alphabetical order. `pinned` are the hashes that the day wrote down."""
    here, there = table_hashes(lake, day), table_hashes(again, day)
    found = []
    for table in sorted({*pinned, *here, *there}):
        verdict = _verdict(here.get(table), there.get(table), pinned.get(table))
        if verdict == "differs":
            found.append(compare_files(table, lake.part(table, day), again.part(table, day)))
        else:
            found.append(Compared(table, verdict))
    return found


def compare_exports(lake: Lake, again: Lake, day: date, pinned: Mapping[str, str]) -> list[Compared]:
    """Every file that platforms take of a day, in alphabetical order."""
    here, there = export_hashes(lake, day), export_hashes(again, day)
    names = sorted({*pinned, *here, *there})
    return [Compared(EXPORT + one, _verdict(here.get(one), there.get(one), pinned.get(one))) for one in names]


def _verdict(here: str | None, there: str | None, pinned: str | None) -> Verdict:
    if there is None:
        return "gone"
    if here is None:
        return "lost" if pinned else "new"
    if here == there:
        return "same"
    return "damaged" if there == pinned else "differs"


def compare_files(table: str, before: Path, after: Path) -> Compared:
    """Two partitions of a table whose bytes differ."""
    if digest(before) == digest(after):
        return Compared(table, "same")
    left, right = pl.read_parquet(before), pl.read_parquet(after)
    if left.schema != right.schema:
        return Compared(table, "differs", *_of_schema(left.schema, right.schema))
    if left.height != right.height:
        return Compared(table, "differs", _first(left, right), abs(left.height - right.height), _counts(left, right))
    for column in left.columns:
        rows = _unequal(left[column], right[column])
        if rows:
            return Compared(table, "differs", column, rows, f"{rows:,} of {left.height:,} rows")
    return Compared(table, "same rows")


def _of_schema(before: pl.Schema, after: pl.Schema) -> tuple[str, int, str]:
    names = [*before, *(one for one in after if one not in before)]
    for name in names:
        if before.get(name) != after.get(name):
            return name, 0, f"{before.get(name, 'no such column')} before, {after.get(name, 'no such column')} now"
    moved = next(one for one, other in zip(before, after, strict=True) if one != other)
    return moved, 0, "the columns stand in another order"


def _first(left: pl.DataFrame, right: pl.DataFrame) -> str:
    """The first column that differs in the rows that both have a place for."""
    least = min(left.height, right.height)
    differing = (one for one in left.columns if _unequal(left[one].head(least), right[one].head(least)))
    return next(differing, left.columns[0])


def _counts(left: pl.DataFrame, right: pl.DataFrame) -> str:
    return f"{left.height:,} rows before, {right.height:,} now"


def _unequal(left: pl.Series, right: pl.Series) -> int:
    """Rows whose values differ; two blanks are equal."""
    if left.dtype.is_nested():
        texts = [side.to_frame("it").select(it=pl.struct("it").struct.json_encode())["it"] for side in (left, right)]
        left, right = texts
    return int(left.ne_missing(right).sum())
