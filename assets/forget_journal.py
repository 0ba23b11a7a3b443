"""The journal of an erasure: what is to go, and what was done. Killed at any point, the next one goes on where it stopped.

LAKE/<group>/_forget/<tombstone id>/subject.json      who it is; the only file that names them, and it goes at the end
LAKE/<group>/_forget/<tombstone id>/done.jsonl        file by file: hash before, hash after, rows; written before each rename
LAKE/<group>/_forget/<tombstone id>/certificate.json  the proof; nothing of the person is in it
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assets.arrivals import digest
from assets.lake import Lake, replace_durably

FOLDER = "_forget"
SUBJECT, DONE, CERTIFICATE = "subject.json", "done.jsonl", "certificate.json"


@dataclass(frozen=True)
class Change:
    """One file that was changed. `after` is blank where the file is gone."""

    file: str
    before: str
    after: str
    removed: int
    blanked: int


@dataclass(frozen=True)
class Journal:
    """The folder of one erasure. `turn` 1 is the erasure, 2 and on what had to wait for removals."""

    lake: Lake
    tombstone_id: str
    turn: int = 1

    @property
    def home(self) -> Path:
        """The folder."""
        return self.lake.home / FOLDER / self.tombstone_id

    def begin(self, told: Mapping[str, Any]) -> None:
        """Write down who it is and why, readable by nobody but this user."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o700)
        beside = self.home / f".{SUBJECT}"
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump({**told, "turn": self.turn}, out, sort_keys=True)
        replace_durably(beside, self.home / SUBJECT)

    def told(self) -> dict[str, Any]:
        """What was written at the beginning."""
        found: dict[str, Any] = json.loads((self.home / SUBJECT).read_text(encoding="utf-8"))
        return found

    def change(self, place: Path, beside: Path | None, removed: int, blanked: int) -> None:
        """Replace a file by one that was written beside it, or remove it; the journal knows of it first."""
        before = digest(place)
        after = digest(beside) if beside else ""
        if beside and after == before:  # it was changed before a kill: what is blank already was told then
            beside.unlink()
            return
        name = place.relative_to(self.lake.home).as_posix()
        line = {"file": name, "before": before, "after": after, "removed": removed, "blanked": blanked}
        with (self.home / DONE).open("a", encoding="utf-8") as out:
            out.write(json.dumps({**line, "turn": self.turn}, sort_keys=True) + "\n")
            out.flush()
            os.fsync(out.fileno())
        if beside:
            beside.chmod(place.stat().st_mode & 0o777)
            replace_durably(beside, place)
        else:
            place.unlink()

    def changes(self) -> list[Change]:
        """What was done in this turn, one entry per file, in the order of names. A kill may have told a change twice."""
        merged: dict[str, Change] = {}
        for line in self._lines():
            now = Change(line["file"], line["before"], line["after"], line["removed"], line["blanked"])
            was = merged.get(now.file)
            if was and was.before != now.before:  # changed, and changed again
                now = Change(now.file, was.before, now.after, was.removed + now.removed, was.blanked + now.blanked)
            merged[now.file] = now
        return [merged[name] for name in sorted(merged)]

    def _lines(self) -> Iterator[dict[str, Any]]:
        place = self.home / DONE
        for text in place.read_text(encoding="utf-8").splitlines() if place.is_file() else []:
            try:
                line = json.loads(text)
            except ValueError:  # torn by a power cut; the change was not made
                continue
            if line["turn"] == self.turn:
                yield line

    def end(self, certificate: Mapping[str, Any]) -> None:
        """Write the proof, then drop what names the person."""
        name = CERTIFICATE if self.turn == 1 else f"certificate-{self.turn}.json"
        self.lake.write_json(f"{FOLDER}/{self.tombstone_id}/{name}", certificate)
        (self.home / SUBJECT).unlink(missing_ok=True)
        (self.home / f".{SUBJECT}").unlink(missing_ok=True)
        (self.home / DONE).unlink(missing_ok=True)

    @property
    def day(self) -> date:
        """The day of the lake on which it was asked for."""
        return date.fromisoformat(self.told()["day"])


def unfinished(lake: Lake) -> list[Journal]:
    """Erasures that were begun and have not come to their end, in the order of ids."""
    found = sorted((lake.home / FOLDER).glob(f"*/{SUBJECT}"))
    return [Journal(lake, one.parent.name, json.loads(one.read_text(encoding="utf-8"))["turn"]) for one in found]
