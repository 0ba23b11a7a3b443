"""velocity resolve over a small file: what is written, what is said, and what is refused without naming anybody."""

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from assets.cli import app

MODEL = """\
model: customers
record_id: rid
source: system
fields:
  first_name: {kind: given_name}
  last_name: {kind: family_name, column: Surname}
  born: {kind: date}
  zip: {kind: postcode}
  phone: {kind: phone, any_of: [home, cell]}
household: [last_name, zip, phone]
exact_by: [phone]
"""
FIRST = ("Margaret", "Robert", "Alice", "Hiroshi", "Fatima", "Lars", "Ingrid", "Pedro", "Chloe", "Omar", "Yvonne")
LAST = ("Okonkwo", "Smith", "Nakamura", "Lindqvist", "Fernandes", "Whitfield", "Abramov", "Castellano", "Dube")
RESULT = ["edges.parquet", "households.parquet", "members.parquet", "parameters.parquet", "result.json"]


def person(number: int) -> dict[str, str | None]:
    return {
        "first_name": FIRST[number % len(FIRST)],
        "Surname": LAST[number // 2 % len(LAST)],
        "born": f"{1940 + number * 7 % 60}-{number * 5 % 12 + 1:02}-{number * 11 % 28 + 1:02}",
        "zip": f"0{2100 + number // 2 % 80}",
        "home": f"617{5550000 + number * 137:07}",
        "cell": None,
        "who": f"p{number}",
    }


@pytest.fixture(scope="module")
def records() -> pl.DataFrame:
    """200 people, each once in the CRM and once in a shop, where one in three first names lacks a letter."""
    rows = []
    for number in range(200):
        known = person(number)
        rows.append(known | {"rid": f"crm{number}", "system": "crm"})
        typo = str(known["first_name"])[:-1] if number % 3 == 0 else known["first_name"]
        rows.append(known | {"rid": f"shop{number}", "system": "shop", "first_name": typo, "home": None, "cell": known["home"]})
    return pl.DataFrame(rows, schema=[*person(0), "rid", "system"], orient="row", infer_schema_length=None)


@pytest.fixture
def place(tmp_path: Path, records: pl.DataFrame) -> Path:
    """A folder with people.csv, people.parquet and model.yaml."""
    records.write_csv(tmp_path / "people.csv")
    records.reverse().write_parquet(tmp_path / "people.parquet")
    (tmp_path / "model.yaml").write_text(MODEL, encoding="utf-8")
    return tmp_path


def run(place: Path, *more: str, records: str = "people.csv", out: str = "out") -> tuple[int, str]:
    arguments = ["resolve", str(place / records), "--model", str(place / "model.yaml"), "--out", str(place / out), *more]
    result = CliRunner().invoke(app, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_people_are_found_and_scored(place: Path, records: pl.DataFrame) -> None:
    code, said = run(place, "--truth", "who")
    assert code == 0
    assert {one.name for one in (place / "out").iterdir()} >= set(RESULT)
    members = pl.read_parquet(place / "out" / "members.parquet")
    assert sorted(members["record_id"]) == sorted(records["rid"])
    told = json.loads((place / "out" / "result.json").read_text(encoding="utf-8"))
    assert told["records"] == 400
    assert told["persons"] == members["person_id"].n_unique()
    assert told["alone"] + sum(told["tiers"].values()) == 400
    assert told["score"]["f1"] > 0.95
    assert all(word in said for word in ("records", "persons", "tier exact", "households", "blocks dropped", "recall", "seconds"))


def test_nobody_is_named(place: Path, records: pl.DataFrame) -> None:
    _, said = run(place, "--truth", "who")
    told = said + (place / "out" / "result.json").read_text(encoding="utf-8")
    values = {str(one) for name in ("first_name", "Surname", "born", "home", "zip", "rid") for one in records[name] if one}
    assert [one for one in values if one in told] == []


def test_csv_and_parquet_in_any_order_give_the_same_bytes(place: Path) -> None:
    run(place)
    run(place, records="people.parquet", out="other")
    first = {one.name: one.read_bytes() for one in (place / "out").iterdir()}
    assert first == {one.name: one.read_bytes() for one in (place / "other").iterdir()}


def test_a_former_result_is_replaced(place: Path) -> None:
    assert run(place)[0] == 0
    assert run(place)[0] == 0


def test_in_mode_link_only_pairs_between_sources_count(place: Path) -> None:
    (place / "model.yaml").write_text(MODEL.replace("source:", "mode: link\nsource:"), encoding="utf-8")
    assert run(place, "--truth", "who")[0] == 0
    assert json.loads((place / "out" / "result.json").read_text(encoding="utf-8"))["score"]["precision"] > 0.95


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "column: Surname",
            "column: Surnam",
            "model.yaml:6: fields.last_name.column: found the column 'Surnam', which the records",
        ),
        ("kind: date", "kind: birthday", "Did you mean 'date'?"),
        ("record_id: rid", "record_id: zip", "found a zip that is not alone in 400 rows"),
        ("record_id: rid", "record_id: cell", "found no cell in 200 rows"),
    ],
)
def test_what_cannot_be_linked_is_told(place: Path, old: str, new: str, told: str) -> None:
    text = MODEL.replace(old, new)
    if "record_id: rid" not in text:
        text = text.replace("  zip: {kind: postcode}\n", "").replace("zip, ", "").replace("any_of: [home, cell]", "column: home")
    (place / "model.yaml").write_text(text, encoding="utf-8")
    code, said = run(place)
    assert (code, told in said.replace("\n", " ")) == (2, True), said
    assert not (place / "out").exists()


def test_a_truth_that_is_not_there_is_told(place: Path) -> None:
    code, said = run(place, "--truth", "hwo")
    assert code == 2
    assert "found no column 'hwo', which --truth names" in said


def test_files_of_somebody_else_are_left_alone(place: Path) -> None:
    (place / "out").mkdir()
    (place / "out" / "mine.csv").write_text("x", encoding="utf-8")
    code, said = run(place)
    assert (code, "mine.csv" in said) == (2, True)
    assert [one.name for one in (place / "out").iterdir()] == ["mine.csv"]
