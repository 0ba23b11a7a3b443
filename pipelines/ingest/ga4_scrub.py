"""Removing from one JSON text what must never enter: keys by name, and parameters whose `key` says so."""

import re
from typing import Any

import orjson
import polars as pl

from pipelines.ingest.forbidden import is_forbidden

_WITHHELD = "(withheld: the text is damaged and names something that must never enter)"
# Parts of keys, with a quote where the word alone occurs in ordinary values; lines that hold one are looked at closely.
_SUSPECT = [
    '"ssn',
    '_ssn"',
    '"social',
    '"taxpayer',
    'tax_id"',
    '"driver',
    '"licen',
    '"credit_',
    '"creditscore',
    '"fico',
    '"beacon',
]
_SUSPECT += ['"bank', "account_n", "accountn", '"routing', '"iban', '"card', "card_num", '"passport', '"cvv']
_NAME = re.compile(r'"([^"\\]{1,60})"')


def suspect_keys(lines: pl.Series) -> list[str]:
    """Keys of those lines that may hold something that must never enter. One pass finds the lines; few are parsed."""
    hits = lines.filter(lines.str.contains_any(_SUSPECT, ascii_case_insensitive=True))
    return sorted({key for text in hits.to_list() for key in _keys_in(text)})


def _keys_in(text: str) -> list[str]:
    try:
        return keys_of(orjson.loads(text))
    except orjson.JSONDecodeError:
        return _NAME.findall(text)


def keys_of(value: Any) -> list[str]:
    """Every key of a JSON value, at any depth."""
    if isinstance(value, dict):
        return [*value, *(key for one in value.values() for key in keys_of(one))]
    return [key for one in value for key in keys_of(one)] if isinstance(value, list) else []


def scrubbed(text: str) -> str:
    """A JSON text without forbidden keys and parameters; unchanged where it has none, withheld where it cannot be told."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _WITHHELD if any(is_forbidden(one) for one in _NAME.findall(text)) else text
    clean = _clean(found)
    return text if clean == found else orjson.dumps(clean).decode()


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _clean(one) for key, one in value.items() if not is_forbidden(key)}
    if isinstance(value, list):
        return [_clean(one) for one in value if not (isinstance(one, dict) and is_forbidden(str(one.get("key", ""))))]
    return value
