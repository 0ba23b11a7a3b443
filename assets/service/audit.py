"""The record of answers that shared something. It is written before the answer leaves, and never waited for.

    LAKE/<group>/_service/audit/open-<start>-<number>.jsonl     segments that are being written, or were when the power went
    LAKE/<group>/_service/audit/2026-11-22.jsonl                records that are safe, by day in the group's time zone

A write lands in the system's memory: a killed process loses nothing. Every audit_flush_seconds the segment is closed, forced to
disk by a thread of its own and moved into the file of its day, so no answer waits for a disk. A record that stands in both places
after a power cut is known by its id.
"""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from assets.lake import Lake

FOLDER = "_service/audit"
SEGMENT = "open-"


class Audit:
    """Records of one service process. `now` gives the time in UTC."""

    def __init__(self, lake: Lake, time_zone: str, flush_seconds: float, now: Callable[[], datetime] | None = None) -> None:
        self._folder = lake.home / FOLDER
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        self._zone, self._flush, self._now = ZoneInfo(time_zone), flush_seconds, now or (lambda: datetime.now(UTC))
        self._boot = f"{time.time_ns():x}-{os.getpid():x}"
        self._count, self._segment, self._handle = 0, 0, -1
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._closed: list[tuple[Path, int]] = []
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)

    def start(self) -> None:
        """Take over what a killed process left, and begin to flush."""
        for left in sorted(self._folder.glob(f"{SEGMENT}*.jsonl")):
            self._keep(left)
        self._thread.start()

    def record(self, client: str, person_id: str, told: Sequence[Mapping[str, str]]) -> None:
        """Write one record; OSError where it cannot be written, and then nothing may be answered."""
        at = self._now()
        with self._lock:
            self._count += 1
            line = {
                "id": f"{self._boot}-{self._count:x}",
                "at": at.isoformat(),
                "day": at.astimezone(self._zone).date().isoformat(),
                "client": client,
                "person_id": person_id,
                "told": told,
            }
            if self._handle < 0:
                self._open()
            os.write(self._handle, orjson.dumps(line) + b"\n")

    def flush(self) -> None:
        """Force everything recorded so far to disk."""
        with self._lock:
            if self._handle >= 0:
                self._closed.append((self._place(), self._handle))
                self._handle = -1
            closed, self._closed = self._closed, []
        for place, handle in closed:
            os.fsync(handle)
            os.close(handle)
            self._keep(place)

    def close(self) -> None:
        """Stop the thread and flush."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self.flush()

    def _run(self) -> None:
        while not self._stop.wait(self._flush):
            self.flush()

    def _place(self) -> Path:
        return self._folder / f"{SEGMENT}{self._boot}-{self._segment}.jsonl"

    def _open(self) -> None:
        self._segment += 1
        self._handle = os.open(self._place(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def _keep(self, segment: Path) -> None:
        """Append a closed segment to the files of its days, safely, and remove it."""
        by_day: dict[str, list[bytes]] = {}
        for line in segment.read_bytes().splitlines():
            record = _parsed(line)
            if record is not None:
                by_day.setdefault(str(record["day"]), []).append(line)
        for day, lines in by_day.items():
            handle = os.open(self._folder / f"{day}.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            # the blank line ends what a power cut may have torn
            os.write(handle, b"\n" + b"\n".join(lines) + b"\n")
            os.fsync(handle)
            os.close(handle)
        segment.unlink()


def records(lake: Lake, after: date | None, until: date) -> list[dict[str, Any]]:
    """Every record of the days after one and up to another, each once, in order of time and id.

    Segments are read first: what is moved meanwhile is found in the file of its day.
    """
    folder = lake.home / FOLDER
    texts = [_text(path) for path in sorted(folder.glob(f"{SEGMENT}*.jsonl"))]
    texts += [_text(path) for path in sorted(folder.glob("????-??-??.jsonl")) if _is_wanted(path.stem, after, until)]
    found = {one["id"]: one for text in texts for one in map(_parsed, text.splitlines()) if one}
    wanted = [one for one in found.values() if _is_wanted(one["day"], after, until)]
    return sorted(wanted, key=lambda one: (one["at"], one["id"]))


def drop_old(lake: Lake, today: date, keep_days: int) -> Iterator[date]:
    """Remove the files of days that were folded into the lake and are older than so many days. Gives the days removed."""
    folded = lake.days("shared_by_answer")
    for path in sorted((lake.home / FOLDER).glob("????-??-??.jsonl")):
        day = date.fromisoformat(path.stem)
        if day < today - timedelta(days=keep_days) and folded and folded[-1] >= day:
            path.unlink()
            yield day


def _is_wanted(day: str, after: date | None, until: date) -> bool:
    return (after is None or day > after.isoformat()) and day <= until.isoformat()


def _text(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _parsed(line: bytes) -> dict[str, Any] | None:
    """A record, or None for what a power cut has torn."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and found.keys() >= {"id", "at", "day", "client", "person_id", "told"} else None
