"""Personal names: as delivered, in parts or as one text, -> first, middle, last, suffix; and businesses recognised.

Standard form is lower case without punctuation, titles and credentials; hyphens become spaces, apostrophes vanish.
A business has its whole name in `last_name` and no first name. Nicknames are a matter of identity, not of form.
"""

import re
from typing import NamedTuple

import polars as pl

from pipelines.normalise.invisible import visible

PARTS = ("full_name", "first_name", "middle_name", "last_name", "suffix")
SCHEMA = {
    "first_name": pl.String,
    "middle_name": pl.String,
    "last_name": pl.String,
    "suffix": pl.String,
    "is_business": pl.Boolean,
}
SUFFIXES = {
    "jr": "jr",
    "junior": "jr",
    "sr": "sr",
    "senior": "sr",
    "ii": "ii",
    "2nd": "ii",
    "iii": "iii",
    "3rd": "iii",
    "iv": "iv",
}
_TITLES = frozenset(
    ["mr", "mrs", "ms", "miss", "mx", "dr", "rev", "prof", "sir", "hon", "sgt", "capt", "lt", "col", "maj", "pastor"]
)
_CREDENTIALS = frozenset(["md", "phd", "dds", "dmd", "esq", "cpa", "dvm", "rn", "mba", "jd", "do", "ret"])
_PARTICLES = frozenset(
    [
        "de",
        "del",
        "della",
        "di",
        "da",
        "das",
        "dos",
        "du",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "st",
        "bin",
        "al",
        "el",
        "abu",
        "mac",
    ]
)
_BUSINESS = re.compile(
    r"\b(?:llc|l l c|inc|incorporated|corp|corporation|company|ltd|limited|llp|pllc|dba|auto|autos|"
    r"automotive|motors?|motorcars|leasing|"
    r"rentals?|enterprises?|services?|construction|contractors?|contracting|holdings?|associates|partners|partnership|plumbing|"
    r"roofing|electric|electrical|landscaping|farms|trucking|transport|transportation|logistics|solutions|systems|properties|"
    r"realty|insurance|auction|auctions|dealership|wholesale|university|college|hospital|ministries|foundation|trust|industries|"
    r"manheim|adesa|carvana|carmax|hertz|credit union|church of|city of|county of|state of|bank of|school district|"
    r"department|dept|fleet services|rent a car)\b|& co\b|\bco inc\b"
)
_DROPPED = re.compile("['\u2019\u2018`\u00b4.]")
_SPACED = re.compile(r"[^\w]+|_|\d(?!\w)", re.UNICODE)
_COUPLE = re.compile(r"\s+(?:&|and|\+)\s+", re.IGNORECASE)


class Name(NamedTuple):
    """A name in standard form."""

    first: str | None
    middle: str | None
    last: str | None
    suffix: str | None
    is_business: bool


def person_names(raw: pl.DataFrame) -> pl.DataFrame:
    """One row per distinct combination of PARTS in `raw`: PARTS as delivered prefixed raw_, then the columns of SCHEMA."""
    distinct = raw.select(PARTS).unique().sort(PARTS)
    rows = [person_name(*row) for row in distinct.iter_rows()]
    standard = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return distinct.rename({part: f"raw_{part}" for part in PARTS}).hstack(standard)


def person_name(full: str | None, first: str | None, middle: str | None, last: str | None, suffix: str | None) -> Name:
    """The standard form of one name. Parts win over the full name; a lone part that holds a whole name is split."""
    parts = [visible(one or "") for one in (first, middle, last)]
    whole = " ".join(one for one in parts if one) or visible(full or "")
    if is_business_name(whole):
        return Name(None, None, plain(whole) or None, None, True)
    if parts[0] and parts[2]:
        return _from_parts(parts[0], parts[1], parts[2], suffix)
    name = _from_full(parts[2] or parts[0] if (parts[0] or parts[2]) else visible(full or ""))
    return name._replace(middle=name.middle or plain(parts[1]) or None, suffix=name.suffix or _suffix(suffix))


def is_business_name(text: str) -> bool:
    """Whether a name is a company's, a public body's or a dealer's, by the words in it."""
    return bool(_BUSINESS.search(plain(text))) or bool(re.search(r"& co\b", text.lower()))


def plain(text: str) -> str:
    """Lower case, without punctuation, apostrophes and full stops; hyphens and other marks become spaces."""
    return " ".join(_SPACED.sub(" ", _DROPPED.sub("", visible(text).lower())).split())


def _from_parts(first: str, middle: str, last: str, suffix: str | None) -> Name:
    given = _without_titles(_words(_COUPLE.split(first)[0]))
    family, found = _without_suffix(_words(last))
    given, found_in_first = _without_suffix(given)
    between = plain(middle).split() or (given[1:] if len(given) > 1 and len(given[-1]) == 1 else [])
    kept = given if plain(middle) or not between else given[:1]
    return Name(_joined(kept), _joined(between), _joined(family), _suffix(suffix) or found or found_in_first, False)


def _from_full(text: str) -> Name:
    before, comma, after = text.partition(",")
    behind = plain(after)
    if comma and behind and behind not in SUFFIXES and behind not in _CREDENTIALS:
        family, suffix = _without_suffix(_words(before))
        given, other = _without_suffix(_without_titles(_words(_COUPLE.split(after)[0])))
        return Name(_joined(given[:1]), _joined(given[1:]), _joined(family), suffix or other, False)
    couple = _COUPLE.split(text.replace(",", " "))
    tokens, suffix = _without_suffix(_without_titles(_words(couple[-1])))
    if len(couple) > 1:
        ahead = _without_titles(_words(couple[0]))
        tokens = ahead[:2] + tokens[-1:] if len(ahead) == 1 else ahead
    if len(tokens) < 2:
        return Name(None, None, _joined(tokens), suffix, False)
    start = next((at for at in range(1, len(tokens) - 1) if tokens[at] in _PARTICLES), len(tokens) - 1)
    return Name(tokens[0], _joined(tokens[1:start]), _joined(tokens[start:]), suffix, False)


def _words(text: str) -> list[str]:
    return [word for word in map(plain, text.split()) if word]


def _without_titles(tokens: list[str]) -> list[str]:
    while len(tokens) > 1 and tokens[0] in _TITLES:
        tokens = tokens[1:]
    return tokens


def _without_suffix(tokens: list[str]) -> tuple[list[str], str | None]:
    suffix = None
    while len(tokens) > 1 and (tokens[-1] in SUFFIXES or tokens[-1] in _CREDENTIALS):
        suffix = SUFFIXES.get(tokens[-1], suffix)
        tokens = tokens[:-1]
    return tokens, suffix


def _suffix(text: str | None) -> str | None:
    return SUFFIXES.get(plain(text or ""))


def _joined(tokens: list[str]) -> str | None:
    return " ".join(tokens) or None
