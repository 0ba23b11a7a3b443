"""Phones: as delivered -> E.164, validity, reason. Judged by phonenumbers; the United States unless a number says otherwise."""

import re
from collections.abc import Sequence

import phonenumbers
import polars as pl

from pipelines.normalise.invisible import visible
from pipelines.normalise.placeholder import is_placeholder_phone

SCHEMA = {"raw": pl.String, "standard": pl.String, "is_valid": pl.Boolean, "reason": pl.String}
_EXTENSION = re.compile(r"(?i)\s*(?:extension|extn|ext|x|#)\s*\.?:?\s*\d{1,7}\s*$")
_LONGEST = 40  # characters; phonenumbers itself refuses beyond 250


def standard_phones(raw: pl.Series, placeholders: Sequence[str] = (), region: str = "US") -> pl.DataFrame:
    """One row per distinct value of `raw`: [raw, standard, is_valid, reason], sorted by raw. Nulls are left out.

    `standard` is E.164 and given for valid numbers only; `reason` is one of blank, syntax, placeholder, not_in_use.
    """
    distinct = raw.drop_nulls().unique().sort()
    rows = [(one, *standard_phone(one, placeholders, region)) for one in distinct]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def standard_phone(raw: str, placeholders: Sequence[str] = (), region: str = "US") -> tuple[str | None, bool, str | None]:
    """E.164, validity and reason of one number. Extensions are dropped."""
    text = _EXTENSION.sub("", visible(raw)).removesuffix(".0")
    if not text:
        return None, False, "blank"
    national = re.sub(r"\D", "", text)
    national = national[1:] if len(national) == 11 and national.startswith("1") else national
    if len(national) == 10 and is_placeholder_phone(national, placeholders):
        return None, False, "placeholder"
    try:
        parsed = phonenumbers.parse(text[:_LONGEST], region)
    except phonenumbers.NumberParseException:
        return None, False, "syntax"
    if not phonenumbers.is_valid_number(parsed):
        return None, False, "not_in_use" if phonenumbers.is_possible_number(parsed) else "syntax"
    plain = phonenumbers.PhoneNumber(country_code=parsed.country_code, national_number=parsed.national_number)
    return phonenumbers.format_number(plain, phonenumbers.PhoneNumberFormat.E164), True, None
