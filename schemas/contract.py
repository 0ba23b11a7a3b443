"""The two contracts of the house: `Feed` (what arrives) and `Table` (what we keep).

Everything else is derived from them: the Polars dtypes, the row rules and their quarantine, the columns tab in Dagster
and the Great Expectations suite. Nothing here reads a file, knows a business number or imports the orchestrator.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

import dataframely as dy

MONEY_DIGITS = (14, 2)


class Kind(StrEnum):
    """How the text of one inbound cell is read, and the dtype it becomes."""

    TEXT = "text"  # String, trimmed; leading zeros kept
    DATE = "date"  # Date; M/D/YYYY, YYYY-MM-DD or YYYYMMDD; 0 and 00000000 are blank
    TIMESTAMP = "timestamp"  # Datetime(us, UTC); ISO 8601, naive values in the group's time zone
    INTEGER = "integer"  # Int64; thousands separators allowed
    MILES = "miles"  # Int64; as integer, with a unit where one is written; kilometres become miles
    MONEY = "money"  # Decimal(14, 2); thousands separators, leading $ and (negative) allowed
    NUMBER = "number"  # Float64
    FLAG = "flag"  # Boolean; Y/N, Yes/No, true/false, 1/0, T/F
    VIN = "vin"  # String, upper-cased, spaces removed; validity is judged when vehicles are decoded
    GROUPS = "groups"  # List(List(String)); | between groups, ^ between values, empty positions kept


EXPECTED: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.TEXT: "text",
        Kind.DATE: "a date as M/D/YYYY, YYYY-MM-DD or YYYYMMDD",
        Kind.TIMESTAMP: "a time as ISO 8601, for example 2026-11-21T09:30:00-05:00",
        Kind.INTEGER: "a whole number, for example 36000 or 36,000",
        Kind.MILES: "whole miles, for example 36000, 36,000 mi or 57,936 km",
        Kind.MONEY: "an amount with at most two decimals, for example 31,250.00",
        Kind.NUMBER: "a number, for example 4.9",
        Kind.FLAG: "one of Y, N, Yes, No, true, false, 1, 0",
        Kind.VIN: "a 17-character VIN",
        Kind.GROUPS: "values separated by | and ^",
    }
)


@dataclass(frozen=True)
class Field:
    """One inbound column: its header, its canonical name, and what its cells may hold.

    `accepted` lists the allowed values in lower case; cells are compared without regard to case and kept in lower case.
    `pattern` is a regular expression that text must match, and `pattern_says` what it asks for, in words.
    `aliases` are headers seen for the same column elsewhere (known drift). `description` says the unit where there is one.
    """

    raw: str
    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    accepted: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    aliases: tuple[str, ...] = ()
    description: str = ""
    is_personal: bool = False
    pattern: str = ""
    pattern_says: str = ""

    def column(self) -> dy.Column:  # noqa: PLR0911 one return per kind
        """The dataframely column of this field."""
        text = self.description or self.raw
        optional = not self.required
        meta = {"raw": self.raw, "personal": self.is_personal, "minimum": self.minimum, "maximum": self.maximum}
        match self.kind:
            case Kind.DATE:
                return dy.Date(nullable=optional, description=text, metadata=meta)
            case Kind.TIMESTAMP:
                return dy.Datetime(nullable=optional, time_zone="UTC", time_unit="us", description=text, metadata=meta)
            case Kind.INTEGER | Kind.MILES:
                low, high = _whole(self.minimum), _whole(self.maximum)
                return dy.Int64(nullable=optional, min=low, max=high, description=text, metadata=meta)
            case Kind.MONEY:
                return dy.Decimal(*MONEY_DIGITS, nullable=optional, description=text, metadata=meta)
            case Kind.NUMBER:
                return dy.Float64(nullable=optional, min=self.minimum, max=self.maximum, description=text, metadata=meta)
            case Kind.FLAG:
                return dy.Bool(nullable=optional, description=text, metadata=meta)
            case Kind.GROUPS:
                inner = dy.List(dy.String(nullable=True), nullable=True)
                return dy.List(inner, nullable=optional, description=text, metadata=meta)
            case Kind.TEXT | Kind.VIN:
                return dy.String(nullable=optional, description=text, metadata=meta)


def _whole(bound: float | None) -> int | None:
    return None if bound is None else int(bound)


class Layout(StrEnum):
    """How a file of a feed is written."""

    TSV = "tsv"  # tab-separated, one header row, nothing quoted
    CSV = "csv"  # RFC 4180, one header row
    ADF = "adf"  # ADF 1.0 XML, one row per prospect
    GA4 = "ga4"  # GA4 export, one JSON object per line, plain or gzip


OnMissing = Literal["skip", "fail"]
History = Literal["keyed", "event"]


@dataclass(frozen=True)
class Feed:
    """One inbound feed. One module per feed declares exactly one of these, named FEED.

    `key` names canonical columns that identify a row; an empty key means the row's own content does.
    `history` keyed: a later version of a key replaces the earlier one, field by field, blanks never replace.
             event: a row happened once; a repeat of its key changes nothing.
    `header` is the complete published header where the layout is fixed; columns outside `fields` are known and not carried.
    `row_needs_one_of` lists canonical columns of which at least one must be present in a row.
    `key_needs` lists key columns without which a row's key is its own content; `outside_content` lists columns that are
    not part of that content (a resent lead says "resend" and is still the same lead).
    """

    name: str
    title: str
    description: str
    layout: Layout
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    file_name: str  # a regular expression on the bare file name, for files outside a feed folder
    example: str  # an example of a file name, for documentation and errors
    history: History = "keyed"
    on_missing: OnMissing = "skip"
    late_days: int = 3
    cadence: str = "daily"
    header: tuple[str, ...] = ()
    row_needs_one_of: tuple[str, ...] = ()
    key_needs: tuple[str, ...] = ()
    outside_content: tuple[str, ...] = ()
    has_public_layout: bool = False
    watched: Mapping[str, float] = field(
        default_factory=dict, hash=False
    )  # column -> largest usual share of nulls in a day; above, it warns
    repeat_days: int | None = None  # files repeat only rows of files stamped within so many days; None: of any file
    owner: str = "team:data"

    @property
    def quarantine(self) -> str:
        """The name of this feed's quarantine table."""
        return f"{self.name}_quarantine"

    def schema(self) -> type[dy.Schema]:
        """The dataframely schema of the accepted table: where each row came from, then the fields."""
        columns = {one.name: one.column() for one in self.fields}
        return type(_camel(self.name), (RowOrigin,), columns)

    def field(self, name: str) -> Field:
        """The field with a canonical name; KeyError where there is none."""
        return next(one for one in self.fields if one.name == name)


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


