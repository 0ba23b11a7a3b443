"""Writing what a resolution found into a folder, whole or not at all.

The folder is written beside its place and renamed into it. Only a folder that holds a former result, and nothing else, is
replaced; `result.json` names the files of a result.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from assets.whole_folder import mend, put_in_place, staged_beside

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
    mend(place)
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
    """Write a result and put it in its place. Raises ResultFolderError. A killed writer leaves the former result where it was."""
    put_in_place(stage_result(folder, frames, summary), folder.resolve())


def stage_result(folder: Path, frames: Mapping[str, pl.DataFrame], summary: Mapping[str, Any]) -> Path:
    """Write each frame as <name>.parquet, and the summary with the list of files, beside the folder, for put_in_place."""
    check_folder(folder)
    staged = staged_beside(folder.resolve())
    for name, frame in frames.items():
        frame.write_parquet(staged / f"{name}.parquet", compression="zstd", statistics=True)
    files = sorted([INDEX, *(f"{name}.parquet" for name in frames)])
    content = {**summary, "format": FORMAT, "files": files}
    (staged / INDEX).write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False), encoding="utf-8")
    return staged


def _files_of(place: Path) -> set[str]:
    """The files that a former result says are its own; none where there is no such result."""
    try:
        content = json.loads((place / INDEX).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError, UnicodeDecodeError):
        return set()
    is_ours = isinstance(content, dict) and str(content.get("format", "")).startswith("velocity identity result")
    return {str(one) for one in content.get("files", [])} if is_ours else set()
