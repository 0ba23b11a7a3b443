"""docs/identity.md says what the code does: its models load, its tables are whole, its errors are the real ones."""

import json
import re
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from assets.cli import app
from assets.identity_model_files import IdentityModelError, load_model
from pipelines.identity.linkage.edges import EDGES
from pipelines.identity.linkage.learned import PARAMETERS
from schemas.identity_language import DEFAULT_LEVELS, FUNCTIONS, KINDS, MEASURES
from schemas.identity_model import BlockingLimits, IdentityField, IdentityModel, Thresholds

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "identity.md").read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if line.startswith("| `")]
FENCED = re.findall(r"```(\w*)\n(.*?)```", TEXT, re.DOTALL)
MODELS = [text for language, text in FENCED if language == "yaml"]
BLOCKS = [text for _, text in FENCED]


def rows_of(name: str) -> list[str]:
    return [row for row in ROWS if f"`{name}`" in row.split("|")[1]]


def default(model: type, key: str) -> str:
    value = model.model_fields[key].default
    return f"`[{', '.join(value)}]`" if isinstance(value, tuple) else f"`{value}`" if isinstance(value, str) else f"{value:g}"


@pytest.mark.parametrize("text", MODELS)
def test_its_models_load(tmp_path: Path, text: str) -> None:
    (tmp_path / "model.yaml").write_text(text, encoding="utf-8")
    load_model(tmp_path / "model.yaml")


def test_its_errors_are_the_real_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, told = next((a, b) for a, b in pairwise(BLOCKS) if b.startswith("model customers.yaml has"))
    monkeypatch.chdir(tmp_path)
    Path("customers.yaml").write_text(broken, encoding="utf-8")
    with pytest.raises(IdentityModelError) as raised:
        load_model(Path("customers.yaml"))
    assert str(raised.value).strip() == told.strip()


def test_it_has_every_key() -> None:
    keys = [*(set(IdentityModel.model_fields) - {"limits", "thresholds"}), *IdentityField.model_fields]
    keys += [f"limits.{one}" for one in BlockingLimits.model_fields] + [f"thresholds.{one}" for one in Thresholds.model_fields]
    assert sorted(one for one in keys if not rows_of(one)) == []


def test_its_defaults_are_those_of_the_model() -> None:
    plain = {one: default(IdentityModel, one) for one in ("mode", "max_same_person", "blocking", "population")}
    parts = {f"limits.{one}": default(BlockingLimits, one) for one in BlockingLimits.model_fields}
    parts |= {f"thresholds.{one}": default(Thresholds, one) for one in Thresholds.model_fields}
    assert {name: rows_of(name)[0].split("|")[2].strip() for name in plain | parts} == plain | parts


def test_it_has_every_kind_with_its_levels() -> None:
    told = {kind: re.findall(r"`([^`]+)`", rows_of(kind)[0].split("|")[-2]) for kind in KINDS}
    assert told == {kind: list(levels) for kind, levels in DEFAULT_LEVELS.items()}


def test_it_has_every_level_and_key_function() -> None:
    first = " ".join(row.split("|")[1] for row in ROWS)
    assert [one for one in MEASURES if f"`{one}" not in first] == []
    assert [one for one in FUNCTIONS if f"`{one}(field" not in first] == []


def test_it_has_every_column_of_what_comes_out() -> None:
    outputs = TEXT[TEXT.index("## What comes out") : TEXT.index("## Advice")]
    written = [*EDGES, *PARAMETERS, "record_id", "person_id", "household_id", "tier", "rule", "people"]
    assert [one for one in written if f"`{one}`" not in outputs] == []


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The section of updates; its files lie in the working directory and its commands have run."""
    section = TEXT[TEXT.index("## Tomorrow's changes") : TEXT.index("## Why these are one person")]
    blocks = re.findall(r"```(\w+)\n(.*?)```", section, re.DOTALL)
    csvs = iter(("customers.csv", "changed.csv", "gone.csv"))
    monkeypatch.chdir(tmp_path)
    for language, text in blocks:
        if language == "sh":
            for line in text.splitlines():
                done = CliRunner().invoke(app, line.split()[1:])
                assert done.exit_code == 0, done.output
        else:
            Path("customers.yaml" if language == "yaml" else next(csvs)).write_text(text, encoding="utf-8")
    return section


def test_its_update_gives_the_events_it_shows(example: str) -> None:
    table = example[example.index("| kind | record_id") :].split("\n\n", maxsplit=1)[0].splitlines()
    shown = [tuple(cell.strip() or None for cell in row.strip("|").split("|")) for row in table[2:]]
    events = pl.read_parquet("linked-2/events.parquet")
    assert sorted(events.select("kind", "record_id", "left_record_id", "right_record_id").rows(), key=str) == sorted(
        shown, key=str
    )


def test_its_update_writes_the_files_and_columns_it_names(example: str) -> None:
    for name in ("events", "changes", "retired"):
        row = next(one for one in example.splitlines() if one.startswith(f"| `{name}.parquet`"))
        columns = pl.read_parquet(f"linked-2/{name}.parquet").columns
        assert [one for one in columns if f"`{one}`" not in row] == []
    assert {one.name for one in Path("linked").iterdir()} - {one.name for one in Path("linked-2").iterdir()} <= {
        "diagnostics_components.parquet",
        "diagnostics_learning.parquet",
    }
    assert json.loads(Path("linked-2/result.json").read_text(encoding="utf-8"))["run"] == 1
