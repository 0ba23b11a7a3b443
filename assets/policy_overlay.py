"""A group's policy with some files laid over it, as it would be if they were put in place. No file of the policy is touched.

Which file of the policy one stands for is told by its name (`scoring.yaml`, `makes.csv`); any other YAML is an audience, and
stands for the file that defines the audience of that name, where there is one.
"""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from assets.policy_files import EXTENDS, FILES, REFERENCE, TABLES, judged, read_documents
from assets.policy_problem import Problem, listed
from assets.policy_yaml import Document, read_yaml
from schemas.names import nearest_of
from schemas.policy import Policy


def overlaid(group: str, root: Path, change: Path) -> tuple[Policy | None, list[Problem]]:
    """The policy with a file, or the files of a folder, laid over it, and every problem; those of the change name its files."""
    with tempfile.TemporaryDirectory(prefix="velocity-policy-") as folder:
        copy = Path(folder) / "policy"
        shutil.copytree(root, copy)
        standing = read_documents(group, copy)[0]
        theirs: dict[str, str] = {}
        problems = []
        for file in _files(change):
            place = _place(file, group, standing)
            if isinstance(place, Problem):
                problems.append(place)
                continue
            target = copy / place
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            theirs[place] = str(file)
        policy, found = judged(*read_documents(group, copy))
    named = [replace(one, file=theirs.get(one.file, one.file)) for one in found]
    return (None if problems else policy), sorted([*problems, *named])


def _files(change: Path) -> Iterator[Path]:
    if change.is_file():
        yield change
    elif change.is_dir():
        yield from sorted(one for one in change.rglob("*") if one.is_file() and not one.name.startswith("."))


def _place(file: Path, group: str, standing: dict[str, Document]) -> str | Problem:
    """Where a file belongs, relative to the policy folder."""
    tables, settings = [f"{name}.csv" for name in sorted(TABLES)], [f"{name}.yaml" for name in sorted(FILES)]
    if file.name in tables:
        return f"{REFERENCE}/{file.name}"
    if file.name in settings or file.name == EXTENDS:
        return f"{group}/{file.name}"
    if file.suffix not in (".yaml", ".yml"):
        return _nobody_reads(file, [*tables, *settings])
    read = read_yaml(file, str(file))
    audience = read.value(("audience",)) if isinstance(read, Document) else None
    if audience is None and isinstance(read, Document) and nearest_of(file.name, settings):
        return _nobody_reads(file, settings)
    return f"{group}/audiences/{_stem(audience, standing) or file.stem}.yaml"


def _stem(audience: object, standing: dict[str, Document]) -> str | None:
    """The name of the file that defines an audience already."""
    files = [name for name, one in standing.items() if name.startswith("audiences/") and one.value(("audience",)) == audience]
    return files[0].removeprefix("audiences/") if audience and files else None


def _nobody_reads(file: Path, known: list[str]) -> Problem:
    return Problem(
        str(file), 0, "", "a file that nobody reads", listed([*known, "the YAML of an audience"]), nearest_of(file.name, known)
    )
