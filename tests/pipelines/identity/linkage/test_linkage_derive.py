"""Functions of one text: parts of dates, sounds, words, full names."""

import jellyfish
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity.linkage.derive import derived, full_names
from tests.pipelines.identity.linkage.people import quick

FUNCTIONS = [
    (None, None, "smith", "smith"),
    ("prefix", 3, "smith", "smi"),
    ("prefix", 6, "smith", None),
    ("suffix", 4, "7045550100", "0100"),
    ("suffix", 11, "7045550100", None),
    ("year", None, "19670105", "1967"),
    ("year", None, "1967", None),
    ("month", None, "19670105", "01"),
    ("day", None, "19670105", "05"),
    ("month_day", None, "19670105", "0105"),
    ("month_year", None, "19670105", "196701"),
    ("swapped", None, "19670105", "19670501"),
    ("user", None, "bob@x.com", "bob"),
    ("domain", None, "bob@x.com", "x.com"),
    ("word", 1, "van der berg", "van"),
    ("word", -1, "van der berg", "berg"),
    ("word", 4, "van der berg", None),
    ("words", None, "smith bob", "bob smith"),
    ("digits", None, "AB12C3", "123"),
    ("digits", None, "ABC", None),
    ("number", None, "apt 4 12 main", "4"),
    ("number", None, "main st", None),
    ("initial", None, "bob", "b"),
    ("sound", None, "smith", "SM0"),
    ("sound", None, "李", None),
    ("soundex", None, "obrien", "O165"),
    ("soundex", None, "123", None),
    ("full_name", None, "bob", "robert"),
    ("full_name", None, "robert", "robert"),
    ("full_name", None, "liz", "elizabeth"),
    ("full_name", None, "xyzzy", "xyzzy"),
]


@pytest.mark.parametrize(("function", "n", "text", "told"), FUNCTIONS)
def test_a_function_of_a_text(function: str | None, n: int | None, text: str, told: str | None) -> None:
    assert derived(function, pl.Series([text, None]), n).to_list() == [told, None]


@pytest.mark.parametrize(("short", "full"), [("bob", "robert"), ("dick", "richard"), ("peggy", "margaret"), ("jim", "james")])
def test_short_names_meet_their_full_name(short: str, full: str) -> None:
    assert full in full_names(short)
    assert derived("full_name", pl.Series([short])).item() == full


@quick
@given(st.lists(st.text(alphabet=st.characters(codec="ascii", categories=["Ll"]), min_size=1, max_size=12)))
def test_sounds_are_those_of_jellyfish(names: list[str]) -> None:
    told = derived("sound", pl.Series(names, dtype=pl.String)).to_list()
    assert told == [jellyfish.metaphone(one) or None for one in names]
    assert derived("soundex", pl.Series(names, dtype=pl.String)).to_list() == [jellyfish.soundex(one) for one in names]


@quick
@given(st.lists(st.text(max_size=12)))
@pytest.mark.parametrize("function", ["sound", "soundex", "full_name", "year", "swapped", "number", "words", "user", "domain"])
def test_no_text_breaks_a_function(function: str, texts: list[str]) -> None:
    assert len(derived(function, pl.Series(texts, dtype=pl.String))) == len(texts)
