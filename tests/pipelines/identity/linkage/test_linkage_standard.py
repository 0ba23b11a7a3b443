"""One form per kind: spellings of one thing become one text, and other things stay apart."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity.linkage.standard import MOST_CHARACTERS, standard
from schemas.identity_language import KINDS
from tests.pipelines.identity.linkage.people import quick

FORMS = [
    ("given_name", "José", "jose"),
    ("given_name", "  MARY-ANN ", "mary ann"),
    ("given_name", "J.R.", "jr"),
    ("given_name", "ﬁona", "fiona"),
    ("family_name", "O'Brien", "obrien"),
    ("family_name", "O’Brien", "obrien"),
    ("family_name", "García-Márquez", "garcia marquez"),
    ("family_name", "VAN  DER\tBERG", "van der berg"),
    ("family_name", "İnan", "inan"),
    ("family_name", "李", "李"),
    ("family_name", "🙂", None),
    ("name", "Dr. Ana  María", "dr ana maria"),
    ("email", " Bob@X.COM ", "bob@x.com"),
    ("email", "bob smith@x.com", "bobsmith@x.com"),
    ("email", "bob.x.com", None),
    ("email", "@x.com", None),
    ("phone", "(704) 555-0100", "7045550100"),
    ("phone", "+1 704 555 0100", "7045550100"),
    ("phone", "1-704-555-0100", "7045550100"),
    ("phone", "704.555.0100 x12", "7045550100"),
    ("phone", "704-555-0100 ext. 4321", "7045550100"),
    ("phone", "704-555-0100 Extension 7", "7045550100"),
    ("phone", "704-555-0100 #7", "7045550100"),
    ("phone", "tel:+1-704-555-0100;ext=99", "7045550100"),
    ("phone", "555-0100", "5550100"),
    ("phone", "911", None),
    ("phone", "n/a", None),
    ("address", "12 North Main Street, Apt. 4", "12 n main st apt 4"),
    ("address", "12 N. Main St., Unit 4", "12 n main st apt 4"),
    ("address", "#12 Main", "12 main"),
    ("postcode", "28227-1234", "282271234"),
    ("postcode", "sw1a 1aa", "SW1A1AA"),
    ("date", "1967-01-05", "19670105"),
    ("date", "1967/1/5", "19670105"),
    ("date", "1/5/1967", "19670105"),
    ("date", "01-05-1967", "19670105"),
    ("date", "19670105", "19670105"),
    ("date", "1967 1 5", "19670105"),
    ("date", "1967-01-05T00:00:00Z", "19670105"),
    ("date", "1967-01-05 10:30:00.000000", "19670105"),
    ("date", "1/5/1967 12:00 AM", "19670105"),
    ("date", "1968-02-29", "19680229"),
    ("date", "1967-02-29", "19670229"),
    ("date", "13/45/1967", "19671345"),
    ("date", "1967", "1967"),
    ("date", "٢٠٢٠-٠١-٠٥", None),
    ("date", "--", None),
    ("id", "ab-12 / 3", "AB123"),
    ("id", "000", "000"),
    ("vin", "1hgcm826 33a004352", "1HGCM82633A004352"),
    ("text", "Hello,   World!", "hello world"),
    ("category", " F ", "f"),
]


@pytest.mark.parametrize(("kind", "text", "form"), FORMS)
def test_a_text_has_its_form(kind: str, text: str, form: str | None) -> None:
    assert standard(kind, pl.Series([text])).to_list() == [form]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_nothing_stays_nothing(kind: str) -> None:
    assert standard(kind, pl.Series([None, "", "   "], dtype=pl.String)).to_list() == [None] * 3


@pytest.mark.parametrize("kind", sorted(KINDS))
@quick
@given(texts=st.lists(st.text(max_size=20), max_size=20))
def test_a_standard_form_is_its_own_form(kind: str, texts: list[str]) -> None:
    once = standard(kind, pl.Series(texts, dtype=pl.String))
    assert standard(kind, once).to_list() == once.to_list()


def test_texts_are_compared_up_to_a_length() -> None:
    told = standard("text", pl.Series(["a" * 5 * MOST_CHARACTERS]))
    assert told.str.len_chars().to_list() == [MOST_CHARACTERS]
