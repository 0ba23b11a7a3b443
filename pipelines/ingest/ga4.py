"""GA4 export JSON into rows of text: one object per line, an array, or one object printed over many lines.

`event_params` become param.<key>, whichever value is set; the first item becomes item.<key>, its own fields before its
`item_params`. Well-formed lines are decoded all at once; only where that fails is each line looked at.
Layout: https://developers.google.com/analytics/bigquery/event-schema
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import orjson
import polars as pl

from pipelines.ingest.errors import DamagedJson
from pipelines.ingest.forbidden import forbidden
from pipelines.ingest.ga4_scrub import scrubbed, suspect_keys
from pipelines.ingest.rows import LINE, RawRows, broken_rows, no_broken_rows
from schemas.contract import Feed

_VALUES = ("string_value", "int_value", "double_value", "float_value")
_PAIRS = pl.List(pl.Struct({"key": pl.String, "value": pl.Struct(dict.fromkeys(_VALUES, pl.String))}))
_RAW = "raw_text"


def ga4_rows(feed: Feed, text: str) -> RawRows:
    """Rows of an export. Raises DamagedJson where the file is one JSON document and does not parse."""
    lines = _lines(text)
    events, broken = _decoded(feed, lines)
    if events.is_empty() and lines.height and _is_document(lines):
        lines = _elements(text)
        events, broken = _decoded(feed, lines)
    cells, keys = _cells(feed, events)
    return RawRows(
        cells=cells,
        texts=events[_RAW],
        broken=broken.with_columns(pl.col(_RAW).map_elements(scrubbed, return_dtype=pl.String)),
        header_text=None,
        delivered={one.name: one.raw for one in feed.fields},
        dropped=tuple(forbidden([*keys, *suspect_keys(lines[_RAW])])),
        scrub=scrubbed,
    )


def _lines(text: str) -> pl.DataFrame:
    lines = pl.Series(_RAW, [text]).str.split("\n").explode().to_frame().with_row_index(LINE, offset=1)
    return lines.with_columns(pl.col(LINE).cast(pl.Int64)).filter(pl.col(_RAW).str.strip_chars() != "")


def _is_document(lines: pl.DataFrame) -> bool:
    """Whether the lines are parts of one JSON text rather than a JSON text each."""
    return lines.height > 1 or str(lines[_RAW][0]).lstrip().startswith("[")


def _elements(text: str) -> pl.DataFrame:
    """The objects of an array, numbered from 1, or the one object of the file."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise DamagedJson(error.lineno, error.colno) from error
    each = found if isinstance(found, list) else [found]
    texts = [orjson.dumps(one).decode() for one in each]
    return pl.DataFrame({LINE: range(1, len(texts) + 1), _RAW: texts}, schema={LINE: pl.Int64, _RAW: pl.String})


