"""Names, places and dates, as the platforms want them before hashing. Expressions only; null stays null."""

import polars as pl

from pipelines.activation.normalise_text import blank_to_null, visible

# Google's pages ask for names without prefixes and suffixes; its own utility leaves them.
PREFIXES = r"^(?:(?:mr|mrs|ms|miss|mx|dr|prof|rev|hon|sir)\s+)+(\S)"
SUFFIXES = r"(\S)(?:\s+(?:jr|sr|ii|iii|iv|esq|md|phd|dds))+$"
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


def name_plain(value: pl.Expr) -> pl.Expr:
    """Google: lower case, no punctuation, no prefix, no suffix, single blanks inside."""
    words = _words(value.str.replace_all(r"[.]", " "))
    return blank_to_null(words.str.replace(PREFIXES, "${1}").str.replace(SUFFIXES, "${1}"))


def name_joined(value: pl.Expr) -> pl.Expr:
    """Meta: lower case, no punctuation, no blanks; letters outside a-z stay (its own vector is of `valéry`)."""
    return blank_to_null(_words(value).str.replace_all(" ", "", literal=True))


def city_joined(value: pl.Expr) -> pl.Expr:
    """Meta: `menlopark`."""
    return name_joined(value)


def state_lower(value: pl.Expr) -> pl.Expr:
    """Two letters, lower case; names of US states are understood; null otherwise."""
    text = _words(value)
    code = text.replace_strict(STATES, default=text, return_dtype=pl.String)
    return pl.when(code.str.contains(r"^[a-z]{2}$")).then(code)


def country_lower(value: pl.Expr) -> pl.Expr:
    """ISO 3166 alpha-2, lower case; the names of North American countries are understood; null otherwise."""
    text = _words(value)
    code = text.replace_strict(COUNTRIES, default=text, return_dtype=pl.String)
    return pl.when(code.str.contains(r"^[a-z]{2}$")).then(code)


def country_upper(value: pl.Expr) -> pl.Expr:
    """ISO 3166 alpha-2, upper case."""
    return country_lower(value).str.to_uppercase()


def zip_five(value: pl.Expr) -> pl.Expr:
    """The first five digits of a US ZIP, leading zeros kept; null where there are none."""
    return visible(value).str.normalize("NFKC").str.replace_all(r"\s+", "").str.extract(r"^(\d{5})(?:-?(?:\d{4})?)$")


def date_compact(value: pl.Expr) -> pl.Expr:
    """YYYYMMDD from M/D/YYYY, YYYY-MM-DD or YYYYMMDD; null where there is no such day."""
    text = visible(value).str.strip_chars()
    shapes = (("%m/%d/%Y", r"^\d{1,2}/\d{1,2}/\d{4}$"), ("%Y-%m-%d", r"^\d{4}-\d{2}-\d{2}$"), ("%Y%m%d", r"^\d{8}$"))
    days = [pl.when(text.str.contains(shape)).then(text).str.to_date(form, strict=False) for form, shape in shapes]
    return pl.coalesce(days).dt.strftime("%Y%m%d")


def _words(value: pl.Expr) -> pl.Expr:
    """Lower case, punctuation and symbols removed, words separated by one blank."""
    letters = visible(value).str.to_lowercase().str.replace_all(NOT_IN_NAMES, "")
    return letters.str.replace_all(r"\s+", " ").str.strip_chars()
