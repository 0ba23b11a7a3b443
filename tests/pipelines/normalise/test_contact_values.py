"""E-mails, phones, names and street lines: literal values in and out, and what holds for any text at all."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.normalise.address import standard_address, standard_addresses
from pipelines.normalise.email import standard_email, standard_emails
from pipelines.normalise.invisible import visible
from pipelines.normalise.name import PARTS, person_name, person_names
from pipelines.normalise.phone import standard_phone, standard_phones

ANY_TEXT = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="\u202e\u200f\u200b\u00a0\ufeff😀é,.'-@ abJR19#", max_size=40),
    st.just("X" * 300),
)


@pytest.mark.parametrize(
    ("raw", "standard"),
    [
        (" John.Smith@GMAIL.com\u00a0", "john.smith@gmail.com"),
        ("jane\u200b@x.org", "jane@x.org"),
        ("Jane Doe <Jane@X.org>", "jane@x.org"),
        ("bob@x.com; al@y.com", "bob@x.com"),
        ("Jane.Doe+promo@Gmail.com", "jane.doe+promo@gmail.com"),
        ("ü@bücher.de", "ü@bücher.de"),
    ],
)
def test_email(raw, standard):
    assert standard_email(raw) == (standard, True, None)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("none@none.com", "placeholder"),
        ("TEST@whatever.org", "placeholder"),
        ("@gmail.com", "placeholder"),
        ("desk@rooftop.example", "placeholder"),
        ("all@shop.example", "placeholder"),
        ("a@gmail.com", "gmail_length"),
        ("quinn", "syntax"),
        ("a@b", "syntax"),
        ("  ", "blank"),
    ],
)
def test_email_that_is_nobodys(raw, reason):
    assert standard_email(raw, ("desk@rooftop.example", "@shop.example")) == (None, False, reason)


@pytest.mark.parametrize(
    ("raw", "standard"),
    [
        ("(800)555‑0100", "+18005550100"),  # U+2011, as in a published sample file
        ("1 800 555 0100", "+18005550100"),
        ("+1 (800) 555-0100 x12", "+18005550100"),
        ("800.555.0100 ext. 7", "+18005550100"),
        ("8005550100.0", "+18005550100"),
        ("+44-113-496-0987", "+441134960987"),
    ],
)
def test_phone(raw, standard):
    assert standard_phone(raw) == (standard, True, None)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("999-999-9999", "placeholder"),
        ("0000000000", "placeholder"),
        ("1234567890", "placeholder"),
        ("1 (555) 555-5555", "placeholder"),
        ("614 555 0199", "placeholder"),
        ("5550100", "not_in_use"),
        ("no phone", "syntax"),
        ("", "blank"),
    ],
)
def test_phone_that_is_nobodys(raw, reason):
    assert standard_phone(raw, ("6145550199",)) == (None, False, reason)


@pytest.mark.parametrize(
    ("full", "expected"),
    [
        ("SMITH,JOHN M", ("john", "m", "smith", None, False)),
        ("SMITH JR, JOHN", ("john", None, "smith", "jr", False)),
        ("John Smith, III", ("john", None, "smith", "iii", False)),
        ("Dr. Juan de la Cruz Sr.", ("juan", None, "de la cruz", "sr", False)),
        ("Mary-Ann O'Neil-Smith", ("mary ann", None, "oneil smith", None, False)),
        ("JOHN & MARY SMITH", ("john", None, "smith", None, False)),
        ("Smith", (None, None, "smith", None, False)),
        ("ACME PLUMBING, LLC", (None, None, "acme plumbing llc", None, True)),
        ("City of Columbus", (None, None, "city of columbus", None, True)),
        ("Velocity Auto Sales", (None, None, "velocity auto sales", None, True)),
        ("", (None, None, None, None, False)),
    ],
)
def test_name_from_one_text(full, expected):
    assert tuple(person_name(full, None, None, None, None)) == expected


def test_name_from_parts():
    assert tuple(person_name("ignored", "Mr. JOHN Q", None, "SMITH JR", None)) == ("john", "q", "smith", "jr", False)
    assert tuple(person_name(None, None, None, "Smith, John", None)) == ("john", None, "smith", None, False)
    assert tuple(person_name(None, "José", "", "GARCÍA", "II")) == ("josé", None, "garcía", "ii", False)


@pytest.mark.parametrize(
    ("raw", "standard"),
    [
        ("123 North Main Street Apt. 4B", "123 N MAIN ST APT 4B"),
        ("123 n main st  apt 4b", "123 N MAIN ST APT 4B"),
        ("P.O. Box 123", "PO BOX 123"),
        ("post office box #123", "PO BOX 123"),
        ("1600 Pennsylvania Avenue NW, Suite 200", "1600 PENNSYLVANIA AVE NW STE 200"),
        ("5 \u202eFifth Avenue", "5 FIFTH AVE"),
        ("100 Highway 70 East", "100 HWY 70 E"),
    ],
)
def test_street_line(raw, standard):
    assert standard_address(raw) == (standard, True, None)


def test_street_lines_that_are_none():
    assert standard_address("Main Street") == ("MAIN ST", False, "no_street")
    assert standard_address("unknown") == (None, False, "placeholder")
    assert standard_address("\u200b ")[2] == "blank"


@pytest.mark.parametrize("house", [1, 77, 1234, 29999])
@pytest.mark.parametrize("street", ["OLD MILL LANE", "W ELM BLVD", "5TH STREET", "STATE ROUTE 9"])
def test_a_street_is_the_same_whatever_the_house(house, street):
    one, other = standard_address(f"{house} {street} APT 4"), standard_address(f"8 {street} UNIT 12")
    assert one[0].removeprefix(f"{house} ").removesuffix(" APT 4") == other[0].removeprefix("8 ").removesuffix(" UNIT 12")


@given(ANY_TEXT)
@settings(max_examples=150, deadline=None)
def test_any_text_passes_and_a_standard_form_is_its_own(raw):
    for standardise in (standard_email, standard_phone):
        standard, is_valid, reason = standardise(raw)
        assert is_valid == (standard is not None) == (reason is None)
        if standard:
            assert standardise(standard) == (standard, True, None)
    name = person_name(raw, None, None, None, None)
    assert all(part is None or part == part.lower().strip() for part in name[:4])
    assert visible(visible(raw)) == visible(raw)
    standard_address(raw)


@given(st.lists(ANY_TEXT, max_size=8))
@settings(max_examples=40, deadline=None)
def test_frames_hold_each_distinct_value_once_sorted(values):
    raw = pl.Series("raw", [*values, None, *values], dtype=pl.String)
    for standardise in (standard_emails, standard_phones, standard_addresses):
        frame = standardise(raw)
        assert frame["raw"].to_list() == sorted(set(values))
        assert frame.columns == ["raw", "standard", "is_valid", "reason"]
    names = person_names(pl.DataFrame({part: raw for part in PARTS}))
    assert len(names) == len(set(values)) + 1
