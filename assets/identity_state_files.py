"""The state of a resolution in a folder: an Arrow file per frame, read by mapping it into memory, the model file, and an index.

The folder is replaced as a whole or not at all. What was mapped stays readable while a newer state takes its place.
`state.json` has the sum of every file, so that a file that is not as it was written is told and never linked on.
"""

import hashlib
import zlib
from dataclasses import dataclass, field, fields
from importlib.metadata import version
from pathlib import Path
from typing import Literal, cast

import polars as pl
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, ValidationError

from assets.identity_model_files import load_model
from assets.whole_folder import mend, put_in_place, staged_beside
from pipelines.identity.linkage.learned import Learned
from pipelines.identity.state import State
from schemas.identity_model import IdentityModel
from schemas.names import nearest_of, proposed

INDEX, MODEL = "state.json", "model.yaml"
FORMAT: Literal["velocity identity state 2"] = "velocity identity state 2"
OF_STATE = tuple(one.name for one in fields(State) if one.name != "learned")
OF_LEARNED = tuple(one.name for one in fields(Learned) if one.name != "rules")
FRAMES = (*OF_STATE, *OF_LEARNED, "retired")
FILES = (MODEL, *(f"{name}.arrow" for name in FRAMES))
RETIRED = pl.Schema(
    {"retired_person_id": pl.String(), "person_id": pl.String(), "retired_on": pl.Date(), "rule": pl.String()}
)  # dates are days of the engine: the first run is on its first day, each next run a day later
KEYED_BY = ("velocity-audiences", "polars", "jellyfish", "nicknames")  # hashes and keys of a state are theirs
ANEW = "link all records anew with velocity resolve --state into this folder: the ids go on"
TOGETHER = "files as they were written together; take the folder from a copy, or link all records anew into another folder"
CHUNK = 1 << 20


class StateFolderError(ValueError):
    """A folder that holds no state, or that a state may not be written to. `found` and `expected` are phrases."""

    def __init__(self, folder: Path, found: str, expected: str) -> None:
        self.folder, self.found, self.expected = folder, found, expected
        super().__init__(f"state {folder}: found {found}; expected {expected}")


@dataclass(frozen=True)
class Kept:
    """What a folder keeps: the state, the model and its file as it was written, the number of the run (0 for the first), and
    the ids that are no more."""

    state: State
    model: IdentityModel
    model_text: str
    run: int = 0
    retired: pl.DataFrame = field(default_factory=RETIRED.to_frame)


