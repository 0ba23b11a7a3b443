"""What was planned to be sent, and what became of it, on disk before and after every attempt.

    LAKE/<group>/_delivery/2026-11-21/google/1/plan.json         bodies by key, in the order of sending: no person, no body
                                              asks.parquet      what the platform is asked, member by member
                                              members.parquet   key, person_id: whom each body speaks of
                                              states.jsonl      a line before each attempt, and one after it

A plan appears whole, by renaming its folder. A state is a line, forced to disk before the next step; a line that a kill tore is
not read, and stands for nothing: what it would have said is asked of the platform again. Bodies are not kept: they are drawn
again from the day's tables, and a body that comes out otherwise has another key.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import polars as pl

from assets.delivery.destination import Answer, Rejection
from assets.lake import Lake, sync
from schemas.platforms.batch import Batch, Operation

FOLDER = "_delivery"
PLAN, ASKS, MEMBERS, STATES = "plan.json", "asks.parquet", "members.parquet", "states.jsonl"
CLOSED = ".closed"
KEY_LENGTH = 40

Mode = Literal["changes", "resync"]
Status = Literal["planned", "sending", "delivered", "unreached", "refused"]


@dataclass(frozen=True)
class Planned:
    """One body of a plan, without the body."""

    key: str
    cell: str
    operation: Operation
    sequence: int
    name: str
    members: int
    bytes: int
    is_urgent: bool


@dataclass(frozen=True)
class State:
    """What became of a body so far. `is_unknown`: an attempt may have arrived, and nothing said since that the body did."""

    status: Status = "planned"
    attempts: int = 0
    is_unknown: bool = False
    reason: str = ""
    answer: Answer = field(default_factory=Answer)
    at: str = ""


@dataclass(frozen=True)
class Plan:
    """The bodies of one delivery: the day's changes of one platform, or its whole list for a resync."""

    group: str
    platform: str
    day: date
    number: int
    mode: Mode
    began_at: str
    batches: tuple[Planned, ...]

    @property
    def delivery(self) -> str:
        """The name of the delivery, in receipts."""
        return f"{self.day.isoformat()}/{self.platform}/{self.number}"


def content_key(group: str, day: date, number: int, batch: Batch) -> str:
    """The key of a body for good: the same body at the same place of the same delivery has the same one."""
    body = hashlib.sha256(batch.body).hexdigest()
    named = [group, batch.platform, day.isoformat(), number, batch.cell, batch.operation, batch.name, batch.request, body]
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()[:KEY_LENGTH]


def planned(group: str, day: date, number: int, batch: Batch) -> Planned:
    """A body as a plan holds it."""
    key = content_key(group, day, number, batch)
    people = len(set(batch.members))
    return Planned(key, batch.cell, batch.operation, batch.sequence, batch.name, people, len(batch.body), batch.is_urgent)


class Journal:
    """One delivery on disk."""

    def __init__(self, folder: Path) -> None:
        """Open what is there. FileNotFoundError where no plan is."""
        self.folder = folder
        told = json.loads((folder / PLAN).read_text(encoding="utf-8"))
        batches = tuple(Planned(**one) for one in told.pop("batches"))
        self.plan = Plan(**{**told, "day": date.fromisoformat(told["day"]), "batches": batches})
        self.states: dict[str, State] = {one.key: State() for one in batches}
        self.sizes: dict[str, int | None] = {}
        for line in _whole_lines(folder / STATES):
            self._apply(line)

    @property
    def asks(self) -> pl.DataFrame:
        """What the platform is asked, member by member."""
        return pl.read_parquet(self.folder / ASKS)

    @property
    def members(self) -> pl.DataFrame:
        """key, person_id: whom each body speaks of."""
        return pl.read_parquet(self.folder / MEMBERS)

    @property
    def left(self) -> list[Planned]:
        """Bodies that are not known to have arrived, in the order of sending."""
        return [one for one in self.plan.batches if self.states[one.key].status != "delivered"]

    def sending(self, key: str) -> None:
        """Before an attempt."""
        self._write({"key": key, "to": "sending"})

    def delivered(self, key: str, answer: Answer) -> None:
        """The platform took the body."""
        left_out = [[one.person_id, one.reason] for one in answer.rejections]
        told = {"request_id": answer.request_id, "unnamed": answer.unnamed, "rejections": left_out}
        self._write({"key": key, "to": "delivered", **told})

    def unreached(self, key: str, reason: str, *, is_unknown: bool) -> None:
        """An attempt failed, and another may help."""
        self._write({"key": key, "to": "unreached", "reason": reason, "is_unknown": is_unknown})

    def refused(self, key: str, reason: str) -> None:
        """The platform will not take the body."""
        self._write({"key": key, "to": "refused", "reason": reason})

    def measured(self, sizes: Mapping[str, int | None]) -> None:
        """How many members the platform says that it holds, by cell."""
        self._write({"held": dict(sizes)})

    def _write(self, told: dict[str, Any]) -> None:
        line = {**told, "at": now()}
        append(self.folder / STATES, line)
        self._apply(line)

    def _apply(self, line: Mapping[str, Any]) -> None:
        if "held" in line:
            self.sizes = dict(line["held"])
        elif line["key"] in self.states:
            self.states[line["key"]] = _next(self.states[line["key"]], line)


