"""The platforms' own spellings, hostile input included. Expected values come from the platforms' pages and tools."""

import hashlib
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.activation.normalise import RULES, prepared
from schemas.platforms import all_platforms


def spell(rule, raw):
    return RULES[rule](pl.Series([raw], dtype=pl.String)).item()


@pytest.mark.parametrize(
    ("raw", "google", "uid2", "meta", "tiktok"),
    [
        ("Jane.Doe+promo@Gmail.com", "janedoe@gmail.com", "janedoe@gmail.com", "jane.doe+promo@gmail.com", "jane.doe@gmail.com"),
        (
            "Jane.Doe+promo@googlemail.com",
            "janedoe@googlemail.com",
            "jane.doe+promo@googlemail.com",
            "jane.doe+promo@googlemail.com",
            "jane.doe@googlemail.com",
        ),
        ("O'Brien.Pat+svc@Example.com", *["o'brien.pat+svc@example.com"] * 3, "o'brien.pat@example.com"),
        ("cloudy.sanfrancisco+shopping@gmail.com", *["cloudysanfrancisco@gmail.com"] * 2, None, None),
        ("user.name+NYC@Example.com", *["user.name+nyc@example.com"] * 3, "user.name@example.com"),
        ("\u200e\u202aann@example.com\u202c\ufeff ", *["ann@example.com"] * 4),
        ("a b@example.com", "ab@example.com", None, None, "ab@example.com"),
    ],
)
def test_emails(raw, google, uid2, meta, tiktok):
    rules = {"email_google": google, "email_uid2": uid2, "email_trimmed": meta, "email_tiktok": tiktok}
    for rule, expected in rules.items():
        if expected or " " in raw:
            assert spell(rule, raw) == expected, rule


NOTHING = [None, "", "  ", "quinn", " @googlemail.com", " ...@gmail.com", "+a@gmail.com", "a@b", "x" * 250 + "@example.com", "😀"]


@pytest.mark.parametrize("raw", [*NOTHING, "a" * 64, "ann@example.com, bob@example.com"])
def test_no_email(raw):
    assert spell("email_google", raw) is None
    if raw not in (" ...@gmail.com", "+a@gmail.com"):
        assert spell("email_trimmed", raw) is None


@pytest.mark.parametrize(
    ("raw", "e164"),
    [
        ("1 800 555 0100", "+18005550100"),
        ("18005550100", "+18005550100"),
        ("+1 800-555-0100", "+18005550100"),
        ("+1\u2011800\u2011555\u20110100", "+18005550100"),
        ("(800)555-0100", "+18005550100"),
        ("800.555.0100", "+18005550100"),
        ("+1 (800) 555-0100 x12", "+18005550100"),
        ("800-555-0100 ext. 4411", "+18005550100"),
        ("(800) 555-0100 #7", "+18005550100"),
        ("\u202a+18005550100\u202c", "+18005550100"),
        ("８００５５５０１００", "+18005550100"),
        ("441134960987", "+441134960987"),
        ("+44-113-496-0987", "+441134960987"),
        ("+44 (0)113 496 0987", "+441134960987"),
        ("0044 113 496 0987", "+441134960987"),
        ("011 44 113 496 0987", "+441134960987"),
        ("+37493828222", "+37493828222"),
        *((raw, None) for raw in (None, "", "  ", "quinn", " +A BCD EFG ", "555-0100", "+0123456789", "000-000-0000", "1" * 16)),
        ("5" * 64, None),
    ],
)
def test_phones(raw, e164):
    assert spell("phone_e164", raw) == e164
    assert spell("phone_digits", raw) == (e164 and e164[1:])


@pytest.mark.parametrize(
    ("raw", "google", "meta"),
    [
        ("  GivenName  ", "givenname", "givenname"),
        ("Mrs. Mary-Ann", "maryann", None),
        ("O'Neil Jr.", "oneil", None),
        ("Dr. Ng III", "ng", None),
        ("Dr", "dr", "dr"),
        ("Mary Ann", "mary ann", "maryann"),
        ("Valéry", "valéry", "valéry"),
        ("Vale\u0301ry", "valéry", "valéry"),
        ("정", "정", "정"),
        ("ann😀\u200d", "ann", "ann"),
        ("\u202eann", "ann", "ann"),
        ("a" * 300, "a" * 300, "a" * 300),
        *((raw, None, None) for raw in (None, "", "   ", "😀", "-", "\u200b", "b" * 64)),
    ],
)
def test_names(raw, google, meta):
    assert spell("name_plain", raw) == google
    if meta or not google:
        assert spell("name_joined", raw) == meta


@pytest.mark.parametrize(
    ("rule", "raw", "expected"),
    [
        ("city_joined", "Menlo Park", "menlopark"),
        ("city_joined", "St. Louis", "stlouis"),
        ("state_lower", "CA", "ca"),
        ("state_lower", "New York", "ny"),
        ("state_lower", "Ontario", None),
        ("zip_five", "02134", "02134"),
        ("zip_five", " 02134-1234 ", "02134"),
        ("zip_five", "021341234", "02134"),
        ("zip_five", "2134", None),
        ("zip_five", "SW1A 1AA", None),
        ("country_lower", "United States", "us"),
        ("country_lower", "U.S.A.", "us"),
        ("country_upper", "us", "US"),
        ("country_upper", "", None),
        ("date_compact", "2/16/1997", "19970216"),
        ("date_compact", "1997-02-16", "19970216"),
        ("date_compact", "19970216", "19970216"),
        ("date_compact", "2/30/1997", None),
        ("date_compact", "", None),
        ("device_id", "5F3A2B18-9C4D-4E7F-B8E2-17D3A1E69B25", "5f3a2b18-9c4d-4e7f-b8e2-17d3a1e69b25"),
        ("device_id", "00000000-0000-0000-0000-000000000000", None),
        ("handle", "@AdsAPI", "adsapi"),
        ("as_it_is", "Abc123", "Abc123"),
    ],
)
def test_others(rule, raw, expected):
    assert spell(rule, raw) == expected


@settings(deadline=None)
@given(st.text(max_size=80))
def test_every_rule_is_total_and_spelling_twice_changes_nothing(raw):
    for rule in set(RULES) - {"name_plain", "date_compact"}:
        once = spell(rule, raw)
        assert once != ""
        assert once is None or spell(rule, once) == once


@settings(deadline=None)
@given(st.text(max_size=40))
def test_no_rule_lets_a_hash_through(raw):
    digest = hashlib.sha256(raw.encode()).hexdigest()
    for rule in RULES:
        assert spell(rule, digest) is None and spell(rule, f" {digest.upper()} ") is None


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=12), st.sampled_from(["ann@example.com", "+18005550100", "ann", "02134"]))))
def test_a_shortcut_changes_nothing(raw):
    values = pl.Series(raw, dtype=pl.String)
    for name, rule in RULES.items():
        assert rule(values).to_list() == replace(rule, finished=None)(values).to_list(), name


def test_blanks_are_never_hashed_and_each_digest_is_of_its_own_row(engine):
    frame = pl.DataFrame({"n": [1, 2, 3, 4], "email": ["b@x.com", None, "", "b@x.com"], "id": ["Ab1", "", None, "x"]})
    made = prepared(engine, all_platforms()["meta"], frame, {"email": "email", "id": "extern_id"})
    digest = hashlib.sha256(b"b@x.com").hexdigest()
    assert made.rows() == [(1, digest, "Ab1"), (2, None, None), (3, None, None), (4, digest, "x")]
