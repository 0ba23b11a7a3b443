"""Writing what a resolution found into a folder, whole or not at all.

The folder is written beside its place and renamed into it. Only a folder that holds a former result, and nothing else, is
replaced; `result.json` names the files of a result.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from assets.lake import replace_durably

INDEX = "result.json"
FORMAT = "velocity identity result 1"


class ResultFolderError(ValueError):
    """A folder that a result may not be written to. `found` is a phrase."""

    def __init__(self, folder: Path, found: str) -> None:
        self.folder, self.found = folder, found
        super().__init__(f"--out {folder}: found {found}; expected a new or empty folder, or one with a former result only")


def check_folder(folder: Path) -> None:
    """Raise ResultFolderError where something stands in the way that is no former result."""
    place = folder.resolve()
    _mend(place)
    if not place.exists():
        return
    if not place.is_dir():
        raise ResultFolderError(folder, "a file")
    there = {one.name for one in place.iterdir()}
    strangers = sorted(there - _files_of(place))
    if strangers:
        shown = ", ".join(strangers[:5]) + (f" and {len(strangers) - 5} more" if len(strangers) > 5 else "")
        raise ResultFolderError(folder, f"files that are no result ({shown})")


def write_result(folder: Path, frames: Mapping[str, pl.DataFrame], summary: Mapping[str, Any]) -> None:
    """Write each frame as <name>.parquet, and the summary with the list of files; then put the folder in its place.

    Raises ResultFolderError. A killed writer leaves the former result where it was.
    """
    check_folder(folder)
    place = folder.resolve()
    staged = _beside(place, "staged")
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    for name, frame in frames.items():
        frame.write_parquet(staged / f"{name}.parquet", compression="zstd", statistics=True)
    files = sorted([INDEX, *(f"{name}.parquet" for name in frames)])
    content = {**summary, "format": FORMAT, "files": files}
    (staged / INDEX).write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False), encoding="utf-8")
    for name in files:
        replace_durably(staged / name, staged / name)
    _swap(staged, place)


def _swap(staged: Path, place: Path) -> None:
    former = _beside(place, "former")
    if place.exists():
        place.rename(former)
    replace_durably(staged, place)
    shutil.rmtree(former, ignore_errors=True)


def _mend(place: Path) -> None:
    """Put a former result back that a killed writer had moved away, or remove it where the new one is there."""
    former = _beside(place, "former")
    if former.is_dir() and not place.exists():
        former.rename(place)
    shutil.rmtree(former, ignore_errors=True)


def _beside(place: Path, what: str) -> Path:
    return place.parent / f".{place.name}.{what}"


def _files_of(place: Path) -> set[str]:
    """The files that a former result says are its own; none where there is no such result."""
    try:
        content = json.loads((place / INDEX).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError, UnicodeDecodeError):
        return set()
    is_ours = isinstance(content, dict) and str(content.get("format", "")).startswith("velocity identity result")
    return {str(one) for one in content.get("files", [])} if is_ours else set()
