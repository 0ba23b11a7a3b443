"""Turning what pydantic says about one policy file into problems with line, key, value and what would be accepted."""

import re
from collections.abc import Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from assets.policy_problem import Problem, listed
from assets.policy_yaml import Document, KeyPath, key_text
from schemas.names import nearest_of

LONGEST_VALUE = 80


def shape_problems(error: ValidationError, document: Document, model: type[BaseModel], at: KeyPath = ()) -> list[Problem]:
    """One problem per mistake that pydantic found in a file; `at` is where the validated part begins in the file."""
    return [_problem(detail, document, model, at) for detail in error.errors(include_url=False)]


def _problem(detail: ErrorDetails, document: Document, model: type[BaseModel], at: KeyPath) -> Problem:
    path = (*at, *(part for part in detail["loc"] if part != "[key]"))
    file, line, path = document.place(path)
    if detail["type"] == "extra_forbidden":
        known = accepted_keys(model, detail["loc"][:-1])
        name = str(detail["loc"][-1])
        return Problem(file, line, key_text(path), f"the unknown key {name!r}", listed(known), nearest_of(name, known))
    if detail["type"] == "missing":
        return Problem(file, line, key_text(path), "no such key", f"the key {str(detail['loc'][-1])!r}")
    value, names = detail["input"], re.findall(r"'([^']+)'", str(detail.get("ctx", {}).get("expected", "")))
    near = nearest_of(value, names) if isinstance(value, str) else None
    return Problem(file, line, key_text(path), shown(value), _expected(detail), near)


def _expected(detail: ErrorDetails) -> str:
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    if detail["type"] == "string_type" and isinstance(detail["input"], int | float):
        return "text: put the value in quotes, so that leading zeros and codes are kept"
    if detail["type"] == "string_pattern_mismatch":
        return f"text of the form {detail['ctx']['pattern']}"
    return message


def shown(value: Any) -> str:
    """A value as a message shows it: short, and a word for what has no short form."""
    if isinstance(value, dict):
        return "a mapping with the keys " + ", ".join(map(str, value)) if value else "an empty mapping"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "..."


def accepted_keys(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """The keys that a model accepts at a path inside it; empty where the path leads to no model."""
    found: Any = model
    for part in path:
        fields = getattr(found, "model_fields", None)
        if isinstance(part, str) and fields and part in fields:
            found = _inner_model(fields[part].annotation)
    return sorted(getattr(found, "model_fields", {}))


def _inner_model(annotation: Any) -> Any:
    """The model inside tuple[Model, ...], dict[str, Model] or Model | None; the annotation itself where there is none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        found = _inner_model(inner)
        if isinstance(found, type) and issubclass(found, BaseModel):
            return found
    return None
