"""E-mail addresses: as delivered -> standard form, validity, reason. Syntax is judged by email-validator, without DNS.

The standard form is trimmed and lower-case and keeps dots and tags, because platforms disagree about removing them.
"""

import re
from collections.abc import Sequence

import polars as pl
from email_validator import EmailNotValidError, validate_email

from pipelines.normalise.invisible import visible
from pipelines.normalise.placeholder import is_placeholder_email

SCHEMA = {"raw": pl.String, "standard": pl.String, "is_valid": pl.Boolean, "reason": pl.String}
GMAIL = ("gmail.com", "googlemail.com")
_WRAPPED = re.compile(r"^(?:mailto:)?[^<]*<([^<>]+)>$")
_SEVERAL = re.compile(r"[;,\s]+")


def standard_emails(raw: pl.Series, placeholders: Sequence[str] = ()) -> pl.DataFrame:
    """One row per distinct value of `raw`: [raw, standard, is_valid, reason], sorted by raw. Nulls are left out.

    `standard` is given for valid addresses only; `reason` is one of blank, syntax, placeholder, gmail_length.
    """
    distinct = raw.drop_nulls().unique().sort()
    rows = [(one, *standard_email(one, placeholders)) for one in distinct]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def standard_email(raw: str, placeholders: Sequence[str] = ()) -> tuple[str | None, bool, str | None]:
    """Standard form, validity and reason of one address. Of several in one cell the first is taken."""
    text = visible(raw).lower()
    wrapped = _WRAPPED.match(text)
    text = (wrapped.group(1) if wrapped else text).removeprefix("mailto:").strip(" \"'.,;<>")
    text = next((one for one in _SEVERAL.split(text) if "@" in one), text.replace(" ", ""))
    if not text:
        return None, False, "blank"
    if "@" in text and is_placeholder_email(text, placeholders):
        return None, False, "placeholder"
    try:
        found = validate_email(text, check_deliverability=False, test_environment=False)
    except (EmailNotValidError, UnicodeError):
        return None, False, "syntax"
    standard = found.normalized.lower()
    if not _has_gmail_length(found.local_part, found.domain):
        return None, False, "gmail_length"
    return standard, True, None


def _has_gmail_length(local: str, domain: str) -> bool:
    """Gmail names have 6 to 30 characters, dots and tags aside (support.google.com/mail/answer/9211434)."""
    name = local.partition("+")[0].replace(".", "")
    return domain.lower() not in GMAIL or 6 <= len(name) <= 30
