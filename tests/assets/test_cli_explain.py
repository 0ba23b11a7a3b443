"""velocity explain over a result of velocity resolve and over a lake: what is said, written and refused, and who is named."""

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from assets import cli_explain
from assets.cli import app
from assets.lake import Lake

MODEL = """\
model: customers
record_id: rid
fields:
  first_name: {kind: given_name}
  last_name: {kind: family_name}
  born: {kind: date}
  zip: {kind: postcode}
  phone: {kind: phone}
household: [last_name, zip, phone]
exact_by: [phone]
"""
FIRST = ("Margaret", "Robert", "Alice", "Hiroshi", "Fatima", "Lars", "Ingrid", "Pedro", "Chloe", "Omar", "Yvonne")
LAST = ("Okonkwo", "Smith", "Nakamura", "Lindqvist", "Fernandes", "Whitfield", "Abramov", "Castellano", "Dube")


def people() -> pl.DataFrame:
    """100 couples of one home, each person twice; one first name in three lacks a letter."""
    rows = []
    for number in range(200):
        known = {
            "first_name": FIRST[number % 11],
            "last_name": LAST[number // 2 % 9],
            "born": f"{1940 + number * 7 % 60}-{number * 5 % 12 + 1:02}-{number * 11 % 28 + 1:02}",
            "zip": f"0{2100 + number // 2 % 80}",
            "phone": f"617{5550000 + number // 2 * 137:07}",
        }
        rows.append({"rid": f"crm{number:03}"} | known)
        short = known["first_name"][:-1] if number % 3 == 0 else known["first_name"]
        rows.append({"rid": f"shop{number:03}"} | known | {"first_name": short})
    return pl.DataFrame(rows)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """people.parquet, model.yaml and linked/, their result."""
    folder = tmp_path_factory.mktemp("explain")
    people().write_parquet(folder / "people.parquet")
    (folder / "model.yaml").write_text(MODEL, encoding="utf-8")
    done = CliRunner().invoke(
        app, ["resolve", str(folder / "people.parquet"), "--model", str(folder / "model.yaml"), "--out", str(folder / "linked")]
    )
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_explain.out, "width", 200)


def explain(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["explain", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def of(place: Path) -> list[str]:
    options = ("--records", "people.parquet"), ("--model", "model.yaml"), ("--resolution", "linked")
    return [part for name, file in options for part in (name, str(place / file))]


def values() -> set[str]:
    frame = people()
    told = {str(one).lower() for name in ("first_name", "last_name", "born", "zip", "phone") for one in frame[name]}
    return told | {one.replace("-", "") for one in told}


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9-]+", text.lower()))


def test_a_pair_is_explained_with_weights_posteriors_and_rules(place: Path) -> None:
    code, said = explain("shop000", "crm000", *of(place))
    assert code == 0
    assert "One person: the two records match." in said
    assert all(word in said for word in ("before comparing", "first_name", "one person", "posteriors:", "met by: ", "phone"))


def test_a_couple_is_two_persons_of_one_household(place: Path) -> None:
    code, said = explain("crm010", "crm011", *of(place))
    assert (code, "Two persons of one household." in said) == (0, True), said


def test_a_person_is_explained_by_its_id_and_by_a_record(place: Path) -> None:
    members = pl.read_parquet(place / "linked" / "members.parquet")
    person = members.filter(record_id="crm005")["person_id"][0]
    by_id, by_record = explain(person, *of(place)), explain("crm005", *of(place))
    assert by_id == by_record
    assert f"person {person}: 2 records" in by_id[1]
    assert "links inside" in by_id[1]


def test_the_table_adds_up_to_the_weights_of_the_edges(place: Path) -> None:
    assert explain("crm005", *of(place), "--table", str(place / "one.parquet"))[0] == 0
    table = pl.read_parquet(place / "one.parquet")
    ends = ["left_record_id", "right_record_id"]
    sums = table.group_by(ends).agg(total=(pl.col("match_bits") + pl.col("frequency_bits")).sum())
    both = sums.join(pl.read_parquet(place / "linked" / "edges.parquet"), on=ends)
    assert len(both) == len(sums) > 0
    assert (both["total"] - both["weight"]).abs().max() < 1e-5  # type: ignore[operator]  # a number: the table is not empty
    assert explain("crm005", "shop005", *of(place), "--table", str(place / "two.parquet"))[0] == 0
    assert pl.read_parquet(place / "two.parquet").columns == table.columns


def test_nobodys_values_are_told_unless_asked_for(place: Path) -> None:
    page = place / "page.html"
    for ids in (("crm005", "shop005"), ("crm005",)):
        said = explain(*ids, *of(place), "--html", str(page))[1]
        assert words(said) & values() == set()
        assert words(re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", page.read_text(encoding="utf-8"))) & values() == set()
        shown = explain(*ids, *of(place), "--html", str(page), "--show-values")[1]
        assert "6175550274" in shown.replace("\n", "")
        assert "6175550274" in page.read_text(encoding="utf-8")


def test_a_page_is_whole_and_asks_for_nothing(place: Path) -> None:
    for ids in (("crm005", "shop005"), ("crm005",)):
        assert explain(*ids, *of(place), "--html", str(place / "page.html"))[0] == 0
        text = (place / "page.html").read_text(encoding="utf-8")
        assert text.count('<svg class="wf"') >= 1
        assert "http" not in text
        assert "prefers-color-scheme:dark" in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("nobody",),
            "nobody: found neither a person nor a record; expected the id of a person",
        ),
        (("crm001", "nobody"), "nobody: found no such record"),
        (("crm001", "crm001"), "found the same record twice"),
        (("crm001", "--table", "x.csv"), "found a name without .parquet"),
    ],
)
def test_what_cannot_be_explained_is_told(place: Path, arguments: tuple[str, ...], told: str) -> None:
    code, said = explain(*arguments, *of(place))
    assert (code, told in said.replace("\n", " ")) == (2, True), said