def write_plan(lake: Lake, plan: Plan, asks: pl.DataFrame, members: pl.DataFrame) -> Journal:
    """Put a plan on disk whole, before anything of it is sent."""
    place = home(lake, plan.day, plan.platform) / str(plan.number)
    beside = place.with_name(f".{plan.number}.part")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    asks.write_parquet(beside / ASKS, compression="zstd")
    members.write_parquet(beside / MEMBERS, compression="zstd")
    told = {**asdict(plan), "day": plan.day.isoformat()}
    (beside / PLAN).write_text(json.dumps(told, indent=1), encoding="utf-8")
    for name in (ASKS, MEMBERS, PLAN):
        sync(beside / name)
    beside.rename(place)
    sync(place.parent)
    return Journal(place)


def journals(lake: Lake, day: date, platform: str) -> list[Journal]:
    """Deliveries of a platform and day that are not closed, first to last."""
    return [Journal(one) for one in _numbered(home(lake, day, platform)) if not one.name.endswith(CLOSED)]


def last_number(lake: Lake, day: date, platform: str) -> int:
    """The number of a day's last delivery on disk, closed or not; 0 where there is none."""
    return max((_number(one) for one in _numbered(home(lake, day, platform))), default=0)


def folders(lake: Lake, until: date) -> list[Path]:
    """The folder of every delivery on disk of the days up to one, in order of day, platform and number."""
    found = [one for one in sorted((lake.home / FOLDER).glob("????-??-??/*")) if date.fromisoformat(one.parent.name) <= until]
    return [place for one in found for place in _numbered(one)]


def close(folder: Path) -> Path:
    """Nothing more is sent of a delivery; returns where it lies then."""
    if folder.name.endswith(CLOSED):
        return folder
    place = folder.with_name(folder.name + CLOSED)
    folder.rename(place)
    sync(place.parent)
    return place


def _numbered(folder: Path) -> list[Path]:
    found = folder.iterdir() if folder.is_dir() else []
    return sorted((one for one in found if one.name.removesuffix(CLOSED).isdigit()), key=_number)


def _number(folder: Path) -> int:
    return int(folder.name.removesuffix(CLOSED))


def home(lake: Lake, day: date, platform: str) -> Path:
    """The folder of a platform's deliveries of a day."""
    return lake.home / FOLDER / day.isoformat() / platform


def now() -> str:
    """This moment in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def append(place: Path, line: Mapping[str, Any]) -> None:
    """Add a line and force it to disk. A line that a kill tore before is ended first."""
    handle = os.open(place, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(handle).st_size
        torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        os.write(handle, b"\n" * torn + json.dumps(line, separators=(",", ":")).encode() + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)


def _whole_lines(place: Path) -> Iterator[dict[str, Any]]:
    for line in place.read_bytes().split(b"\n") if place.is_file() else []:
        try:
            found = json.loads(line) if line else None
        except ValueError:
            continue
        if isinstance(found, dict):
            yield found


def _next(state: State, line: Mapping[str, Any]) -> State:
    """The state after a line. An attempt of which nothing more is said may have arrived."""
    at, to = str(line["at"]), line["to"]
    match to:
        case "sending":
            may_have = state.is_unknown or state.status == "sending"
            return replace(state, status="sending", attempts=state.attempts + 1, is_unknown=may_have, at=at)
        case "delivered":
            left_out = tuple(Rejection(person, reason) for person, reason in line["rejections"])
            answer = Answer(line["request_id"], left_out, line["unnamed"])
            return State("delivered", state.attempts, is_unknown=False, reason="", answer=answer, at=at)
        case "unreached":
            return replace(state, status=to, is_unknown=state.is_unknown or line["is_unknown"], reason=line["reason"], at=at)
        case "refused":
            return replace(state, status=to, reason=line["reason"], at=at)
    raise ValueError(f"a journal with the unknown state {to!r}")


def member_rows(batches: Sequence[tuple[str, Batch]]) -> pl.DataFrame:
    """key, person_id of bodies, each person once per body."""
    rows = [(key, person) for key, batch in batches for person in dict.fromkeys(batch.members)]
    return pl.DataFrame(rows, schema={"key": pl.String, "person_id": pl.String}, orient="row")
