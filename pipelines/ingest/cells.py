"""The text of a cell into its typed value, one Polars expression per kind; null where the text is not of that kind."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import cast

import polars as pl
from dateutil import parser

from schemas.contract import MONEY_DIGITS, Field, Kind

# Everything that Unicode calls space, and the zero-width characters that exports leave at the ends of cells.
_EDGES = " \t\r\n\v\f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f"
_EDGES += "\u205f\u3000\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_BLANK_TEXT = ("", "\\N")
_BLANK = ("", "\\n", "null", "n/a", "(null)")
_BLANK_DATE = (*_BLANK, "0", "00000000", "0000-00-00", "00/00/0000")
_FLAGS = {"y": True, "yes": True, "true": True, "1": True, "t": True, "n": False, "no": False, "false": False, "0": False}
_FLAGS |= {"f": False}

KM_PER_MILE = 1.609344  # the international mile, exactly

_YEARS = (1900, 2199)  # a moment outside is a placeholder or a slip, and near year 1 or 9999 no clock can be moved by a zone

_ISO_DAY = r"^\d{4}-\d{1,2}-\d{1,2}$"
_ISO_TIME = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?$"
_ISO_ZONED = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)$"
_WHOLE = r"^[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.0*)?$"
_DISTANCE = r"(?i)\s*(?:mi|mls|miles?|kms?|kilomet(?:er|re)s?)\.?$"
_KILOMETRES = r"(?i)(?:kms?|kilomet(?:er|re)s?)\.?$"
_AMOUNT = r"^-?(?:(?:\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.\d{0,2}0*)?|\.\d{1,2}0*)$"
_NUMBER = r"^[+-]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$"

# What people and vendors write where ISO 8601 is asked for: short hours, AM/PM, short offsets, US dates, RFC 2822.
_ODD_TIME = re.compile(
    r"^(?P<day>\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/\d{4}|(?:[A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3,9}\s+\d{4})"
    r"(?:[T ,]+(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{1,2}(?::?\d{1,2})?)?$"
)


def trimmed(field: Field) -> pl.Expr:
    """The cell's text without edges; null where it is blank for its kind."""
    cell = pl.col(field.name)
    text = cell.str.strip_chars(_EDGES)
    match field.kind:
        case Kind.GROUPS:
            return pl.when(text != "").then(cell)  # spaces inside groups are data
        case Kind.TEXT:
            return pl.when(~text.is_in(_BLANK_TEXT)).then(text)
        case Kind.DATE:
            return pl.when(~text.str.to_lowercase().is_in(_BLANK_DATE)).then(text)
        case _:
            return pl.when(~text.str.to_lowercase().is_in(_BLANK)).then(text)


def typed(field: Field, time_zone: str) -> pl.Expr:
    """The typed value of a trimmed cell, null where the text is not of the field's kind."""
    cell = pl.col(field.name)
    if field.accepted:
        lowered = cell.str.to_lowercase()
        return pl.when(lowered.is_in(field.accepted)).then(lowered)
    if field.pattern:
        return pl.when(cell.str.contains(field.pattern)).then(cell)
    return _READERS[field.kind](cell, time_zone).alias(field.name)


def _text(cell: pl.Expr, _: str) -> pl.Expr:
    return cell


def _vin(cell: pl.Expr, _: str) -> pl.Expr:
    return cell.str.to_uppercase().str.replace_all(r"\s+", "")


def _date(cell: pl.Expr, _: str) -> pl.Expr:
    iso = cell.str.replace(r"^(\d{1,2})/(\d{1,2})/(\d{4})$", "$3-$1-$2").str.replace(r"^(\d{4})(\d\d)(\d\d)$", "$1-$2-$3")
    return pl.when(iso.str.contains(_ISO_DAY)).then(iso).str.to_date("%Y-%m-%d", strict=False)


def _integer(cell: pl.Expr, _: str) -> pl.Expr:
    digits = cell.str.replace_all(",", "", literal=True).str.replace(r"\.0*$", "").str.strip_prefix("+")
    return pl.when(cell.str.contains(_WHOLE)).then(digits).cast(pl.Int64, strict=False)


def _miles(cell: pl.Expr, zone: str) -> pl.Expr:
    """Whole miles; where kilometres are written they are turned into miles and rounded."""
    number = _integer(cell.str.replace(_DISTANCE, ""), zone)
    is_km = cell.str.contains(_KILOMETRES)
    return pl.when(is_km).then((number / KM_PER_MILE).round().cast(pl.Int64)).otherwise(number)