class _Index(BaseModel):
    """What state.json says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["velocity identity state 2"]
    model: str
    model_sha256: str
    run: int
    rules: tuple[str, ...]
    sums: dict[str, int]
    versions: dict[str, str]


def model_sha256(model: IdentityModel) -> str:
    """Which model it is: equal for files that differ only in comments and in defaults that one of them writes out."""
    return hashlib.sha256(model.model_dump_json().encode()).hexdigest()


def save_state(kept: Kept, folder: Path) -> None:
    """Write a state. A former state in the folder is replaced; raises StateFolderError where anything else is there."""
    put_in_place(stage_state(kept, folder), folder.resolve())


def stage_state(kept: Kept, folder: Path) -> Path:
    """Write a state beside its folder, for put_in_place. Raises StateFolderError where the folder holds anything but a state."""
    check_state_folder(folder)
    staged = staged_beside(folder.resolve())
    learned, state = kept.state.learned, kept.state
    frames = {name: getattr(state, name) for name in OF_STATE} | {name: getattr(learned, name) for name in OF_LEARNED}
    for name, frame in {**frames, "retired": kept.retired}.items():
        frame.rechunk().write_ipc(staged / f"{name}.arrow", compression="uncompressed")
    (staged / MODEL).write_text(kept.model_text, encoding="utf-8")
    index = _Index(
        format=FORMAT,
        model=kept.model.model,
        model_sha256=model_sha256(kept.model),
        run=kept.run,
        rules=learned.rules,
        sums={name: _sum(staged / name) for name in FILES},
        versions=_versions(),
    )
    (staged / INDEX).write_text(index.model_dump_json(indent=1), encoding="utf-8")
    return staged


def load_state(folder: Path, *, for_ids: bool = False) -> Kept:
    """Read a state that `save_state` wrote; rows come from the files as they are asked for. Raises StateFolderError.

    A state of other versions of what its keys are made of is refused, except `for_ids` alone.
    """
    mend(folder.resolve())
    index = _index(folder)
    for name in FILES:
        _check_file(folder, name, index.sums.get(name))
    if not for_ids:
        _check_versions(folder, index)
    frames = {name: _frame(folder / f"{name}.arrow") for name in FRAMES}
    learned = Learned(**{name: frames[name] for name in OF_LEARNED}, rules=index.rules)
    state = State(**{name: frames[name] for name in OF_STATE}, learned=learned)
    model = load_model(folder / MODEL)
    if not for_ids and model_sha256(model) != index.model_sha256:
        raise StateFolderError(
            folder, f"a {MODEL} that means something else than when it was kept", f"the model as it was; {ANEW}"
        )
    return Kept(state, model, (folder / MODEL).read_text(encoding="utf-8"), index.run, frames["retired"])


def holds_state(folder: Path) -> bool:
    """Whether a former state is there. Raises StateFolderError where anything else is."""
    check_state_folder(folder)
    return (folder / INDEX).is_file()


def check_state_folder(folder: Path) -> None:
    """Raise StateFolderError where something stands in the way that is no former state."""
    place = folder.resolve()
    mend(place)
    if not place.exists():
        return
    wanted = "a new or empty folder, or one with a former state only"
    if not place.is_dir():
        raise StateFolderError(folder, "a file", wanted)
    there = {one.name for one in place.iterdir()}
    strangers = sorted(there - {INDEX, *FILES}) if INDEX in there else sorted(there)
    if strangers:
        shown = ", ".join(strangers[:5]) + (f" and {len(strangers) - 5} more" if len(strangers) > 5 else "")
        raise StateFolderError(folder, f"files that are no state ({shown})", wanted)


def _versions() -> dict[str, str]:
    return {name: version(name) for name in KEYED_BY}


def _check_versions(folder: Path, index: _Index) -> None:
    other = [
        f"{name} {index.versions.get(name, 'unknown')}" for name, now in _versions().items() if index.versions.get(name) != now
    ]
    if other:
        now = ", ".join(f"{name} {one}" for name, one in _versions().items())
        raise StateFolderError(folder, f"keys made by {', '.join(other)}", f"{now}; {ANEW}")


def _check_file(folder: Path, name: str, told: int | None) -> None:
    path = folder / name
    if not path.is_file():
        raise StateFolderError(folder, f"no {name}", TOGETHER)
    if told is None or _sum(path) != told:
        raise StateFolderError(folder, f"a {name} that is not as it was written", TOGETHER)


def _sum(path: Path) -> int:
    """CRC-32 of a file, in pieces: what is read here need not stay in memory."""
    told = 0
    with path.open("rb") as content:
        while piece := content.read(CHUNK):
            told = zlib.crc32(piece, told)
    return told


def _frame(path: Path) -> pl.DataFrame:
    return cast(pl.DataFrame, pl.from_arrow(pa.ipc.open_file(pa.memory_map(str(path))).read_all()))


def _index(folder: Path) -> _Index:
    expected = "a folder that velocity resolve --state wrote"
    if not folder.is_dir():
        near = nearest_of(folder.name, [one.name for one in folder.parent.iterdir()]) if folder.parent.is_dir() else None
        raise StateFolderError(folder, "no such folder", expected + ("." + proposed(near) if near else ""))
    try:
        text = (folder / INDEX).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise StateFolderError(folder, f"no {INDEX}", expected) from None
    except UnicodeDecodeError:
        raise StateFolderError(folder, f"a {INDEX} that is not as it was written", TOGETHER) from None
    try:
        return _Index.model_validate_json(text)
    except ValidationError as wrong:
        if any(one["loc"] == ("format",) for one in wrong.errors()):
            raise StateFolderError(
                folder, f"a {INDEX} of another format", f"{FORMAT}; link all records anew into another folder"
            ) from None
        raise StateFolderError(folder, f"a {INDEX} that is not as it was written", TOGETHER) from None
