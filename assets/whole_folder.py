"""Putting a folder in its place as a whole: written beside it, then renamed; a killed writer leaves the former one."""

import shutil
from pathlib import Path

from assets.lake import replace_durably


def staged_beside(place: Path) -> Path:
    """A new, empty folder beside a place, to be filled and then given to `put_in_place`."""
    staged = _beside(place, "staged")
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    return staged


def put_in_place(staged: Path, place: Path) -> None:
    """Make every file of the folder durable, and move the folder to its place; the former one goes."""
    for one in sorted(staged.iterdir()):
        replace_durably(one, one)
    former = _beside(place, "former")
    if place.exists():
        place.rename(former)
    replace_durably(staged, place)
    shutil.rmtree(former, ignore_errors=True)


def mend(place: Path) -> None:
    """Put a former folder back that a killed writer had moved away, or remove it where the new one is there."""
    former = _beside(place, "former")
    if former.is_dir() and not place.exists():
        former.rename(place)
    shutil.rmtree(former, ignore_errors=True)


def _beside(place: Path, what: str) -> Path:
    return place.parent / f".{place.name}.{what}"