def _money(cell: pl.Expr, _: str) -> pl.Expr:
    bare = cell.str.replace_all(r"[$\s]", "").str.replace(r"^\((.*)\)$", "-$1").str.replace(r"^\+", "")
    digits = bare.str.replace_all(",", "", literal=True)
    return pl.when(bare.str.contains(_AMOUNT)).then(digits).cast(pl.Decimal(*MONEY_DIGITS), strict=False)


def _number(cell: pl.Expr, _: str) -> pl.Expr:
    return pl.when(cell.str.contains(_NUMBER)).then(cell.str.replace_all(",", "", literal=True)).cast(pl.Float64, strict=False)


def _flag(cell: pl.Expr, _: str) -> pl.Expr:
    return cell.str.to_lowercase().replace_strict(_FLAGS, default=None, return_dtype=pl.Boolean)


def _groups(cell: pl.Expr, _: str) -> pl.Expr:
    return cell.str.split("|").list.eval(pl.element().str.split("^"))


def _timestamp(cell: pl.Expr, time_zone: str) -> pl.Expr:
    iso = cell.str.replace(" ", "T", literal=True)
    zoned = pl.when(cell.str.contains(_ISO_ZONED)).then(iso.str.replace("Z$", "+00:00"))
    naive = pl.when(cell.str.contains(_ISO_TIME)).then(iso)
    plain = cell.str.contains(_ISO_ZONED) | cell.str.contains(_ISO_TIME)
    odd = pl.when(~plain).then(cell).map_batches(_odd_times, return_dtype=pl.Struct({"at": pl.Datetime("us"), "utc": pl.Boolean}))
    at, is_utc = odd.struct.field("at"), odd.struct.field("utc")
    local = pl.coalesce(naive.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False), pl.when(~is_utc).then(at))
    read = pl.coalesce(
        zoned.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%z", time_unit="us", strict=False).dt.convert_time_zone("UTC"),
        pl.when(is_utc).then(at).dt.replace_time_zone("UTC"),
        _in_zone(local, time_zone),
    )
    return pl.when(read.dt.year().is_between(*_YEARS)).then(read)


def _in_zone(local: pl.Expr, time_zone: str) -> pl.Expr:
    """Wall time to UTC. An hour that happens twice is its first; one that the clocks skip counts by the offset before."""
    exact = local.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
    skipped = (local + pl.duration(hours=1)).dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
    return pl.coalesce(exact, skipped).dt.convert_time_zone("UTC")


def _odd_times(cells: pl.Series) -> pl.Series:
    """Times outside ISO 8601, parsed once per distinct text: {at, utc}; at is wall time where utc is false."""
    found = {text: _odd_time(text) for text in cells.drop_nulls().unique().to_list()}
    rows = (
        [(found[text] if text else None) or {"at": None, "utc": None} for text in cells.to_list()]
        if found
        else [None] * len(cells)
    )
    return pl.Series(cells.name, rows, pl.Struct({"at": pl.Datetime("us"), "utc": pl.Boolean}))


def _odd_time(text: str) -> dict[str, datetime | bool | None] | None:
    match = _ODD_TIME.match(text)
    if match is None:
        return None
    half = (match["half"] or "").replace(".", "")
    if half and int((match["clock"] or "0").split(":")[0]) > 12:
        half = ""  # 15:30 PM is 15:30
    try:
        said = f"{match['day']} {match['clock'] or '00:00'} {half}".strip()
        at = parser.parse(said, default=datetime(1, 1, 1), dayfirst=False)  # noqa: DTZ001 wall time until its zone is known
        if match["zone"] is None:
            return {"at": at, "utc": False}
        return {"at": at.replace(tzinfo=_offset(match["zone"])).astimezone(UTC).replace(tzinfo=None), "utc": True}
    except (ValueError, OverflowError):
        return None


def _offset(zone: str) -> timezone:
    """The offset of Z, GMT, -08:00, -0800, -8 or the official example's -08:0."""
    if zone[0] not in "+-":
        return UTC
    hours, _, minutes = zone[1:].partition(":") if ":" in zone else (zone[1:-2] or zone[1:], "", zone[-2:])
    if ":" not in zone and len(zone) <= 3:
        hours, minutes = zone[1:], "0"
    span = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(span if zone[0] == "+" else -span)


_Reader = Callable[[pl.Expr, str], pl.Expr]
_READERS = cast(
    dict[Kind, _Reader],
    {
        Kind.TEXT: _text,
        Kind.VIN: _vin,
        Kind.DATE: _date,
        Kind.INTEGER: _integer,
        Kind.MILES: _miles,
        Kind.MONEY: _money,
        Kind.NUMBER: _number,
        Kind.FLAG: _flag,
        Kind.GROUPS: _groups,
        Kind.TIMESTAMP: _timestamp,
    },
)