class RowOrigin(dy.Schema):
    """Where an accepted row came from. Every accepted feed table begins with these columns."""

    row_key = dy.String(description="the feed's key values joined by |, or the row hash where the feed has no key")
    row_hash = dy.UInt64(description="hash of the row's own content, for redelivery and change detection")
    version_at = dy.Datetime(time_unit="us", description="the file's stamp in the group's time zone; newer wins")
    file_name = dy.String(description="name of the file below the feed's folder")
    line_number = dy.Int64(min=1, description="line of the row in the file; the prospect's number in XML")
    is_superseded = dy.Bool(description="true where a newer version of the key was known when this row was accepted")


class Quarantine(dy.Schema):
    """One row of a feed that broke its contract. It keeps everything needed to mend and replay it."""

    quarantine_id = dy.String(primary_key=True, description="keyed hash of file, line and rule")
    feed = dy.String(description="the feed")
    file_name = dy.String(description="name of the file below the feed's folder")
    file_sha256 = dy.String(description="content hash of the file, hex")
    version_at = dy.Datetime(time_unit="us", description="the file's stamp in the group's time zone")
    line_number = dy.Int64(min=0, description="line of the row in the file; 0 where the whole file is meant")
    rule = dy.String(description="the rule that was broken, as column|rule")
    column_name = dy.String(nullable=True, description="the header as delivered")
    value = dy.String(nullable=True, description="the offending value; never leaves the lake")
    reason = dy.String(description="what was expected, in a sentence without personal data")
    fix = dy.String(description="what to do about it")
    raw_text = dy.String(description="the row as delivered, with columns that must never enter removed")
    header_text = dy.String(nullable=True, description="the file's header line, so that the row can be replayed alone")


Stage = Literal["sources", "records", "identity", "traits", "triggers", "audiences", "exports", "measurement", "reports"]
TableKind = Literal["snapshot", "log"]


@dataclass(frozen=True)
class Limits:
    """Table-level judgement, for Great Expectations. Shares are 0..1; growth compares with the previous partition."""

    min_rows: int = 0
    max_growth: float | None = None  # largest allowed rows / previous rows
    min_growth: float | None = None  # smallest allowed rows / previous rows
    max_null_share: Mapping[str, float] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)  # column -> "table.column" it must exist in
    fresh_column: str | None = None  # a moment or day whose newest value must be within fresh_days of the day
    fresh_days: int = 0
    is_advisory: bool = False  # null shares and freshness warn and do not keep the table from being published


@dataclass(frozen=True)
class GuardRail:
    """A figure of a day that has a limit: a row of its table, and a check on the asset that it is about.

    A table of guard rails has the columns metric, value, limit, is_within and is_blocking. A metric without a row was not
    measured on the day.
    """

    metric: str
    asset: str
    description: str


@dataclass(frozen=True)
class Table:
    """One of our own tables: its columns and keys (dataframely), and what people need to know about it."""

    name: str
    stage: Stage
    schema: type[dy.Schema]
    description: str
    kind: TableKind = "snapshot"
    owner: str = "team:data"
    limits: Limits = Limits()
    is_personal: bool = True
    guard_rails: tuple[GuardRail, ...] = ()  # assets of these names are made by the same step

    @property
    def key(self) -> tuple[str, ...]:
        """The primary key columns, in declared order."""
        return tuple(self.schema.primary_key())
