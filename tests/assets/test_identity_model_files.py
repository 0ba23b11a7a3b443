"""Model files as a stranger writes them: right ones load, wrong ones are told every mistake with line, key and way out."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.identity_model_files import IdentityModelError, check_columns, load_model

GOOD = """\
# customers of one shop
model: customers
record_id: rid
source: system
fields:
  first_name: {kind: given_name}
  last_name:
    kind: family_name
    column: Surname
    levels: [exact, jaro_winkler >= 0.92]
  phone: {kind: phone, any_of: [home, cell]}
  born: {kind: date, columns: [yy, mm, dd]}
never_across: [tenant]
blocking:
  - auto
  - prefix(last_name, 4), year(born)
"""
COLUMNS = ["rid", "system", "first_name", "Surname", "home", "cell", "yy", "mm", "dd", "tenant", "else"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "model.yaml"
    place.write_text(GOOD, encoding="utf-8")
    return place


def told(path: Path, *changes: tuple[str, str]) -> list[str]:
    """The problems of the model file after changes, without its name."""
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(IdentityModelError) as raised:
        load_model(path)
    return [str(one).removeprefix(str(path)) for one in raised.value.problems]


def test_a_right_file_loads(path: Path) -> None:
    model = load_model(path)
    assert model.columns_of("last_name") == ("Surname",)
    assert model.blocking == ("auto", "prefix(last_name, 4), year(born)")
    check_columns(model, COLUMNS, path)


def test_a_file_with_a_byte_order_mark_and_windows_lines_loads(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_model(path).record_id == "rid"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("record_id: rid", "record-id: rid", ":1: record_id: found no such key; expected the key 'record_id'."),
        (
            "kind: given_name",
            "kind: first_name",
            ":6: fields.first_name.kind: found the unknown kind 'first_name'; expected one of",
        ),
        (
            "column: Surname",
            "colunm: Surname",
            ":9: fields.last_name.colunm: found the unknown key 'colunm'; expected one of any_of",
        ),
        (
            "0.92",
            "92",
            ":10: fields.last_name.levels[1]: found the level 'jaro_winkler >= 92'; expected the form `jaro_winkler >=",
        ),
        ("[home, cell]", "home", ":11: fields.phone.any_of: found 'home'; expected a list, such as [home]."),
        ("[tenant]", "tenant", ":13: never_across: found 'tenant'; expected a list, such as [tenant]."),
        ("year(born)", "yaer(born)", ":16: blocking[1]: found the unknown function 'yaer' in the blocking rule"),
        ("year(born)", "year(bron)", ":16: blocking[1]: found the unknown field 'bron' in the blocking rule"),
        ("{kind: given_name}", "given_name", ":6: fields.first_name: found 'given_name'; expected keys with values"),
        ("source: system", "mode: link", ":4: mode: found mode link without a source"),
    ],
)
def test_a_mistake_is_told_with_its_line(path: Path, old: str, new: str, problem: str) -> None:
    assert any(one.startswith(problem) for one in told(path, (old, new)))


def test_all_mistakes_are_told_at_once_of_shape_and_between_parts(path: Path) -> None:
    problems = told(
        path,
        ("record_id: rid", "mode: lnk"),
        ("kind: given_name", "kind: first"),
        ("column: Surname", "colum: Surname"),
        ("exact, jaro", "exact, jaroo"),
        ("[yy, mm, dd]", "[yy, mm]"),
        ("never_across: [tenant]", "same_person: [frst_name]"),
        ("year(born)", "full_name(first_name)"),
        ("- auto", "- sound(surname)"),
    )
    assert [one.split(": found")[0] for one in problems] == [
        ":1: record_id",
        ":3: mode",
        ":6: fields.first_name.kind",
        ":9: fields.last_name.colum",
        ":10: fields.last_name.levels[1]",
        ":12: fields.born.columns",
        ":13: same_person[0]",
        ":15: blocking[0]",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", ":1: found an empty file; expected keys with values."),
        ("- a\n- b\n", ":1: found no mapping of keys to values; expected keys with values."),
        ("model: a\nmodel: b\n", ":2: model: found the key 'model' twice; expected each key once."),
        ("model: [a\nrecord_id: b\n", ":2: found text that is not YAML"),
        ("model: a\n\trecord_id: b\n", ":2: found text that is not YAML"),
        (
            "model: a\nrecord_id: 1\nfields: [a]\n",
            ":3: fields: found a list of 1; expected the name of each field with its keys, such as first_name",
        ),
    ],
)
def test_what_is_no_model_at_all_is_told(path: Path, text: str, problem: str) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(IdentityModelError) as raised:
        load_model(path)
    assert any(str(one).removeprefix(str(path)).startswith(problem) for one in raised.value.problems)


def test_a_missing_file_is_told_with_the_nearest(path: Path) -> None:
    with pytest.raises(IdentityModelError, match=r"modle\.yaml: found no such file; expected .* Did you mean 'model\.yaml'"):
        load_model(path.with_name("modle.yaml"))


def test_every_column_that_the_records_lack_is_told(path: Path) -> None:
    with pytest.raises(IdentityModelError) as raised:
        check_columns(load_model(path), ["id", "SYSTEM", "first_name", "Surnames", "home", "cel", "yy", "mm", "dd"], path)
    assert [str(one).removeprefix(str(path)).split("; expected")[0] for one in raised.value.problems] == [
        ":3: record_id: found the column 'rid', which the records do not have",
        ":4: source: found the column 'system', which the records do not have",
        ":9: fields.last_name.column: found the column 'Surname', which the records do not have",
        ":11: fields.phone.any_of[1]: found the column 'cell', which the records do not have",
        ":13: never_across[0]: found the column 'tenant', which the records do not have",
    ]
    assert raised.value.problems[0].expected == "one of their columns: id, SYSTEM, first_name, Surnames, home, cel, yy, mm, dd"
    assert [one.nearest for one in raised.value.problems] == ["id", "SYSTEM", "Surnames", "cel", None]


def test_a_field_without_a_column_of_its_name_is_told_to_name_one(path: Path) -> None:
    with pytest.raises(
        IdentityModelError, match=r":6: fields\.first_name: .* expected the key column with one of their columns: "
    ):
        check_columns(load_model(path), [one for one in COLUMNS if one != "first_name"], path)


LINES = GOOD.splitlines()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(LINES) - 1), st.sampled_from(["", "x", "- ", "  ", ": ", "[", "null", "levels: {a: 1}", "# "])
        ),
        max_size=5,
    )
)
def test_any_mangled_file_is_read_or_told(path: Path, edits: list[tuple[int, str]]) -> None:
    lines = list(LINES)
    for place, text in edits:
        lines[place] = text + lines[place].lstrip() if text else lines[place][: len(lines[place]) // 2]
    path.write_text("\n".join(lines), encoding="utf-8")
    try:
        load_model(path)
    except IdentityModelError as error:
        assert error.problems
