"""A past day's inputs, put together again in a folder of their own: what had arrived then, and the lake as it was before.

Nothing is copied that can be linked, and nothing of the lake or the drop folder is changed. What came later is not there: neither
files that other days took, nor tables of the day itself or of later days.
"""

import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from assets.arrivals import files_of, readable_digest, shown, unclaimed
from assets.lake import Lake
from assets.policy_reads import kept_policy
from assets.rebuild_pins import pins_of
from schemas.sources import all_feeds
from schemas.tables.forgotten import FORGET_PROOF, FORGOTTEN

NOBODYS = "unclaimed"
CARRIED = ("receipt", "receipt_member", "drift")  # what platforms answered before the day was made: nobody is asked again


class NotPinned(Exception):
    """A day that never came to its end, or that ran before days were pinned."""

    def __init__(self, lake: Lake, day: date) -> None:
        self.day = day
        days = [one for one in lake.days("feed_file") if pins_of(lake, one)]
        has = f"days that can be: {_listed([one.isoformat() for one in days])}" if days else "no day of this lake can be"
        super().__init__(f"{day} of {lake.group} cannot be rebuilt: nothing is pinned of it under {lake.home}; {has}")


class FilesGone(Exception):
    """Files that a day took and that the drop folder no longer holds as they were. `gone` maps feed/name to what is wrong."""

    def __init__(self, day: date, drop: Path, gone: Mapping[str, str]) -> None:
        self.gone = dict(gone)
        told = "; ".join(f"{name} {why}" for name, why in sorted(gone.items())[:10])
        rest = f"; and {len(gone) - 10} more" if len(gone) > 10 else ""
        super().__init__(f"{day} cannot be rebuilt from {drop}: {told}{rest}. Put the file back as it was delivered")


class PolicyGone(Exception):
    """The policy that a day pinned is not in the lake, or cannot be read by this version of the product."""

    def __init__(self, lake: Lake, day: date, policy_hash: str) -> None:
        place = lake.home / "_policy" / f"{policy_hash}.json"
        why = "this version of the product cannot read it" if place.is_file() else "the lake does not hold it"
        super().__init__(f"{day} cannot be rebuilt under its policy {policy_hash[:12]}: {why} ({place.name} in _policy)")


class PlaceTaken(Exception):
    """The folder to rebuild in is not empty."""

    def __init__(self, place: Path) -> None:
        super().__init__(f"{place} is not empty; name a new folder, or one that is empty")


def lay_lake(lake: Lake, root: Path, day: date) -> Lake:
    """A lake below `root` that knows what `lake` knew when the day began. Its files are links: a run replaces them."""
    if root.exists() and any(root.iterdir()):
        raise PlaceTaken(root)
    copy = Lake(root, lake.group)
    copy.home.mkdir(parents=True, exist_ok=True)
    for table in lake.tables():
        for one in lake.days(table):
            is_past = one < day or (one == day and table in CARRIED)
            if is_past or table in (FORGOTTEN.name, FORGET_PROOF.name):  # who is forgotten is so on every day
                _point(lake.part(table, one), copy.part(table, one))
    for folder in ("_manifests", "_policy/reads", "_runs"):
        for place in sorted((lake.home / folder).rglob("*.json")):
            if _day_in(place) < day:
                _point(place, copy.home / place.relative_to(lake.home))
    _lay_releases(lake, copy, day)
    for place in sorted((lake.home / "_policy").glob("*.json")):
        _point(place, copy.home / place.relative_to(lake.home))
    for place in sorted((lake.home / "_service").rglob("*.jsonl")):  # what was told is folded into the day
        _point(place, copy.home / place.relative_to(lake.home))
    return copy


def lay_files(pins: Mapping[str, Any], day: date, drop: Path, place: Path) -> None:
    """A drop folder at `place` that holds the files of a day, and no others. Errors: FilesGone."""
    place.mkdir(parents=True, exist_ok=True)
    there = {(feed.name, name): path for feed in all_feeds().values() for name, path in files_of(drop, feed)}
    there |= {(NOBODYS, shown(path.relative_to(drop))): path for path in unclaimed(drop)}
    gone = {}
    for one in pins["files"]:
        path = there.get((one["feed"], one["name"]))
        wrong = "is not there" if path is None else _changed(path, one["sha256"])
        if path is None or wrong:
            gone[f"{one['feed']}/{one['name']}"] = wrong
        else:
            _take(path, place / path.relative_to(drop))
    if gone:
        raise FilesGone(day, drop, gone)


def pinned_policy(lake: Lake, pins: Mapping[str, Any], day: date) -> Path:
    """Where the policy of a day is kept. Errors: PolicyGone."""
    policy_hash = str(pins["policy_hash"])
    if kept_policy(lake, policy_hash) is None:
        raise PolicyGone(lake, day, policy_hash)
    return lake.home / "_policy" / f"{policy_hash}.json"


def _changed(path: Path, sha256: str) -> str:
    found = readable_digest(path)
    if not sha256 or found == sha256:  # no hash: a file that was refused unread, or that is nobody's
        return ""
    return f"is not what it was: its SHA-256 begins with {(found or 'nothing, it cannot be read')[:12]}, not {sha256[:12]}"


def _take(path: Path, place: Path) -> None:
    """The same file under another folder: its size, its bytes, or the same link that leads nowhere."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() and not path.exists():
        place.symlink_to(path.readlink())
        return
    try:
        place.hardlink_to(path.resolve())
    except OSError:  # on another disk, or not ours to link
        if path.is_file():
            shutil.copyfile(path, place)
        else:
            place.symlink_to(path.absolute())


def _lay_releases(lake: Lake, copy: Lake, day: date) -> None:
    """What was released by hand, the day's own too: its exports read it."""
    for place in sorted((lake.home / "_releases").glob("*.json")):
        if _day_in(place) <= day:
            _point(place, copy.home / place.relative_to(lake.home))


def _point(path: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(path.absolute())


def _day_in(place: Path) -> date:
    """The day that a kept file is about: its own name, or the folder's."""
    stem = place.stem if place.parent.parent.name != "reads" else place.parent.name
    return date.fromisoformat(stem)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) < 6 else f"{names[0]} to {names[-1]} ({len(names)} days)"
