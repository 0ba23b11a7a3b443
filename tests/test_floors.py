"""The house itself: imports point down, the lower floors are pure, rooms stay small."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLOORS = {"schemas": 0, "pipelines": 1, "assets": 2}
PURE = ("schemas", "pipelines")
BANNED_MODULES = {"dagster", "os", "pathlib", "shutil", "tempfile", "random", "subprocess", "socket", "requests", "assets"}
BANNED_CALLS = {
    "open",
    "print",
    "input",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.monotonic",
    "pl.read_csv",
    "pl.read_parquet",
    "pl.scan_parquet",
    "pl.scan_csv",
    "pl.read_excel",
    "pl.scan_ndjson",
    "duckdb.connect",
}
# Sole importers: a heavy or dangerous library enters the house by one door.
DOORS = {"great_expectations": {"assets/judge.py"}}
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 50


def modules(*floors: str) -> list[Path]:
    return sorted(path for floor in floors for path in (ROOT / floor).rglob("*.py"))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def called(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("floor", FLOORS)
def test_imports_point_down(floor: str) -> None:
    upward = [
        f"{name(path)} imports {module}"
        for path in modules(floor)
        for module in imported(path)
        if FLOORS.get(module.split(".")[0], -1) > FLOORS[floor]
    ]
    assert upward == [], "imports point down only: assets -> pipelines -> schemas"


def test_lower_floors_know_no_orchestrator_file_clock_or_environment() -> None:
    found = [
        f"{name(path)}: {what}"
        for path in modules(*PURE)
        for what in (
            *(module for module in imported(path) if module.split(".")[0] in BANNED_MODULES),
            *(call for call in called(path) if call in BANNED_CALLS),
        )
    ]
    assert found == [], "schemas and pipelines take frames and arguments; Dagster, I/O and the clock live in assets"


def test_package_text_is_read_at_two_doors_only() -> None:
    readers = {
        name(path) for path in modules(*PURE) if "importlib.resources" in set(imported(path)) or "read_text" in path.read_text()
    }
    assert readers <= {"pipelines/engine.py", "schemas/sources/layouts/__init__.py"}


@pytest.mark.parametrize("library", DOORS)
def test_heavy_libraries_enter_by_one_door(library: str) -> None:
    importers = {name(path) for path in modules(*FLOORS) if any(one.split(".")[0] == library for one in imported(path))}
    assert importers <= DOORS[library]


def test_rooms_are_small() -> None:
    files = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules(*FLOORS)}
    assert {path: lines for path, lines in files.items() if lines > MAX_FILE_LINES} == {}


def test_functions_are_short() -> None:
    long = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in modules(*FLOORS)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno > MAX_FUNCTION_LINES
    ]
    assert long == []


def test_nothing_is_called_helpers() -> None:
    assert [name(path) for path in modules(*FLOORS) if path.stem in FORBIDDEN_NAMES] == []


def test_every_module_says_what_belongs_in_it() -> None:
    silent = [name(path) for path in modules(*FLOORS) if path.stat().st_size and not ast.get_docstring(tree(path))]
    assert silent == []
