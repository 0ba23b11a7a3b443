"""The lake: one Parquet file per table and day, written beside its place and renamed into it.

    LAKE/<group>/<table>/dt=2026-11-21/part-0.parquet

A rename is atomic, so a reader sees the old day or the new one, and a killed writer leaves nothing but a staged file
that the next run sweeps away. Nothing is written in place: write, audit, publish.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from pipelines.step import Window

PART = "part-0.parquet"
STAGED = ".staged"
ROW_GROUP_ROWS = 250_000


@dataclass(frozen=True)
class Lake:
    """The tables of one group under a root folder."""

    root: Path
    group: str

    @property
    def home(self) -> Path:
        """The group's folder."""
        return self.root / self.group

    def part(self, table: str, day: date) -> Path:
        """Where the partition of a day is, or would be."""
        return self.home / table / f"dt={day.isoformat()}" / PART

    def days(self, table: str) -> list[date]:
        """Days that have a published partition, oldest first."""
        folder = self.home / table
        if not folder.is_dir():
            return []
        found = [
            date.fromisoformat(one.name[3:]) for one in folder.iterdir() if one.name.startswith("dt=") and (one / PART).is_file()
        ]
        return sorted(found)

    def parts(self, table: str, window: Window, day: date) -> list[Path]:
        """The files that an input of a day reads, oldest first."""
        match window:
            case "day" | "otherwise":
                chosen = [one for one in self.days(table) if one == day]
            case "until":
                chosen = [one for one in self.days(table) if one <= day]
            case "previous":
                chosen = [one for one in self.days(table) if one < day][-1:]
        return [self.part(table, one) for one in chosen]

    def staged(self, table: str, day: date) -> Path:
        """A fresh place to write a partition before it is judged."""
        folder = self.home / STAGED
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{table}-{day.isoformat()}-{os.getpid()}.parquet"

    def stage(self, table: str, day: date, frame: pl.DataFrame) -> Path:
        """Write a frame beside its place and return where."""
        place = self.staged(table, day)
        frame.write_parquet(place, compression="zstd", statistics=True, row_group_size=ROW_GROUP_ROWS)
        return place

    def publish(self, staged: Path, table: str, day: date) -> Path:
        """Move a judged file into its place, replacing an earlier one, in one atomic step that survives a power cut."""
        place = self.part(table, day)
        replace_durably(staged, place)
        return place

    def sweep(self) -> None:
        """Remove what killed runs left behind. Call it only while no other run writes."""
        for left in sorted((self.home / STAGED).glob("*")) if (self.home / STAGED).is_dir() else []:
            left.unlink(missing_ok=True)

    def rows(self, table: str, window: Window, day: date) -> int | None:
        """Row count of an input from its footers; None where there is no partition."""
        parts = self.parts(table, window, day)
        return sum(pq.ParquetFile(part).metadata.num_rows for part in parts) if parts else None

    def read(self, table: str, day: date) -> pl.DataFrame:
        """One published partition. FileNotFoundError names the table and the day."""
        place = self.part(table, day)
        if not place.is_file():
            raise FileNotFoundError(f"table {table} has no partition {day} under {self.home}; run that day first")
        return pl.read_parquet(place)

    def write_json(self, name: str, content: Mapping[str, Any]) -> Path:
        """Write a small document, atomically, with sorted keys. `name` is a path below the group's folder."""
        return self.write_bytes(name, json.dumps(content, indent=1, sort_keys=True, default=str).encode())

    def write_bytes(self, name: str, content: bytes) -> Path:
        """Write a small file, atomically. `name` is a path below the group's folder."""
        place = self.home / name
        beside = self.home / STAGED / f"{name.replace('/', '-')}-{os.getpid()}"
        beside.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)
        replace_durably(beside, place)
        return place

    def read_json(self, name: str) -> dict[str, Any] | None:
        """A small document, or None where there is none."""
        place = self.home / name
        return json.loads(place.read_text(encoding="utf-8")) if place.is_file() else None

    def tables(self) -> Iterator[str]:
        """Names of all tables with at least one published partition, in alphabetical order."""
        if self.home.is_dir():
            for folder in sorted(self.home.iterdir()):
                if folder.is_dir() and any(folder.glob(f"dt=*/{PART}")):
                    yield folder.name


def replace_durably(beside: Path, place: Path) -> None:
    """fsync a file, rename it into place, fsync the folder: after a power cut there is the old file or the new one."""
    place.parent.mkdir(parents=True, exist_ok=True)
    sync(beside)
    beside.replace(place)
    sync(place.parent)


def sync(path: Path) -> None:
    """Force a file, or the names in a folder, to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
