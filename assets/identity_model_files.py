"""Reading a model file of identity: YAML to IdentityModel, and every mistake in it at once, each with line and way out.

How records are read is in identity_record_files.py.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from assets.policy_problem import Problem
from assets.policy_shape import shape_problems
from assets.policy_yaml import Document, KeyPath, key_text, read_yaml
from schemas.identity_mistakes import FunctionMisfit, IdentityMistake, MeasureMisfit, ModelMistakes, NotOfKind
from schemas.identity_model import IdentityModel
from schemas.names import nearest_of

MOST_LISTED = 30
STAND_IN_KIND = "text"


class IdentityModelError(ValueError):
    """A model that cannot be used. `problems` holds every mistake that was found, not only the first."""

    def __init__(self, path: Path, problems: Sequence[Problem]) -> None:
        self.path = path
        self.problems = tuple(sorted(problems))
        count = "1 problem" if len(self.problems) == 1 else f"{len(self.problems)} problems"
        super().__init__(f"model {path} has {count}:\n" + "\n".join(f"  {one}" for one in self.problems))


def load_model(path: Path) -> IdentityModel:
    """Read and check one model file; docs/identity.md says what may be in it. Raises IdentityModelError."""
    document = _read(path)
    try:
        return IdentityModel.model_validate(document.content)
    except ValidationError as error:
        raise IdentityModelError(path, _problems(error, document)) from None


def check_columns(model: IdentityModel, columns: Sequence[str], path: Path) -> None:
    """Raise IdentityModelError where the model (read from `path`) names a column that the records, with `columns`, lack."""
    document = _read(path)
    problems = []
    for at, column in named_columns(model):
        if column not in columns:
            shown = ", ".join(columns[:MOST_LISTED]) + (f" and {len(columns) - MOST_LISTED} more" * (len(columns) > MOST_LISTED))
            is_implied = len(at) == 2 and at[0] == "fields"
            found = f"the column {column!r}, which the records do not have"
            expected = f"{'the key column with ' if is_implied else ''}one of their columns: {shown}"
            near = nearest_of(column, columns)
            problems.append(Problem(document.file, document.line(at), key_text(at), found, expected, near))
    if problems:
        raise IdentityModelError(path, problems)


def named_columns(model: IdentityModel) -> Iterator[tuple[KeyPath, str]]:
    """Every column that a model names, with the path of the key that names it."""
    yield ("record_id",), model.record_id
    if model.source:
        yield ("source",), model.source
    for name, field in model.fields.items():
        at: KeyPath = ("fields", name)
        if field.column:
            yield (*at, "column"), field.column
        for key in ("columns", "any_of"):
            yield from (((*at, key, place), column) for place, column in enumerate(getattr(field, key)))
        if not (field.column or field.columns or field.any_of):
            yield at, name
    yield from ((("never_across", place), column) for place, column in enumerate(model.never_across))


def _read(path: Path) -> Document:
    if not path.is_file():
        near = nearest_of(path.name, [one.name for one in path.parent.glob("*.y*ml")]) if path.parent.is_dir() else None
        raise IdentityModelError(path, [Problem(str(path), 0, "", "no such file", "a model file in YAML", near)])
    read = read_yaml(path, str(path))
    if isinstance(read, Problem):
        raise IdentityModelError(path, [read])
    return read


def _problems(error: ValidationError, document: Document) -> list[Problem]:
    """All problems: those of shape, and what the parts ask of one another once what has no right shape is left out."""
    found = list(_of_shape(error, document))
    details = error.errors(include_url=False)
    if any(_is_between_parts(one) for one in details):
        return found
    content, unsure = _pruned(document.content, details)
    if content.get("fields"):
        try:
            IdentityModel.model_validate(content)
        except ValidationError as second:
            found += _of_parts(second.errors(include_url=False), document, unsure)
    return found


def _of_shape(error: ValidationError, document: Document) -> Iterator[Problem]:
    details = error.errors(include_url=False)
    for detail, problem in zip(details, shape_problems(error, document, IdentityModel), strict=True):
        mistake = detail.get("ctx", {}).get("error")
        if isinstance(mistake, ModelMistakes):
            yield from _of_parts([detail], document, frozenset())
        elif isinstance(mistake, IdentityMistake):
            yield Problem(problem.file, problem.line, problem.key, mistake.found, mistake.expected, mistake.nearest)
        else:
            yield problem


def _of_parts(details: Sequence[ErrorDetails], document: Document, unsure: frozenset[str]) -> Iterator[Problem]:
    for detail in details:
        for path, mistake in detail.get("ctx", {})["error"].mistakes if _is_between_parts(detail) else ():
            if not _hangs_on(path, mistake, unsure):
                line = document.line(path)
                yield Problem(document.file, line, key_text(path), mistake.found, mistake.expected, mistake.nearest)


def _is_between_parts(detail: ErrorDetails) -> bool:
    return isinstance(detail.get("ctx", {}).get("error"), ModelMistakes)


def _hangs_on(path: KeyPath, mistake: IdentityMistake, unsure: frozenset[str]) -> bool:
    """Whether a mistake comes only from the kind that stands in for one which is wrong."""
    if isinstance(mistake, MeasureMisfit):
        return path[1] in unsure
    return isinstance(mistake, FunctionMisfit | NotOfKind) and mistake.field in unsure


def _pruned(content: dict[str, Any], details: Sequence[ErrorDetails]) -> tuple[dict[str, Any], frozenset[str]]:
    """The content without what has no right shape, and the fields whose kind had to be made up."""
    kept = {key: dict(value) if isinstance(value, dict) else value for key, value in content.items()}
    fields = kept.get("fields")
    if isinstance(fields, dict):
        kept["fields"] = {name: dict(one) if isinstance(one, dict) else {} for name, one in fields.items()}
    for detail in details:
        _drop(kept, [part for part in detail["loc"] if part != "[key]"])
    kept |= {key: kept.get(key) or "unnamed" for key in ("model", "record_id")}
    made_up = frozenset(name for name, one in (kept.get("fields") or {}).items() if "kind" not in one)
    for name in made_up:
        kept["fields"][name]["kind"] = STAND_IN_KIND
    return kept, made_up


def _drop(content: dict[str, Any], path: Sequence[str | int]) -> None:
    """Leave out the key at a path; for an item of a list, the list. A field stays, with its other keys."""
    place: Any = content
    for part in path[:-1]:
        if not isinstance(place.get(part), dict):
            break
        place = place[part]
    else:
        part = path[-1] if path else ""
    if not (len(path) == 2 and path[0] == "fields"):
        place.pop(part, None)
