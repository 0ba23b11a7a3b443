"""What each step read of the policy, noticed while it ran and kept beside the day. So it is known what a change makes anew.

    LAKE/<group>/_policy/<hash>.json                       a policy that made something
    LAKE/<group>/_policy/reads/2026-11-21/<table>.json     its hash, the code's, and the sections that the table's step read

Nobody declares anything: a step whose inputs and whose read sections are the same would do the same again.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache, lru_cache, reduce
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ValidationError

import pipelines
import schemas
from assets.lake import Lake
from schemas.ordered import plain_content, plain_field
from schemas.policy import Policy

EVERYTHING = "*"


class _Watched:
    """A model that notes which of its fields are read. What is read otherwise (a method, a comparison) counts as all of it."""

    __slots__ = ("_model", "_note", "_path")

    def __init__(self, model: BaseModel, path: str, note: Callable[[str], None]) -> None:
        object.__setattr__(self, "_model", model)
        object.__setattr__(self, "_path", path)
        object.__setattr__(self, "_note", note)

    @property  # type: ignore[misc]  # the stubs know __class__ as a plain attribute; isinstance asks it
    def __class__(self) -> type:
        return type(self._model)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._model, name)
        if name not in type(self._model).model_fields:
            self._note(self._path or EVERYTHING)
        elif not self._path and isinstance(value, BaseModel):
            return _Watched(value, name, self._note)
        else:
            self._note(f"{self._path}.{name}" if self._path else name)
        return value

    def __hash__(self) -> int:
        self._note(self._path or EVERYTHING)
        return hash(self._model)

    def __eq__(self, other: object) -> bool:
        self._note(self._path or EVERYTHING)
        return bool(self._model == (other._model if type(other) is _Watched else other))


def watched(policy: Policy, note: Callable[[str], None]) -> Policy:
    """The policy, telling `note` each section that is read: `audiences`, `scoring.intent`; `*` where it is taken whole."""
    return cast(Policy, _Watched(policy, "", note))


def keep_policy(lake: Lake, policy: Policy) -> None:
    """Keep a policy under its hash, once."""
    name = f"_policy/{policy.policy_hash}.json"
    if not (lake.home / name).is_file():
        # What its files say, in their order (that of fields decides), without what they leave out: a default need not be a value
        # that may be written.
        said = policy.model_dump(mode="json", exclude_unset=True)
        lake.write_bytes(name, json.dumps(said, separators=(",", ":")).encode())


def kept_policy(lake: Lake, policy_hash: str) -> Policy | None:
    """The policy that a hash stands for, or None where the lake does not hold it."""
    return _kept(lake.home / f"_policy/{policy_hash}.json")


def kept_at(place: Path) -> Policy:
    """The policy that a kept file holds. FileNotFoundError where there is none that can be read."""
    found = _kept(place)
    if found is None:
        raise FileNotFoundError(f"{place.name} is no policy that this version of the product can read")
    return found


@lru_cache(maxsize=4)
def _kept(place: Path) -> Policy | None:
    """A policy file of a lake; it is named by its content, so it never changes."""
    try:
        return Policy.model_validate_json(place.read_text(encoding="utf-8")) if place.is_file() else None
    except ValidationError:  # of another version of the product: what it meant is not known here
        return None


@cache
def code_hash() -> str:
    """SHA-256, hex, of the code that makes tables: the same tables are made by the same code only."""
    found = [path for folder in (pipelines, schemas) for path in Path(folder.__path__[0]).rglob("*")]
    files = [path for path in found if path.suffix in (".py", ".sql") and "reports" not in path.parts]  # pages make no table
    told = hashlib.sha256()
    for path in sorted(files):
        told.update(path.name.encode() + path.read_bytes())
    return told.hexdigest()


def write_reads(lake: Lake, table: str, day: date, policy: Policy, sections: Iterable[str]) -> None:
    """Keep what the step of a table read."""
    keep_policy(lake, policy)
    found = {"code": code_hash(), "policy_hash": policy.policy_hash, "sections": sorted(set(sections))}
    lake.write_json(f"_policy/reads/{day.isoformat()}/{table}.json", found)


def read_under(lake: Lake, table: str, day: date) -> str | None:
    """The hash of the policy under which a table of a day was made, or None where that was not kept."""
    told = _told(lake, table, day)
    return str(told["policy_hash"]) if told else None


def policy_before(lake: Lake, day: date) -> Policy | None:
    """The policy that judged the newest day before; None where there is no such day, or the lake did not keep it."""
    earlier = [one for one in lake.days("membership") if one < day]
    policy_hash = read_under(lake, "membership", earlier[-1]) if earlier else None
    return kept_policy(lake, policy_hash) if policy_hash else None


def is_same_code(lake: Lake, table: str, day: date) -> bool:
    """Whether a table of a day was made by the code that runs. False where that is not known."""
    told = _told(lake, table, day)
    return told is not None and told.get("code") == code_hash()


def _told(lake: Lake, table: str, day: date) -> dict[str, Any] | None:
    return lake.read_json(f"_policy/reads/{day.isoformat()}/{table}.json")


def is_touched(lake: Lake, table: str, day: date, policy: Policy) -> bool:
    """Whether the step of a table might do otherwise under a policy. True where it is not known what it read."""
    told = _told(lake, table, day)
    if told is None:
        return True
    if told["policy_hash"] == policy.policy_hash:
        return False
    before = kept_policy(lake, told["policy_hash"])
    return before is None or any(section(before, one) != section(policy, one) for one in told["sections"])


def section(policy: Policy, path: str) -> Any:
    """The plain content of a section of a policy, by its dotted path."""
    if path == EVERYTHING:
        return plain_content(policy)
    *parents, last = path.split(".")
    return plain_field(reduce(getattr, parents, cast(BaseModel, policy)), last)


def changed_sections(before: Policy, after: Policy) -> list[str]:
    """The sections that differ, in alphabetical order: `audiences`, `scoring.intent`."""
    paths = []
    for name in type(before).model_fields:
        value = getattr(before, name)
        inner = type(value).model_fields if isinstance(value, BaseModel) else ()
        paths += [f"{name}.{one}" for one in inner] or [name]
    return sorted(one for one in paths if one != "policy_hash" and section(before, one) != section(after, one))


def changed_values(before: Policy, after: Policy) -> list[tuple[str, str, str]]:
    """Each value that differs: its path, what it was and what it is; blank where it is not there. A new audience is one row."""
    sides = [
        dict(_leaves(plain_content(side) | {"audiences": _by_name(side), "policy_hash": ""}, "")) for side in (before, after)
    ]
    lone = {one.audience for one in before.audiences} ^ {one.audience for one in after.audiences}
    old, new = ("there", ""), ("", "there")
    rows = [(f"audiences.{one}", *(old if one in _by_name(before) else new)) for one in sorted(lone)]
    for path in sorted({*sides[0], *sides[1]}):
        if sides[0].get(path) != sides[1].get(path) and not (path.startswith("audiences.") and path.split(".")[1] in lone):
            rows.append((path, sides[0].get(path, ""), sides[1].get(path, "")))
    return rows


def _by_name(policy: Policy) -> dict[str, Any]:
    return {one.audience: plain_content(one) for one in policy.audiences}


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every value that holds no others, by its dotted path."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inner is None:
        yield path, "" if value is None else str(value)
        return
    for key, one in inner:
        yield from _leaves(one, f"{path}.{key}" if path else str(key))
