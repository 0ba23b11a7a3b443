"""Street lines: as delivered -> one upper-case USPS line, validity, reason. usaddress-scourgify parses (USPS publication 28).

Measured: 0.09 ms per distinct line, so 100,000 take about 9 s on one core. What it cannot parse keeps a light
standard form: upper case, street types and directions abbreviated, punctuation gone.
"""

import re

import polars as pl
from scourgify.address_constants import DIRECTIONAL_REPLACEMENTS, STREET_TYPE_ABBREVIATIONS
from scourgify.exceptions import AddressNormalizationError
from scourgify.normalize import normalize_addr_str

from pipelines.normalise.invisible import visible

SCHEMA = {"raw": pl.String, "standard": pl.String, "is_valid": pl.Boolean, "reason": pl.String}
LONGEST = 120  # characters; a longer text is no street line, and parsing time grows with it
_BOX = re.compile(r"\bP(?:OST)?\W*O(?:FFICE)?\W*BOX\W*(?:NO\W*|NUMBER\W*|#\W*)?([A-Z0-9-]+)|^BOX\W+(\d+)$")
_UNIT_SIGN = re.compile(r"#\s*(?=[A-Z0-9])")
_MARK = re.compile(r"[^\w\s#/-]|_")
_NOTHING = frozenset({"NONE", "NA", "N/A", "UNKNOWN", "NO ADDRESS", "GENERAL DELIVERY", "ADDRESS", "SAME", "TBD"})


def standard_addresses(raw: pl.Series) -> pl.DataFrame:
    """One row per distinct value of `raw`: [raw, standard, is_valid, reason], sorted by raw. Nulls are left out.

    `is_valid`: a house number and a street, or a box, were found. `reason` is one of blank, placeholder, no_street.
    """
    distinct = raw.drop_nulls().unique().sort()
    rows = [(one, *standard_address(one)) for one in distinct]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def standard_address(raw: str) -> tuple[str | None, bool, str | None]:
    """Standard form, validity and reason of one street line (its second line joined by a space or comma)."""
    text = visible(raw).upper()
    if not text:
        return None, False, "blank"
    if text.strip(" .-") in _NOTHING:
        return None, False, "placeholder"
    box = _BOX.search(text)
    if box:
        return f"PO BOX {(box.group(1) or box.group(2)).lstrip('#')}", True, None
    line = (_parsed(text) if len(text) <= LONGEST else None) or _light(text)
    is_street = bool(re.search(r"\d", line)) and bool(re.search(r"[^\W\d]", line))
    return line or None, is_street, None if is_street else "no_street"


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
