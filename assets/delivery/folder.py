"""A folder that somebody else reads: a mounted share, or the inbox of a program that uploads. Nobody sees half a file."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from assets.delivery.destination import Answer, Refused, Unreached
from assets.lake import replace_durably
from schemas.platforms.batch import Batch


class Folder:
    """Files below an address; `place` says where a body lies. Writing the same body again leaves the same file."""

    def __init__(self, address: str, place: Callable[[Batch], str]) -> None:
        self._root, self._place = Path(address), place

    def send(self, batch: Batch, key: str) -> Answer:
        """Write a body beside its place, force it to disk and rename it into place."""
        if not self._root.is_dir():
            raise Unreached("the folder of policy is not there, or not mounted")
        place = self._root / self._place(batch)
        beside = place.with_name(f".{key}.part")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(batch.body)
            replace_durably(beside, place)
        except PermissionError:
            raise Refused("the folder of policy may not be written") from None
        except OSError as error:
            raise Unreached(f"the file could not be written ({os.strerror(error.errno or 0)})", is_unknown=True) from None
        return Answer()

    def settle(self, batch: Batch, key: str) -> Answer | None:
        """Whether the file is there, whole."""
        del key
        place = self._root / self._place(batch)
        is_there = place.is_file() and hashlib.sha256(place.read_bytes()).digest() == hashlib.sha256(batch.body).digest()
        return Answer() if is_there else None

    def held(self, cell: str) -> int | None:
        """None: a folder holds files, not members."""
        del cell
        return None

    def close(self) -> None:
        """Nothing to give back."""
