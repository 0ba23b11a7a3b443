"""The state of a resolution in a folder: an Arrow file per frame, read by mapping it into memory, and a small JSON beside.

The folder is replaced as a whole or not at all. What was mapped stays readable while a newer state takes its place.
"""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

import polars as pl
import pyarrow as pa

from assets.policy_problem import nearest_of
from assets.whole_folder import mend, put_in_place, staged_beside
from pipelines.identity.linkage.learned import Learned
from pipelines.identity.state import State

INDEX = "state.json"
FORMAT = "velocity identity state 1"
OF_STATE = tuple(one.name for one in fields(State) if one.name != "learned")
OF_LEARNED = tuple(one.name for one in fields(Learned) if one.name != "rules")


class StateFolderError(ValueError):
    """A folder that holds no state, or that a state may not be written to. `found` and `expected` are phrases."""

    def __init__(self, folder: Path, found: str, expected: str) -> None:
        self.folder, self.found, self.expected = folder, found, expected
        super().__init__(f"state {folder}: found {found}; expected {expected}")


def save_state(state: State, folder: Path) -> None:
    """Write a state. A former state in the folder is replaced; raises StateFolderError where anything else is there."""
    place = folder.resolve()
    mend(place)
    _check(place, folder)
    staged = staged_beside(place)
    frames = {name: getattr(state, name) for name in OF_STATE} | {name: getattr(state.learned, name) for name in OF_LEARNED}
    for name, frame in frames.items():
        frame.rechunk().write_ipc(staged / f"{name}.arrow", compression="uncompressed")
    told = {"format": FORMAT, "rules": state.learned.rules, "rows": {name: frame.height for name, frame in frames.items()}}
    (staged / INDEX).write_text(json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False), encoding="utf-8")
    put_in_place(staged, place)


def load_state(folder: Path) -> State:
    """Read a state that `save_state` wrote; rows come from the files as they are asked for. Raises StateFolderError."""
    mend(folder.resolve())
    told = _index(folder)
    frames = {name: _frame(folder, name, rows) for name, rows in told["rows"].items()}
    if missing := [name for name in (*OF_STATE, *OF_LEARNED) if name not in frames]:
        raise StateFolderError(folder, f"no {missing[0]}.arrow in {INDEX}", "all files that were written together")
    learned = Learned(**{name: frames[name] for name in OF_LEARNED}, rules=tuple(told["rules"]))
    return State(**{name: frames[name] for name in OF_STATE}, learned=learned)


def _frame(folder: Path, name: str, rows: int) -> pl.DataFrame:
    path = folder / f"{name}.arrow"
    if not path.is_file():
        raise StateFolderError(folder, f"no {path.name}", "all files that were written together")
    frame = cast(pl.DataFrame, pl.from_arrow(pa.ipc.open_file(pa.memory_map(str(path))).read_all()))
    if frame.height != rows:
        raise StateFolderError(folder, f"{frame.height:,} rows in {path.name}", f"{rows:,}, as {INDEX} has it")
    return frame


def _check(place: Path, folder: Path) -> None:
    if not place.exists():
        return
    if not place.is_dir():
        raise StateFolderError(folder, "a file", "a new or empty folder, or one with a former state only")
    ours = {INDEX, *(f"{name}.arrow" for name in (*OF_STATE, *OF_LEARNED))}
    there = {one.name for one in place.iterdir()}
    strangers = sorted(there - ours) if INDEX in there else sorted(there)
    if strangers:
        shown = ", ".join(strangers[:5]) + (f" and {len(strangers) - 5} more" if len(strangers) > 5 else "")
        raise StateFolderError(
            folder, f"files that are no state ({shown})", "a new or empty folder, or one with a former state only"
        )


def _index(folder: Path) -> dict[str, Any]:
    expected = "a folder that a run with --state wrote"
    if not folder.is_dir():
        near = nearest_of(folder.name, [one.name for one in folder.parent.iterdir()]) if folder.parent.is_dir() else None
        raise StateFolderError(folder, "no such folder", expected + (f". Did you mean {near!r}?" if near else ""))
    try:
        told = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StateFolderError(folder, f"no {INDEX}", expected) from None
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise StateFolderError(folder, f"an {INDEX} that cannot be read", expected) from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise StateFolderError(folder, f"an {INDEX} of another format", FORMAT)
    return told
