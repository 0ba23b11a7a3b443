"""Levels and blocking rules as people write them, right and wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.identity_language import (
    DEFAULT_LEVELS,
    FUNCTIONS,
    KINDS,
    MEASURES,
    Key,
    Level,
    level_errors,
    parse_level,
    parse_rule,
    rule_errors,
)
from schemas.identity_mistakes import (
    FunctionMisfit,
    LevelOrder,
    MeasureMisfit,
    MeasureNumber,
    RuleSyntax,
    UnknownField,
    UnknownFunction,
    UnknownMeasure,
)

FIELDS = {"first_name": "given_name", "last_name": "family_name", "dob": "date", "zip": "postcode", "home": "address"}


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("exact", Level("exact")),
        ("nickname", Level("nickname")),
        ("jaro_winkler >= 0.92", Level("jaro_winkler", 0.92)),
        ("jaro_winkler>=0.92", Level("jaro_winkler", 0.92)),
        (" edits  <=  1 ", Level("edits", 1)),
        ("token_sort >= 85", Level("token_sort", 85)),
        ("token_set >= 97.5", Level("token_set", 97.5)),
        ("prefix 4", Level("prefix", 4)),
        ("suffix 7", Level("suffix", 7)),
        ("years <= 2", Level("years", 2)),
    ],
)
def test_levels_are_read(text: str, level: Level) -> None:
    assert parse_level(text) == level


@pytest.mark.parametrize("measure", sorted(MEASURES))
def test_every_measure_reads_its_own_example_and_tells_how_it_is_written(measure: str) -> None:
    level = parse_level(MEASURES[measure].example)
    assert level.measure == measure
    assert str(level) == MEASURES[measure].example
    with pytest.raises(MeasureNumber) as wrong:
        parse_level(f"{measure} > 3")
    assert f"`{MEASURES[measure].example}`" in str(wrong.value)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "jaro_winkler",
            "jaro_winkler 0.9",
            "jaro_winkler <= 0.9",
            "jaro_winkler >= 92",
            "jaro_winkler >= 0",
            "jaro_winkler >= 92%",
        ),
        *(
            "edits >= 1",
            "edits <= 0",
            "edits <= 1.5",
            "edits <= -1",
            "prefix",
            "prefix >= 3",
            "prefix 0",
            "exact 1",
            "exact and more",
        ),
        *("years <= 0", "token_sort >= 100", "suffix seven"),
    ],
)
def test_a_wrong_number_is_told(text: str) -> None:
    with pytest.raises(MeasureNumber):
        parse_level(text)


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("jaro >= 0.9", "jaro_winkler"),
        ("jarowinkler >= 0.9", "jaro_winkler"),
        ("Exact", "exact"),
        ("prefix4", "prefix"),
        ("%", None),
    ],
)
def test_an_unknown_measure_is_told_with_the_nearest(text: str, nearest: str | None) -> None:
    with pytest.raises(UnknownMeasure) as wrong:
        parse_level(text)
    assert wrong.value.nearest == nearest


@pytest.mark.parametrize("text", ["else", "null", "ELSE"])
def test_implied_levels_are_not_written(text: str) -> None:
    with pytest.raises(UnknownMeasure, match="implied"):
        parse_level(text)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_has_levels_that_fit_it(kind: str) -> None:
    assert list(level_errors(DEFAULT_LEVELS[kind], kind)) == []


@pytest.mark.parametrize(
    ("levels", "kind", "place", "error"),
    [
        (["exact", "same_year"], "given_name", 1, MeasureMisfit),
        (["exact", "nickname"], "name", 1, MeasureMisfit),
        (["exact", "jaro_winkler >= 0.9"], "date", 1, MeasureMisfit),
        (["exact", "edits <= 1"], "category", 1, MeasureMisfit),
        (["edits <= 1"], "id", 0, LevelOrder),
        (["exact", "edits <= 1", "exact"], "id", 2, LevelOrder),
        (["exact", "edits <= 2", "edits <= 1"], "id", 2, LevelOrder),
        (["exact", "jaro_winkler >= 0.8", "jaro_winkler >= 0.9"], "text", 2, LevelOrder),
        (["exact", "prefix 3", "prefix 4"], "text", 2, LevelOrder),
        (["exact", "jaro >= 1"], "text", 1, UnknownMeasure),
    ],
)
def test_levels_that_no_pair_reaches_are_told(levels: list[str], kind: str, place: int, error: type) -> None:
    assert [(at, type(one)) for at, one in level_errors(levels, kind)] == [(place, error)]


def test_all_mistakes_of_a_field_are_told() -> None:
    errors = list(level_errors(["jaro >= 1", "exact", "same_year", "edits <= 0"], "text"))
    assert [place for place, _ in errors] == [0, 2, 3]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("auto", ()),
        ("last_name", (Key(None, "last_name"),)),
        ("sound(last_name), year(dob)", (Key("sound", "last_name"), Key("year", "dob"))),
        ("prefix(zip,3)", (Key("prefix", "zip", 3),)),
        (" word( home , -1 ) , dob ", (Key("word", "home", -1), Key(None, "dob"))),
    ],
)
def test_rules_are_read(text: str, keys: tuple[Key, ...]) -> None:
    assert parse_rule(text) == keys
    assert list(rule_errors(text, FIELDS)) == []


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", RuleSyntax),
        ("last_name,", RuleSyntax),
        ("prefix(zip", RuleSyntax),
        ("3)", RuleSyntax),
        ("sound(word(home, 1))", RuleSyntax),
        ("sound()", RuleSyntax),
        ("sound('last_name')", RuleSyntax),
        ("last_name, last_name", RuleSyntax),
        ("sound(last_name, 2)", RuleSyntax),
        ("prefix(zip)", RuleSyntax),
        ("prefix(zip, 0)", RuleSyntax),
        ("prefix(zip, -1)", RuleSyntax),
        ("word(home, 0)", RuleSyntax),
        ("last_name and dob", RuleSyntax),
        ("sond(last_name)", UnknownFunction),
        ("lst_name", UnknownField),
        ("sound(surname)", UnknownField),
        ("auto, last_name", UnknownField),
        ("year(last_name)", FunctionMisfit),
        ("full_name(last_name)", FunctionMisfit),
    ],
)
def test_wrong_rules_are_told(text: str, error: type) -> None:
    assert [type(one) for one in rule_errors(text, FIELDS)] == [error]


def test_messages_name_what_was_found_what_is_accepted_and_the_nearest() -> None:
    assert [str(one) for one in rule_errors("sound(last_nam), year(first_name)", FIELDS)] == [
        "found the unknown field 'last_nam' in the blocking rule 'sound(last_nam), year(first_name)'; "
        "expected a field of this model: dob, first_name, home, last_name, zip. Did you mean 'last_name'?",
        "found year(first_name) in the blocking rule 'sound(last_nam), year(first_name)'; expected for a field of kind "
        "given_name: first_name, full_name(first_name), prefix(first_name, n), sound(first_name), soundex(first_name), "
        "suffix(first_name, n), word(first_name, n), words(first_name).",
    ]


keys = st.sampled_from(sorted(FUNCTIONS)).flatmap(
    lambda name: st.builds(Key, st.just(name), st.just("a"), st.integers(1, 99) if FUNCTIONS[name][1] else st.none())
)


@given(st.lists(keys, min_size=1, max_size=4, unique=True))
def test_a_written_rule_reads_as_it_was(rule: list[Key]) -> None:
    assert parse_rule(", ".join(map(str, rule))) == tuple(rule)


@given(st.text(alphabet="abe xt_jaro_winkler<=>(),.0159-%\n", max_size=30))
def test_any_text_is_read_or_told(text: str) -> None:
    errors = [error for _, error in level_errors([text], "text")] + list(rule_errors(text, {"a": "text"}))
    assert all(error.found and error.expected for error in errors)
