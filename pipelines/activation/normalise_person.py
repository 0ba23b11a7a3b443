"""Names, places and dates, as the platforms want them before hashing. Null stays null."""

import polars as pl

from pipelines.activation.normalise_text import Rule, blank_to_null, lower, spaceless, trimmed, visible

# Google's pages ask for names without prefixes and suffixes; its own utility leaves them.
PREFIXES = r"^(?:(?:mr|mrs|ms|miss|mx|dr|prof|rev|hon|sir)\s+)+(\S)"
SUFFIXES = r"(\S)(?:\s+(?:jr|sr|ii|iii|iv|esq|md|phd|dds))+$"
MOST_SHOWN = 60  # letters of a plain name in a file: labels and merge fields cut more
NOT_IN_NAMES = r"[^\p{L}\p{M}\p{N}\s]"

COUNTRIES = {
    "united states": "us",
    "united states of america": "us",
    "usa": "us",
    "america": "us",
    "canada": "ca",
    "can": "ca",
    "mexico": "mx",
    "méxico": "mx",
    "mex": "mx",
}
_STATES = (
    "al alabama;ak alaska;az arizona;ar arkansas;ca california;co colorado;ct connecticut;de delaware;"
    "dc district of columbia;fl florida;ga georgia;hi hawaii;id idaho;il illinois;in indiana;ia iowa;ks kansas;"
    "ky kentucky;la louisiana;me maine;md maryland;ma massachusetts;mi michigan;mn minnesota;ms mississippi;"
    "mo missouri;mt montana;ne nebraska;nv nevada;nh new hampshire;nj new jersey;nm new mexico;ny new york;"
    "nc north carolina;nd north dakota;oh ohio;ok oklahoma;or oregon;pa pennsylvania;pr puerto rico;ri rhode island;"
    "sc south carolina;sd south dakota;tn tennessee;tx texas;ut utah;vt vermont;va virginia;wa washington;"
    "wv west virginia;wi wisconsin;wy wyoming"
)
STATES = {name: code for code, name in (one.split(" ", 1) for one in _STATES.split(";"))}


def _letters(value: pl.Expr) -> pl.Expr:
    """Punctuation and symbols removed, words separated by one blank."""
    return value.str.replace_all(NOT_IN_NAMES, "").str.replace_all(r"\s+", " ").str.strip_chars()


def _dots_to_blanks(value: pl.Expr) -> pl.Expr:
    return value.str.replace_all(".", " ", literal=True)


def _untitled(words: pl.Expr) -> pl.Expr:
    return words.str.replace(PREFIXES, "${1}").str.replace(SUFFIXES, "${1}")


def _state_code(text: pl.Expr) -> pl.Expr:
    return text.replace_strict(STATES, default=text, return_dtype=pl.String)


def _country_code(text: pl.Expr) -> pl.Expr:
    return text.replace_strict(COUNTRIES, default=text, return_dtype=pl.String)


def _two_letters(code: pl.Expr) -> pl.Expr:
    return pl.when(code.str.contains(r"^[a-z]{2}$")).then(code)


def _upper(code: pl.Expr) -> pl.Expr:
    return code.str.to_uppercase()


def _five_digits(text: pl.Expr) -> pl.Expr:
    return text.str.normalize("NFKC").str.extract(r"^(\d{5})(?:-?(?:\d{4})?)$")


def _day(text: pl.Expr) -> pl.Expr:
    shapes = (("%m/%d/%Y", r"^\d{1,2}/\d{1,2}/\d{4}$"), ("%Y-%m-%d", r"^\d{4}-\d{2}-\d{2}$"), ("%Y%m%d", r"^\d{8}$"))
    days = [pl.when(text.str.contains(shape)).then(text).str.to_date(form, strict=False) for form, shape in shapes]
    return pl.coalesce(days).dt.strftime("%Y%m%d")


def _hyphens(text: pl.Expr) -> pl.Expr:
    """Every kind of dash as a hyphen, every kind of apostrophe as one: printers and spreadsheets know no others."""
    return text.str.replace_all(r"\p{Pd}", "-").str.replace_all("[\u2018\u2019\u02bc\u0060\u00b4]", "'")


def _shown(text: pl.Expr) -> pl.Expr:
    """Letters, digits and what stands in names; nothing that a spreadsheet takes for a formula; at most MOST_SHOWN letters."""
    kept = _hyphens(text).str.replace_all(r"[^\p{L}\p{M}\p{N}\s'.-]", "").str.replace_all(r"\s+", " ")
    return kept.str.strip_chars(" '.-").str.slice(0, MOST_SHOWN).str.strip_chars(" '.-")


def _as_written(text: pl.Expr) -> pl.Expr:
    """Capitals where a name has none: our standard form is lower case. A name in mixed case is left as it is."""
    return pl.when(text == text.str.to_lowercase()).then(text.str.to_titlecase()).otherwise(text).str.normalize("NFC")


def _street(text: pl.Expr) -> pl.Expr:
    """Capitals, digits and what stands in addresses (USPS Publication 28), one blank between words."""
    kept = _hyphens(text).str.to_uppercase().str.replace_all(r"[^\p{L}\p{M}\p{N}\s#&/'.-]", "").str.replace_all(r"\s+", " ")
    return kept.str.strip_chars(" '.-/&").str.normalize("NFC")


_WORDS = (visible, lower, _letters)
_ONE_WORD = r"^[a-z]{1,60}$"

# Google: lower case, no punctuation, no prefix, no suffix, single blanks inside.
name_plain = Rule((visible, lower, _dots_to_blanks, _letters, _untitled, blank_to_null), _ONE_WORD)
# Meta: lower case, no punctuation, no blanks; letters outside a-z stay (its own vector is of `valéry`).
name_joined = Rule((*_WORDS, spaceless, blank_to_null), _ONE_WORD)
# Meta: `menlopark`.
city_joined = name_joined
# Two letters, lower case; names of US states are understood.
state_lower = Rule((*_WORDS, _state_code, _two_letters), r"^[a-z]{2}$")
state_upper = Rule((*state_lower.stages, _upper), r"^[A-Z]{2}$")
# ISO 3166 alpha-2; the names of North American countries are understood.
country_lower = Rule((*_WORDS, _country_code, _two_letters), r"^[a-z]{2}$")
country_upper = Rule((*country_lower.stages, _upper), r"^[A-Z]{2}$")
# The first five digits of a US ZIP, leading zeros kept.
zip_five = Rule((visible, spaceless, _five_digits), r"^[0-9]{5}$")
# YYYYMMDD from M/D/YYYY, YYYY-MM-DD or YYYYMMDD; null where there is no such day.
date_compact = Rule((visible, trimmed, _day))
# Trimmed and lower case, nothing else.
text_lower = Rule((visible, trimmed, lower, blank_to_null), _ONE_WORD)
# Plain, to be read by people: a name, and a line of an address.
name_shown = Rule((visible, blank_to_null, _shown, _as_written, blank_to_null))
street_shown = Rule((visible, blank_to_null, _street, blank_to_null))
