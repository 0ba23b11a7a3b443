"""The index of a day: a SQLite file that is made once, opened read-only, and has no name on disk any more while it serves.

Keys stand in it as 128-bit hashes, answers as one JSON text per person. The operating system keeps its pages: no Python object
per person, nothing for the collector of garbage to walk through.
"""

import hashlib
import itertools
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from schemas.policy.service import ServicePolicy

FORMAT = "velocity answers 1"
TIERS = ("exact", "strict", "loose")
BATCH_ROWS = 10_000
TOLD = ("audience", "segment", "cell", "brand", "rooftop_id", "tier", "arm", "reasons", "message", "entered_on", "expires_on")


class BrokenIndex(Exception):
    """An index that is not what its maker said."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the index of the day cannot be served: {what}")


@dataclass(frozen=True)
class Found:
    """What is known under a key: the audiences of a person, the tier of the key and whether it is the group's own."""

    person_id: str
    audiences: list[dict[str, Any]]
    tier: str
    is_own: bool


def write_index(
    place: Path, day: date, answers: pl.DataFrame, keys: pl.DataFrame, service: ServicePolicy, policy_hash: str
) -> None:
    """Write the index of a day. `answers` and `keys` as pipelines.activation.answers returns them."""
    base = sqlite3.connect(place)
    base.executescript(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 8192;"
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"
        "CREATE TABLE person (number INTEGER PRIMARY KEY, body BLOB);"
        "CREATE TABLE key (digest BLOB PRIMARY KEY, number INTEGER, tier INTEGER, is_own INTEGER) WITHOUT ROWID;"
    )
    numbers: dict[str, int] = {}
    for batch in _batches(_people(answers, numbers)):
        base.executemany("INSERT INTO person VALUES (?, ?)", batch)
    rows = keys.select("kind", "key", "person_id", "tier", "is_own").iter_rows()
    entries = sorted((digest_of(kind, key), numbers[who], TIERS.index(tier), own) for kind, key, who, tier, own in rows)
    for batch in _batches(iter(entries)):
        base.executemany("INSERT INTO key VALUES (?, ?, ?, ?)", batch)
    meta = {
        "format": FORMAT,
        "day": day.isoformat(),
        "people": str(len(numbers)),
        "keys": str(len(entries)),
        "policy_hash": policy_hash,
        "service": service.model_dump_json(),
    }
    base.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
    base.commit()
    base.close()


def digest_of(kind: str, key: str) -> bytes:
    """The 128-bit hash under which a key stands."""
    return hashlib.blake2b(f"{kind}:{key}".encode(), digest_size=16).digest()


def _people(answers: pl.DataFrame, numbers: dict[str, int]) -> Iterator[tuple[int, bytes]]:
    """One row per person, in order: number and the audiences with their doors as JSON. Fills `numbers`."""
    on = ["person_id", *TOLD]
    doors = pl.struct("client", "recipient", "purpose", "basis", "channels")
    listed = answers.group_by(on, maintain_order=True).agg(doors=doors).sort("person_id", "audience", "cell")
    for person, rows in itertools.groupby(listed.iter_rows(named=True), key=lambda row: row["person_id"]):
        numbers[person] = len(numbers) + 1
        told = [{name: value for name, value in row.items() if name != "person_id"} for row in rows]
        yield numbers[person], orjson.dumps({"person_id": person, "audiences": told})


def _batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(itertools.islice(rows, BATCH_ROWS)):
        yield batch


class Index:
    """An open index. Used by one thread at a time; it closes when nobody holds it any more."""

    def __init__(self, place: Path) -> None:
        """Open, check and unlink an index. Errors: BrokenIndex; the file is gone in any case."""
        try:
            self._base = sqlite3.connect(f"{place.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
            self._check(place)
        except (sqlite3.Error, OSError, ValueError, KeyError) as wrong:
            raise BrokenIndex(type(wrong).__name__) from None
        finally:
            place.unlink(missing_ok=True)

    def _check(self, place: Path) -> None:
        self._base.execute(f"PRAGMA mmap_size = {place.stat().st_size}")
        meta = dict(self._base.execute("SELECT name, value FROM meta"))
        if meta["format"] != FORMAT:
            raise BrokenIndex(f"format {meta['format']!r}, expected {FORMAT!r}")
        self.day = date.fromisoformat(meta["day"])
        self.people, self.keys = int(meta["people"]), int(meta["keys"])
        self.policy_hash = meta["policy_hash"]
        self.service = ServicePolicy.model_validate(json.loads(meta["service"]))
        counted = tuple(self._base.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("person", "key"))
        if counted != (self.people, self.keys):
            raise BrokenIndex(f"{counted[0]} people and {counted[1]} keys, expected {self.people} and {self.keys}")
        if self._base.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise BrokenIndex("SQLite finds it damaged")

    def find(self, kind: str, key: str) -> Found | None:
        """What is known under a key, or None. A key that is not known costs the same reads as one that is."""
        row = self._base.execute("SELECT number, tier, is_own FROM key WHERE digest = ?", (digest_of(kind, key),)).fetchone()
        number, tier, is_own = row or (1, 0, 0)
        body = self._base.execute("SELECT body FROM person WHERE number = ?", (number,)).fetchone()
        if body is None:
            return None
        told = orjson.loads(body[0])
        return Found(told["person_id"], told["audiences"], TIERS[tier], bool(is_own)) if row else None
