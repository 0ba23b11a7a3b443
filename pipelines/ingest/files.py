"""What goes in and out of ingestion, and what a file's name says. Nothing here looks into a file."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import dataframely as dy
import polars as pl

from schemas.contract import Feed, Quarantine
from schemas.tables.sources import FeedFile

_STAMP = re.compile(r"(?<!\d)((?:19|20)\d{6})(?:[_T-]?(\d{6}|\d{4})(?!\d))?(?!\d)")


@dataclass(frozen=True)
class DropFile:
    """A file as it lay in the drop folder: name, its stamp in the group's time (naive), content hash and raw bytes."""

    name: str
    version_at: datetime
    sha256: str
    content: bytes


@dataclass(frozen=True, eq=False)
class Ingested:
    """The result of a batch: accepted rows (`feed.schema()`), quarantined rows (`Quarantine`), files (`FeedFile`)."""

    accepted: pl.DataFrame
    quarantine: pl.DataFrame
    files: pl.DataFrame


def stamp_of(name: str) -> datetime | None:
    """The stamp in a file name, YYYYMMDD with optional HHMM or HHMMSS after _, - or T; None where there is none.

    The first digits that are a real date count, so that a rooftop or campaign number before the stamp does no harm.
    """
    for match in _STAMP.finditer(name):
        day, clock = match.group(1), match.group(2) or ""
        for text in dict.fromkeys((clock, "")):
            try:
                return datetime.strptime(day + text.ljust(6, "0"), "%Y%m%d%H%M%S")  # noqa: DTZ007 naive by contract
            except ValueError:
                continue
    return None


def claims(feed: Feed, name: str) -> bool:
    """Whether a bare file name is one that the feed declares."""
    return re.search(feed.file_name, name) is not None


@cache
def accepted_schema(feed: Feed) -> type[dy.Schema]:
    """The schema of a feed's accepted table, made once per feed."""
    return feed.schema()


@cache
def dtypes(schema: type[dy.Schema]) -> dict[str, pl.DataType]:
    """The Polars dtypes of a schema's columns, in order."""
    return dict(schema.create_empty().schema)


def empty(schema: type[dy.Schema]) -> pl.DataFrame:
    """An empty frame with the columns of a schema."""
    return pl.DataFrame(schema=dtypes(schema))


def nothing(feed: Feed) -> Ingested:
    """The result of no files."""
    return Ingested(empty(accepted_schema(feed)), empty(Quarantine), empty(FeedFile))
