"""Keeps the newest whole day in service: looks for it, has its index made by another process, and swaps it in one step.

An answer is given by one index from beginning to end; the old one closes when its last answer is done. What cannot be built
leaves the old one in service, and is tried again when its files change, or after a while.
"""

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assets.lake import Lake
from assets.service.audit import drop_old
from assets.service.days import Stamp, finished_days, policy_stamp, stamp_of
from assets.service.index import BrokenIndex, Index
from assets.service.limits import Keys

FIRST_RELOAD_SECONDS = 1.0  # until an index brings the policy's own figure
LONGEST_BUILD_SECONDS = 900
RETRY_SECONDS = 300.0  # after a failure that may have been the machine's
DAYS_TRIED = 3  # newest first, while nothing is served at all

log = logging.getLogger("velocity.service")


@dataclass(frozen=True)
class Serving:
    """What answers are given from: the index of a day and the keys of its policy."""

    index: Index
    keys: Keys
    stamp: tuple[date, Stamp, str]


class Keeper:
    """Holds `serving`, which is None until the first day is ready, and `problem`, the sentence of the last failure."""

    def __init__(self, lake: Lake, policy: Path, environment: Mapping[str, str]) -> None:
        self._lake, self._policy, self._environment = lake, policy, environment
        self.serving: Serving | None = None
        self.problem: str | None = None
        self._failed: dict[tuple[date, Stamp, str], float] = {}
        self._child: subprocess.Popen[bytes] | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        """Begin to look for days."""
        self._thread.start()

    def close(self) -> None:
        """Stop looking, and stop a build that is under way."""
        self._stop.set()
        child = self._child
        if child is not None and child.poll() is None:
            child.terminate()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> bool:
        """Look once; True where a new index was put into service."""
        policy = policy_stamp(self._policy)
        days = finished_days(self._lake)
        if not days:
            self.problem = "no day of this group has come to its end; run one"
        for day in days[: 1 if self.serving else DAYS_TRIED]:
            wanted = (day, stamp_of(self._lake, day), policy)
            if self.serving and self.serving.stamp == wanted:
                self.problem = None
                return False
            if time.monotonic() >= self._failed.get(wanted, 0.0) and self._serve(wanted):
                return True
        return False

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.look()
            except Exception as wrong:  # whatever happens here, the old day stays in service
                log.error("looking for a day failed: %s", type(wrong).__name__)
            self._stop.wait(self.serving.index.service.reload_seconds if self.serving else FIRST_RELOAD_SECONDS)

    def _serve(self, wanted: tuple[date, Stamp, str]) -> bool:
        day = wanted[0]
        place = self._lake.staged("service", day).with_suffix(".sqlite")
        try:
            problem = self._build(day, place)
            index = None if problem else Index(place)
        except BrokenIndex as broken:
            problem, index = str(broken), None
        finally:
            place.unlink(missing_ok=True)
        if index is None:
            self._failed = {one: at for one, at in self._failed.items() if one[0] != day} | {
                wanted: time.monotonic() + RETRY_SECONDS
            }
            self.problem = problem
            log.error("%s", problem)
            return False
        keys = Keys(index.service, self._environment)
        for closed in keys.closed:
            log.warning("client %s cannot ask", closed)
        self.serving, self.problem = Serving(index, keys, wanted), None
        for dropped in drop_old(self._lake, day, index.service.audit_keep_days):
            log.info("records of %s are in the lake; their file was removed", dropped)
        log.info("serving %s: %d people, %d keys of persons, %d client keys", index.day, index.people, index.keys, len(keys))
        return True

    def _build(self, day: date, place: Path) -> str | None:
        """Have the index made; the sentence of what went wrong, or None."""
        lake, group = str(self._lake.root), self._lake.group
        command = [sys.executable, "-m", "assets.service.build", lake, group, str(self._policy), day.isoformat(), str(place)]
        self._child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            told = self._child.communicate(timeout=LONGEST_BUILD_SECONDS)[1].decode(errors="replace").strip()
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.communicate()
            told = f"the index of {day} took more than {LONGEST_BUILD_SECONDS} seconds"
        if self._child.returncode == 0:
            return None
        return told or f"the index of {day} was not made, exit code {self._child.returncode}"