def test_a_source_is_one_or_the_other(place: Path) -> None:
    code, said = explain("crm001", *of(place)[:4], "--group", "velocity_b")
    assert code == 2
    assert "found --records, --model, --group; expected either --records, --model, --resolution or --group, --lake" in said


def test_another_file_or_model_than_that_of_the_result_is_told(place: Path, tmp_path: Path) -> None:
    people().head(20).write_parquet(tmp_path / "few.parquet")
    few = ["--records", str(tmp_path / "few.parquet"), *of(place)[2:]]
    assert "expected the file that it was made of" in explain("crm150", "shop150", *few)[1].replace("\n", " ")
    text = MODEL.replace("phone: {kind: phone}", "cell: {kind: phone, column: phone}").replace("phone]", "cell]")
    (tmp_path / "other.yaml").write_text(text, encoding="utf-8")
    other = [*of(place)[:2], "--model", str(tmp_path / "other.yaml"), *of(place)[4:]]
    code, said = explain("crm150", "shop150", *other)
    assert (code, "found a field 'cell' that was not learned" in said.replace("\n", " ")) == (2, True), said


def test_a_retired_id_of_a_lake_is_followed_with_its_history(tmp_path: Path) -> None:
    lake, first, day = Lake(tmp_path, "velocity_b"), date(2026, 11, 20), date(2026, 11, 21)
    member = pl.DataFrame(
        {"record_id": ["crm:1", "dms:2"], "person_id": ["P0", "P0"], "tier": ["exact"] * 2, "rule": ["email"] * 2}
    )
    edge = {"left_record_id": "crm:1", "right_record_id": "dms:2", "rule": "email", "kind": "matched", "tier": "exact"}
    told = {"kind": ["retire", "merge"], "person_id": ["P1", "P0"], "other_person_id": ["P0", "P1"], "record_id": [None, None]}
    event = pl.DataFrame(told | {"on_day": [day, day], "rule": ["email", "email"]}, schema_overrides={"record_id": pl.String})
    tables = {"member": member, "edge": pl.DataFrame([edge]), "id_event": event}
    for on in (first, day):
        for name, frame in tables.items():
            lake.publish(lake.stage(name, on, frame.clear() if name == "id_event" and on == first else frame), name, on)
    code, said = explain("P1", "--group", "velocity_b", "--lake", str(tmp_path))
    assert code == 0
    assert "P1 was retired into P0 on 2026-11-21 by email" in said
    assert "person P0: 2 records, 1 links" in said
    code, said = explain("P1", "--group", "velocity_b", "--lake", str(tmp_path), "--date", "2026-11-20")
    assert (code, "found neither a person nor a record" in said.replace("\n", " ")) == (2, True)
    code, said = explain("P1", "--group", "velocity_b", "--lake", str(tmp_path), "--date", "2026-11-19")
    assert (code, "a day that was run, such as 2026-11-21" in said.replace("\n", " ")) == (2, True)
