"""Street lines: as delivered -> one upper-case USPS line, validity, reason. usaddress-scourgify parses (USPS publication 28).

The parser costs 0.09 ms a line, so it sees each street once: a leading house number and a trailing unit number are put
aside, because they say nothing about the street, and put back. What it cannot parse keeps a light standard form: upper
case, street types and directions abbreviated, punctuation gone.
"""

import re
from collections.abc import Callable
from functools import cache

import polars as pl
from scourgify.address_constants import DIRECTIONAL_REPLACEMENTS, STREET_TYPE_ABBREVIATIONS
from scourgify.exceptions import AddressNormalizationError
from scourgify.normalize import normalize_addr_str

from pipelines.normalise.invisible import visible

SCHEMA = {"raw": pl.String, "standard": pl.String, "is_valid": pl.Boolean, "reason": pl.String}
LONGEST = 120  # characters; a longer text is no street line, and parsing time grows with it
_BOX = re.compile(r"\bP(?:OST)?\W*O(?:FFICE)?\W*BOX\W*(?:NO\W*|NUMBER\W*|#\W*)?([A-Z0-9-]+)|^BOX\W+(\d+)$")
_UNIT_SIGN = re.compile(r"#\s*(?=[A-Z0-9])")
_NUMBERED = re.compile(r"^(\d{1,6}) (\D.*?)(?:( (?:APT|APARTMENT|UNIT|STE|SUITE|#|LOT|RM|ROOM)\.? )(\d{1,5}[A-Z]?))?$")
_HOUSE, _UNIT = "100", "7"  # stand for any house and unit number while a street is parsed
_MARK = re.compile(r"[^\w\s#/-]|_")
_NOTHING = frozenset({"NONE", "NA", "N/A", "UNKNOWN", "NO ADDRESS", "GENERAL DELIVERY", "ADDRESS", "SAME", "TBD"})

Standard = tuple[str | None, bool, str | None]
Parser = Callable[[str], str | None]


def standard_addresses(raw: pl.Series) -> pl.DataFrame:
    """One row per distinct value of `raw`: [raw, standard, is_valid, reason], sorted by raw. Nulls are left out.

    `is_valid`: a house number and a street, or a box, were found. `reason` is one of blank, placeholder, no_street.
    """
    distinct = raw.drop_nulls().unique().sort()
    once = cache(_parsed)
    rows = [(one, *standard_address(one, once)) for one in distinct]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def standard_address(raw: str, parse: Parser | None = None) -> Standard:
    """Standard form, validity and reason of one street line (its second line joined by a space or comma)."""
    text = visible(raw).upper()
    if not text:
        return None, False, "blank"
    if text.strip(" .-") in _NOTHING:
        return None, False, "placeholder"
    box = _BOX.search(text)
    if box:
        return f"PO BOX {box.group(1) or box.group(2)}", True, None
    line = (_numbered(text, parse or _parsed) if len(text) <= LONGEST else None) or _light(text)
    is_street = bool(re.search(r"\d", line)) and bool(re.search(r"[^\W\d]", line))
    return line or None, is_street, None if is_street else "no_street"


def _numbered(text: str, parse: Parser) -> str | None:
    """The parsed line, its numbers put aside while the street is parsed; parsed whole where they do not come back."""
    spaced = " ".join(_UNIT_SIGN.sub("# ", text.replace(",", " ")).split())
    found = _NUMBERED.match(spaced)
    if found is None:
        return parse(text)
    house, street, kind, unit = found.groups()
    line = parse(f"{_HOUSE} {street}{kind or ''}{_UNIT if unit else ''}") or ""
    ends_well = line.endswith(f" {_UNIT}") if unit else True
    if not line.startswith(f"{_HOUSE} ") or not ends_well:
        return parse(text)
    body = line[len(_HOUSE) : -len(_UNIT)] if unit else line[len(_HOUSE) :]
    return f"{house}{body}{unit or ''}"


def _parsed(text: str) -> str | None:
    """scourgify's line, or None where it gives up; it gives up on odd text in more ways than its own errors."""
    try:
        found = normalize_addr_str(_UNIT_SIGN.sub("# ", text))
    except (AddressNormalizationError, ValueError, KeyError, IndexError, AttributeError, TypeError):
        return None
    lines = [found.get(key) for key in ("address_line_1", "address_line_2")]
    return " ".join(" ".join(one for one in lines if one).split()) or None


def _light(text: str) -> str:
    words = _MARK.sub(" ", text).split()
    return " ".join(DIRECTIONAL_REPLACEMENTS.get(one, STREET_TYPE_ABBREVIATIONS.get(one, one)) for one in words)
