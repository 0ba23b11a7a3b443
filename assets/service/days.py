"""Which day may be served: one that came to its end, and whose tables are those it came to its end with.

A day pins what came out of it, by hash, after everything else (assets/rebuild_pins). While a day is being run, half of it is new
and its pins are missing or of an earlier run: such a day is not whole.
"""

import hashlib
from datetime import date
from pathlib import Path

from assets.arrivals import digest
from assets.lake import Lake
from assets.rebuild_pins import pins_of
from pipelines.activation.answers import INPUTS

Stamp = tuple[str, ...]


class DayNotWhole(Exception):
    """A day that cannot be served, and why."""

    def __init__(self, day: date, why: str) -> None:
        super().__init__(f"{day} cannot be served: {why}")


def finished_days(lake: Lake) -> list[date]:
    """Days that pinned what came out of them, newest first."""
    folder = lake.home / "_runs"
    found = []
    for path in folder.glob("*.json") if folder.is_dir() else ():
        try:
            found.append(date.fromisoformat(path.stem))
        except ValueError:  # another document of the runs
            continue
    return sorted(found, reverse=True)


def stamp_of(lake: Lake, day: date) -> Stamp:
    """What tells one state of a day's files from another without reading them: pins and tables by place, size and time."""
    places = [lake.home / "_runs" / f"{day.isoformat()}.json", *(lake.part(table, day) for table in INPUTS)]
    return tuple(_stamp(place) for place in places)


def policy_stamp(root: Path) -> str:
    """The same for all files of policy, as one hash."""
    files = sorted(path for path in root.rglob("*") if path.suffix in (".yaml", ".csv"))
    return hashlib.sha256("\n".join(_stamp(path) for path in files).encode()).hexdigest()


def check_whole(lake: Lake, day: date) -> None:
    """DayNotWhole unless every table that answers are made from is the one that the day pinned."""
    pins = pins_of(lake, day)
    if pins is None:
        raise DayNotWhole(day, "it never came to its end; run the day")
    for table in INPUTS:
        place = lake.part(table, day)
        if not place.is_file():
            raise DayNotWhole(day, f"table {table} has no partition; run the day")
        if digest(place) != pins["tables"].get(table):
            raise DayNotWhole(day, f"table {table} is not the one that the day ended with: a run is under way or has failed")


def _stamp(place: Path) -> str:
    try:
        found = place.stat()
    except FileNotFoundError:
        return f"{place.name} missing"
    return f"{place.parent.name}/{place.name} {found.st_size} {found.st_mtime_ns} {found.st_ino}"
