"""Putting a folder in its place as a whole: written beside it, then renamed; a killed writer leaves the former one."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assets.lake import replace_durably


class FolderInUse(Exception):
    """Another process is writing a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(f"{folder}: found another run that writes it; wait for it to end, then run again")


@contextmanager
def only_writer_of(folder: Path) -> Iterator[None]:
    """Hold the lock beside a folder; the system lets go of it when the process ends, however it ends. Raises FolderInUse."""
    place = folder.resolve()
    place.parent.mkdir(parents=True, exist_ok=True)
    with _beside(place, "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(folder) from None
        yield


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


def is_there(place: Path) -> bool:
    """Whether a folder is in its place, or was moved away by a writer who may have been killed."""
    return place.exists() or _beside(place.resolve(), "former").exists()


def mend(place: Path) -> None:
    """Put a former folder back that a killed writer had moved away, or remove it where the new one is there."""
    former = _beside(place, "former")
    if former.is_dir() and not place.exists():
        former.rename(place)
    shutil.rmtree(former, ignore_errors=True)


def _beside(place: Path, what: str) -> Path:
    return place.parent / f".{place.name}.{what}"
