"""Which files belong to which day. The drop folder is never changed; a manifest per feed and day says what was taken.

A file belongs to the day of its stamp (in its name). Files that come up to `late_days` after their day are taken up by
the next run; the same files fall to their own day when that day is rebuilt, so a rebuild converges to one history.
A file without a stamp belongs to the day on which it was first seen.
"""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from assets.lake import Lake
from pipelines.ingest import claims, stamp_of
from schemas.contract import Feed
from schemas.sources import all_feeds

CHUNK = 1 << 20
REPLAY = re.compile(r"replay-(\d{8})/")


@dataclass(frozen=True)
class Arrival:
    """One file of a feed and what the day makes of it."""

    name: str
    path: Path
    sha256: str
    version_at: datetime
    verdict: str  # take, redelivered, too_late or unreadable
    bytes: int


class DayOutOfOrder(Exception):
    """A file was taken by two days: an earlier day was rebuilt and a later one was not yet."""

    def __init__(self, feed: str, name: str, days: tuple[date, date]) -> None:
        super().__init__(
            f"feed {feed}: file {name} was taken by {days[0]} and by {days[1]}. An earlier day was rebuilt, so every later day "
            f"must be rebuilt before new ones: velocity run --date {days[1]} and on."
        )


def files_of(drop: Path, feed: Feed) -> list[tuple[str, Path]]:
    """Files of a feed: everything below DROP/<feed>/, and files at the top of DROP that the feed claims by name."""
    folder = drop / feed.name
    inside = [path for path in folder.rglob("*") if _is_delivered(path)] if folder.is_dir() else []
    beside = [path for path in drop.iterdir() if _is_delivered(path) and claims(feed, path.name)] if drop.is_dir() else []
    named = [(shown(path.relative_to(folder)), path) for path in inside] + [(shown(Path(path.name)), path) for path in beside]
    return sorted(named)


def _is_delivered(path: Path) -> bool:
    """Whether somebody put a file here: anything but a folder or a hidden name, even a link that leads nowhere or a pipe."""
    return not path.is_dir() and not path.name.startswith(".")


def shown(path: Path) -> str:
    """A file's name as it is told and kept: bytes that are no text and characters that do not print are written as escapes."""
    text = os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def unclaimed(drop: Path) -> list[Path]:
    """Files that no feed recognises: at the top under a strange name, or in a folder that is not a feed."""
    feeds = all_feeds()
    strays = [path for path in drop.rglob("*") if _is_delivered(path)]
    return sorted(path for path in strays if not _is_claimed(path.relative_to(drop), feeds))


def _is_claimed(below: Path, feeds: Mapping[str, Feed]) -> bool:
    if len(below.parts) > 1:
        return below.parts[0] in feeds
    return any(claims(feed, below.name) for feed in feeds.values())


def arrivals(drop: Path, lake: Lake, feed: Feed, day: date) -> list[Arrival]:
    """Every file that a day must look at, ordered by version and name. Errors: DayOutOfOrder."""
    taken = _manifests(lake, feed, until=None)
    earlier = {one: files for one, files in taken.items() if one < day}
    _refuse_doubles(feed, earlier)
    elsewhere = {name: files[name] for one, files in taken.items() if one != day for name in files}
    before = {sha for files in earlier.values() for sha in files.values()}
    found = []
    for name, path in files_of(drop, feed):
        stamp, belongs = stamp_of(Path(name).name), _belongs_to(name)
        if belongs is not None and belongs > day:
            continue
        sha = readable_digest(path)
        if sha is None:
            found.append(Arrival(name, path, "", stamp or datetime.combine(day, time()), "unreadable", path.lstat().st_size))
            continue
        if any(files.get(name) == sha for files in earlier.values()):
            continue
        if belongs is None and elsewhere.get(name) == sha:
            continue
        verdict = _verdict(feed, day, belongs, is_first=not earlier, is_repeat=sha in before)
        at = stamp or datetime.combine(day, time())
        found.append(Arrival(name, path, sha, at, verdict, path.stat().st_size))
    return sorted(found, key=lambda one: (one.version_at, one.name))


def _belongs_to(name: str) -> date | None:
    """The day of a file: the day of its replay folder where it lies in one, else the day of its stamp."""
    replayed = REPLAY.match(name)
    stamp = stamp_of(replayed[1]) if replayed else stamp_of(Path(name).name)
    return stamp.date() if stamp else None


def _verdict(feed: Feed, day: date, belongs: date | None, *, is_first: bool, is_repeat: bool) -> str:
    if is_repeat:
        return "redelivered"
    if belongs is None or is_first or belongs >= day - timedelta(days=feed.late_days):
        return "take"
    return "too_late"


def late_days(drop: Path, lake: Lake) -> dict[date, list[str]]:
    """Days to rebuild because files of theirs came after they ran: day -> feed/name of the files. Oldest first."""
    found: dict[date, list[str]] = {}
    for feed in all_feeds().values():
        taken = _manifests(lake, feed, until=None)
        if not taken:
            continue
        known = {(name, sha) for files in taken.values() for name, sha in files.items()}
        for name, path in files_of(drop, feed):
            belongs = _belongs_to(name)
            is_past = belongs is not None and min(taken) <= belongs <= max(taken)
            sha = readable_digest(path) if is_past else None
            if belongs and sha and (name, sha) not in known:
                found.setdefault(belongs, []).append(f"{feed.name}/{name}")
    return dict(sorted(found.items()))


def write_manifest(lake: Lake, feed: Feed, day: date, seen: list[Arrival]) -> None:
    """Pin what the day took, so that later days do not take it again."""
    files = {one.name: one.sha256 for one in seen if one.verdict in ("take", "redelivered")}
    lake.write_json(_manifest(feed, day), {"feed": feed.name, "day": day.isoformat(), "files": files})


def digest(path: Path) -> str:
    """SHA-256 of a file, hex."""
    hashed = hashlib.sha256()
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            hashed.update(chunk)
    return hashed.hexdigest()


def readable_digest(path: Path) -> str | None:
    """The digest, or None where there is nothing to read: a link that leads nowhere, a pipe, a file without permission."""
    if not path.is_file():
        return None
    try:
        return digest(path)
    except PermissionError:
        return None


def _manifest(feed: Feed, day: date) -> str:
    return f"_manifests/{feed.name}/{day.isoformat()}.json"


def _manifests(lake: Lake, feed: Feed, until: date | None) -> dict[date, dict[str, str]]:
    folder = lake.home / "_manifests" / feed.name
    found: dict[date, dict[str, str]] = {}
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        one = date.fromisoformat(path.stem)
        content = lake.read_json(_manifest(feed, one))
        if content and (until is None or one <= until):
            found[one] = content["files"]
    return found


def _refuse_doubles(feed: Feed, manifests: Mapping[date, Mapping[str, str]]) -> None:
    seen: dict[tuple[str, str], date] = {}
    for day, files in sorted(manifests.items()):
        for name, sha in files.items():
            if (name, sha) in seen:
                raise DayOutOfOrder(feed.name, name, (seen[name, sha], day))
            seen[name, sha] = day
