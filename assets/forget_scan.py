"""Whether anything of somebody is left in the lake: every text of every Parquet file, and every byte of every other file."""

import re
from collections import Counter
from pathlib import Path

import polars as pl

from assets.forget_files import may_name, needles, others, pattern
from assets.forget_subject import Subject
from assets.forget_tables import partitions
from assets.lake import Lake


def left_over(lake: Lake, subject: Subject) -> Counter[str]:
    """Files that still name the person, with how many cells or places do. Empty where nothing is left."""
    texts = needles(subject)
    wanted = pattern(texts)
    found: Counter[str] = Counter()
    tables = [lake.part(*one) for one in partitions(lake)]
    for place in [*tables, *others(lake)]:
        count = in_parquet(place, texts, wanted) if place.suffix == ".parquet" else in_bytes(place, texts, wanted)
        if count:
            found[place.relative_to(lake.home).as_posix()] = count
    return found


def in_parquet(place: Path, texts: list[str], wanted: re.Pattern[str]) -> int:
    """How many distinct texts of a file name somebody, inside a longer text too."""
    schema = pl.read_parquet_schema(place)
    count = 0
    for name in (one for one, dtype in schema.items() if _has_text(dtype)):
        said = _as_text(pl.read_parquet(place, columns=[name])[name]).unique().drop_nulls()
        near = said.filter(said.str.contains_any(texts)) if texts else said.clear()
        count += sum(bool(wanted.search(one)) for one in near)
    return count


def in_bytes(place: Path, texts: list[str], wanted: re.Pattern[str]) -> int:
    """How many places of a file name somebody."""
    content = place.read_bytes().decode("utf-8", "replace")
    return sum(1 for _ in wanted.finditer(content)) if may_name(content, texts) else 0


def _has_text(dtype: pl.DataType) -> bool:
    if isinstance(dtype, pl.List):
        return _has_text(dtype.inner)  # type: ignore[arg-type]  # an inner dtype is an instance
    if isinstance(dtype, pl.Struct):
        return any(_has_text(one.dtype) for one in dtype.fields)  # type: ignore[arg-type]  # a field's dtype is an instance
    return isinstance(dtype, pl.String)


def _as_text(column: pl.Series) -> pl.Series:
    if column.dtype == pl.String:
        return column
    return column.to_frame().select(pl.struct(column.name).struct.json_encode()).to_series()
