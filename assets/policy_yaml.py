"""Reading one YAML or CSV file of policy, keeping the line of every key, so that a mistake can name its line."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarfloat import ScalarFloat
from ruamel.yaml.scalarint import ScalarInt

from assets.policy_problem import Problem

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """The content of one policy file, and the line of each of its keys; `written` are file and path of keys from elsewhere."""

    file: str
    content: Any
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    written: Mapping[KeyPath, tuple[str, KeyPath]] = field(default_factory=dict)

    def place(self, path: KeyPath) -> tuple[str, int, KeyPath]:
        """File, line and path under which a key was written; the line of its nearest ancestor where it was not."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines:
                file, own = self.written.get(path[:end], (self.file, path[:end]))
                return file, self.lines[path[:end]], (*own, *path[end:])
        return self.file, self.line(path), path

    def line(self, path: KeyPath) -> int:
        """The line of a key, or of its nearest ancestor that the file has; 0 for the whole file."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1 if self.lines else 0

    def value(self, path: KeyPath) -> Any:
        """The value at a key path, or None where there is none."""
        found = self.content
        for part in path:
            try:
                found = found[part]
            except (KeyError, IndexError, TypeError):
                return None
        return found


def key_text(path: KeyPath) -> str:
    """A key path as people write it: rooftops[3].zip."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def read_yaml(path: Path, file: str) -> Document | Problem:
    """Read one YAML file; a Problem that names the line where it is not YAML, repeats a key or holds no mapping."""
    try:
        node = _node(path.read_text(encoding="utf-8"))
    except DuplicateKeyError as error:
        key = str(error.problem).split('"')[1] if '"' in str(error.problem) else ""
        return Problem(file, _line_of(error), key, f"the key {key!r} twice", "each key once")
    except YAMLError as error:
        problem = str(getattr(error, "problem", None) or "broken syntax")
        return Problem(file, _line_of(error), "", f"text that is not YAML ({problem})", _way_out(problem))
    except UnicodeDecodeError as error:
        return Problem(file, 0, "", f"a byte that is not UTF-8 at position {error.start}", "a file in UTF-8")
    if not isinstance(node, CommentedMap):
        return Problem(file, 1, "", "an empty file" if node is None else "no mapping of keys to values", "keys with values")
    lines: dict[KeyPath, int] = {}
    return Document(file, _plain(node, (), lines), lines)


@lru_cache(maxsize=64)
def _node(text: str) -> Any:
    """A text as the library reads it, which nobody changes; a process reads a group's files again and again."""
    return YAML(typ="rt").load(text)


def _way_out(problem: str) -> str:
    """What to write where YAML cannot be read: the usual slips by what the parser says of them."""
    if "mapping values are not allowed" in problem:
        return "text that holds `: ` in quotes, and a key at the depth of those beside it"
    if "'\\t'" in problem:
        return "spaces in place of tabs"
    return "valid YAML: every bracket and quote closed, keys of one level at the same depth"


def _line_of(error: YAMLError) -> int:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    return mark.line + 1 if mark else 0


def _plain(node: Any, path: KeyPath, lines: dict[KeyPath, int]) -> Any:
    """The node as dictionaries, lists and scalars, filling in the line of every key on the way."""
    if isinstance(node, CommentedMap):
        for key in node:
            lines[(*path, str(key))] = _line_in(node, key)
        return {str(key): _plain(value, (*path, str(key)), lines) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        for index in range(len(node)):
            lines[(*path, index)] = _line_in(node, index)
        return [_plain(value, (*path, index), lines) for index, value in enumerate(node)]
    return _scalar(node)


def _line_in(node: CommentedMap | CommentedSeq, key: Any) -> int:
    """The line of a key or item; that of its parent where the parser noted none, as under a tag."""
    place = (node.lc.data or {}).get(key)
    return (place[0] if place else node.lc.line or 0) + 1


def _scalar(node: Any) -> Any:
    if isinstance(node, bool) or node is None:
        return node
    if isinstance(node, ScalarFloat | float):
        return float(node)
    if isinstance(node, ScalarInt | int):
        return int(node)
    return node.isoformat() if isinstance(node, date) else str(node)


def read_csv_rows(path: Path, file: str) -> Document | Problem:
    """Read one CSV of reference facts as a list of rows of text; row n is on line n + 2 of the file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, strict=True)
            rows: list[dict[str, str]] = []
            numbers: dict[KeyPath, int] = {}
            for index, row in enumerate(reader):
                if None in row or None in row.values():
                    expected = f"{len(reader.fieldnames or ())} cells, as in the header"
                    return Problem(file, reader.line_num, "", "a row with another number of cells than the header", expected)
                rows.append({str(key): value for key, value in row.items()})
                numbers[(index,)] = reader.line_num
                numbers.update({(index, str(key)): reader.line_num for key in row})
    except (csv.Error, UnicodeDecodeError) as error:
        return Problem(file, 0, "", f"text that is not CSV ({type(error).__name__})", "comma-separated text in UTF-8")
    return Document(file, rows, numbers)
