"""What a body is called where files are delivered: below platform and cell, its own name with the key of the body in it."""

import re
from pathlib import PurePosixPath

from schemas.platforms.batch import Batch


def file_path(batch: Batch, key: str) -> PurePosixPath:
    """`loyalty/add-00001.KEY.csv` below the platform's name: bodies of other days and contents never have the same path."""
    path = PurePosixPath(batch.path)
    return path.with_name(f"{path.stem}.{_plain(key)}{path.suffix}")


def _plain(key: str) -> str:
    """The key in letters that every file system and address takes."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", key).strip("-.")
