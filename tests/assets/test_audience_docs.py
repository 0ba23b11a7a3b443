"""docs/audiences.md: its tables are those of the code, its examples load as they stand, its errors are what broken files get."""

import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.cli import app
from assets.house import PROJECT
from assets.policy_check import check_policy
from assets.policy_files import POLICY_ROOT, load_policy
from pipelines.audiences.rules import candidate_columns, check_expression
from pipelines.reports.language_tables import KEYS, SIGNATURES, language_tables
from schemas.candidate_columns import FACTS
from schemas.policy.audiences import AudiencePolicy

PAGE = PROJECT / "docs" / "audiences.md"
# What is broken in the second worked example: (what was written, what should stand there).
BROKEN = [
    ("service_day_to_due between", "service_days_to_due between"),
    ("service_days_to_due = 'soon'", "service_days_to_due between 0 and $notice_days"),
    ("service_days_to_due between 30 and 10", "service_days_to_due between 0 and $notice_days"),
    ("distance_miles < 0", "service_days_to_due between 0 and $notice_days"),
    ("intent_tier = 'burning'", "service_days_to_due between 0 and $notice_days"),
    ("between 0 and $notice", "between 0 and $notice_days"),
    ("max(service_days_to_due) > 3", "service_days_to_due between 0 and $notice_days"),
    ("person_id in (select person_id from person)", "service_days_to_due between 0 and $notice_days"),
    ("extends: _base_servise", "extends: _base_service"),
    ("chanels: [email]", "channels: [email]"),
    ("{lux: {notice: 45}}", "{lux: {notice_days: 45}}"),
    ("is_staff or not is_staff", "is_business or rfm_score < 1"),
]


def examples() -> list[str]:
    """The YAML of every worked example."""
    return [one for one in re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL) if "\naudience:" in one]


def block(name: str) -> str:
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- end -->", text, re.DOTALL)
    assert found, f"docs/audiences.md has no block <!-- {name} -->"
    return found[1]


def with_audience(root: Path, text: str) -> list[str]:
    """The problems of velocity_b with one more audience."""
    shutil.copytree(POLICY_ROOT / "reference", root / "reference")
    shutil.copytree(POLICY_ROOT / "velocity_b", root / "velocity_b")
    (root / "velocity_b" / "audiences" / "mine.yaml").write_text(text, encoding="utf-8")
    return [str(one) for one in check_policy("velocity_b", root)]


def errors(folder: Path) -> str:
    """The block of errors: what was written, and every problem that comes of it."""
    parts = []
    for number, (wrong, right) in enumerate(BROKEN):
        text = examples()[1].replace(right, wrong, 1)
        assert text != examples()[1], right
        told = [one.removeprefix("velocity_b/audiences/") for one in with_audience(folder / str(number), text)]
        parts.append(f"`{wrong}`\n\n```\n" + "\n".join(told) + "\n```\n")
    return "\n" + "\n".join(parts) + "\n"


@pytest.mark.parametrize("name", ["keys", "columns", "functions"])
def test_the_tables_are_those_of_the_code(name: str) -> None:
    assert block(name) == "\n" + language_tables()[name] + "\n", f"velocity language {name}"


def test_the_command_prints_the_tables() -> None:
    done = CliRunner().invoke(app, ["language", "functions"])
    assert done.exit_code == 0 and done.stdout == language_tables()["functions"]
    assert CliRunner().invoke(app, ["language", "colums"]).exit_code == 2


def test_every_key_and_every_column_is_described() -> None:
    assert list(KEYS) == list(AudiencePolicy.model_fields)
    assert list(FACTS) == list(candidate_columns()), "one line per column in schemas/candidate_columns.py, in the table's order"


@pytest.mark.parametrize("column", candidate_columns())
def test_every_example_of_a_column_is_a_sound_condition(column: str) -> None:
    assert check_expression(FACTS[column].example, candidate_columns(), {}) == []
    assert column in FACTS[column].example


@pytest.mark.parametrize("call", SIGNATURES.values(), ids=SIGNATURES)
def test_every_example_of_a_function_is_sound(call: str) -> None:
    sound = [f"{call} is not null", call]
    assert any(check_expression(one, candidate_columns(), {}, expects="flag") == [] for one in sound)


@pytest.mark.parametrize("number", range(5))
def test_every_worked_example_loads_as_it_stands(number: int, tmp_path: Path) -> None:
    assert with_audience(tmp_path, examples()[number]) == []
    name = re.search(r"^audience: (\w+)", examples()[number], re.MULTILINE)
    assert name is not None and name[1] in {one.audience for one in load_policy("velocity_b", tmp_path).audiences}


def test_every_error_is_what_a_broken_file_gets(tmp_path: Path) -> None:
    assert block("errors") == errors(tmp_path)
