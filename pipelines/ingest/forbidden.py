"""Columns that must never enter, recognised by the name of a header, a JSON key or parameter, or an XML element.

Source: FTC Safeguards Rule, 16 CFR 314.2(d) and (n) with the GLBA Privacy Rule, 16 CFR 313.3: nonpublic personal financial
information; and the identifiers that state breach laws name. An audience needs none of it, so it is dropped at the door.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

_NUMBER = r"(?:number|numbers|num|no|nbr|nr|id|#|code)"

# Tokens of the name are separated by one space; camel case is split before.
_PATTERNS = (
    rf"\bssn\d?\b|ssn$|^ssn|\bss (?:{_NUMBER})\b|\bsocial (?:sec|insurance|{_NUMBER}\b)|\bsocialsec",
    rf"\btax ?(?:payer)? ?{_NUMBER}\b|\btaxpayer|\b(?:tin|itin|ein|fein)\b",
    rf"\bdriv\w*(?: s)? ?lic|\bdriverlic|\bdl ?{_NUMBER}\b|\bdln?\b|\boperator(?: s)? lic",
    r"\blicen[sc]e ?(?:number|numbers|num|no|nbr|#|state|exp\w*)(?: |$)",
    r"\bcredit ?(?:score|rating|bureau|report|tier|grade|history)|\bfico|\bbeacon|\bvantage ?score|\bbureau",
    r"\b(?:equifax|experian|transunion) (?:score|report|file)|\btrans union\b",
    rf"\b(?:bank|checking|savings|deposit|ach) ?(?:acct|account)|\b(?:acct|account) ?{_NUMBER}\b|\brouting|\baba\b|\biban\b",
    rf"\b(?:credit|debit|payment) ?card|\bcard ?{_NUMBER}\b|\bcc ?{_NUMBER}\b|\bcv[vc]2?\b",
    r"\bpassport",
)
_FORBIDDEN = re.compile("|".join(_PATTERNS))
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATOR = re.compile(r"[^a-z0-9#]+")


@lru_cache(maxsize=4096)
def is_forbidden(name: str) -> bool:
    """Whether a header, key or element of this name must never enter."""
    tokens = _SEPARATOR.sub(" ", _CAMEL.sub(" ", name).lower()).strip()
    return _FORBIDDEN.search(tokens) is not None


def forbidden(names: Iterable[str]) -> list[str]:
    """Those of the names that must never enter, sorted and distinct."""
    return sorted({name for name in names if is_forbidden(name)})