def _decoded(feed: Feed, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines with their `event`, and broken rows. All lines at once, or one by one where some line is not as declared."""
    shape = _shape(feed)
    if lines.is_empty():
        return lines.with_columns(event=pl.lit(None, shape)), no_broken_rows()
    try:
        return lines.with_columns(event=pl.col(_RAW).str.json_decode(shape)), no_broken_rows()
    except pl.exceptions.PolarsError:
        return _one_by_one(lines, shape)


def _one_by_one(lines: pl.DataFrame, shape: pl.Struct) -> tuple[pl.DataFrame, pl.DataFrame]:
    good: list[bytes | None] = [_fitted(text, shape) for text in lines[_RAW].to_list()]
    found = lines.with_columns(event=pl.Series([None if one is None else one.decode() for one in good], dtype=pl.String))
    fits = pl.col("event").is_not_null()
    broken = broken_rows(
        "row|json",
        found.filter(~fits),
        "The line is not a JSON object.",
        "Write one whole JSON object on each line; a cut-off last line means that the export was interrupted.",
    )
    return found.filter(fits).with_columns(event=pl.col("event").str.json_decode(shape)), broken


def _fitted(text: str, shape: pl.Struct) -> bytes | None:
    """A line reduced to what the feed declares, in the declared types; None where it is not a JSON object."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return orjson.dumps(_as(found, shape)) if isinstance(found, dict) else None


def _as(value: object, dtype: pl.DataType) -> object:
    """A JSON value in a declared type; null where it is of another."""
    if isinstance(dtype, pl.Struct):
        fields = dtype.fields
        return {one.name: _as(value.get(one.name), _made(one.dtype)) for one in fields} if isinstance(value, dict) else None
    if isinstance(dtype, pl.List):
        return [_as(one, _made(dtype.inner)) for one in value] if isinstance(value, list) else None
    return None if isinstance(value, (dict, list)) else value  # numbers become text where all lines' numbers do


def _made(dtype: object) -> pl.DataType:
    return dtype if isinstance(dtype, pl.DataType) else pl.String()


@cache
def _shape(feed: Feed) -> pl.Struct:
    """The part of an event that the feed's fields name, every value as text."""
    tree: dict[str, Any] = {}
    items: dict[str, pl.DataType] = {"item_params": _PAIRS}
    for field in feed.fields:
        head, _, rest = field.raw.partition(".")
        if head == "item":
            items[rest] = pl.String()
        elif head != "param":
            _plant(tree, field.raw.split("."))
    return _struct({**tree, "event_params": _PAIRS, "items": pl.List(pl.Struct(items))})


def _plant(tree: dict[str, Any], path: list[str]) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
    tree[path[-1]] = pl.String()


def _struct(tree: Mapping[str, Any]) -> pl.Struct:
    return pl.Struct({name: _struct(one) if isinstance(one, dict) else one for name, one in tree.items()})


def _cells(feed: Feed, events: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """line_number and a column per field, and every parameter key seen."""
    event = events["event"]
    item = event.struct.field("items").list.first()
    params, keys = _pairs(
        event.struct.field("event_params"), [one.raw[6:] for one in feed.fields if one.raw.startswith("param.")]
    )
    extra, item_keys = _pairs(
        item.struct.field("item_params"), [one.raw[5:] for one in feed.fields if one.raw.startswith("item.")]
    )
    columns = [events[LINE]]
    for field in feed.fields:
        head, _, rest = field.raw.partition(".")
        if head == "param":
            column = params.get(rest)
        elif head == "item":
            own = item.struct.field(rest)
            column = own.zip_with(own.is_not_null(), extra[rest]) if rest in extra else own
        else:
            column = _at(event, field.raw)
        if column is not None:
            columns.append(column.alias(field.name))
    return pl.DataFrame(columns), keys + item_keys


def _at(event: pl.Series, path: str) -> pl.Series:
    for step in path.split("."):
        event = event.struct.field(step)
    return event


def _pairs(lists: pl.Series, wanted: list[str]) -> tuple[dict[str, pl.Series], list[str]]:
    """Lists of {key, value} into a column per wanted key that occurs, the first of a repeated key; and all keys seen."""
    lengths = lists.list.len().fill_null(0).to_numpy()
    flat = lists.filter(pl.Series(lengths > 0)).explode()
    if not len(flat):
        return {}, []
    keys, value = flat.struct.field("key"), flat.struct.field("value")
    texts = pl.select(pl.coalesce(value.struct.field(one) for one in _VALUES)).to_series()
    codes = keys.replace_strict(wanted, range(len(wanted)), default=-1, return_dtype=pl.Int16).fill_null(-1).to_numpy()
    rows = np.repeat(np.arange(len(lists)), lengths)
    hits = np.flatnonzero((codes >= 0) & texts.is_not_null().to_numpy())[::-1]  # backwards, so that the first one stays
    places = np.full((len(wanted), len(lists)), -1, dtype=np.int64)
    places[codes[hits], rows[hits]] = hits
    seen = [str(one) for one in keys.drop_nulls().unique().to_list()]
    found = {name: _gathered(texts, places[at]) for at, name in enumerate(wanted) if (places[at] >= 0).any()}
    return found, seen


def _gathered(texts: pl.Series, places: np.ndarray) -> pl.Series:
    at = pl.Series(places)
    return texts.gather(at.set(at < 0, None))
