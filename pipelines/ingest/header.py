"""A header line against a contract: which delivered column is which field, what is dropped, what is an error."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from pipelines.ingest.errors import DuplicateColumn, MissingColumn, NoHeader, UnknownColumn
from pipelines.ingest.forbidden import is_forbidden
from schemas.contract import Feed

_TRIVIAL = re.compile(r"[\s_\-\u00a0\u200b\ufeff\"']+")
_PERSONAL = re.compile(r"@|\d{5,}")
_MANY = 30  # names listed in an error before it says how many more there are


@dataclass(frozen=True)
class Columns:
    """Where things are in a file: canonical name -> position, canonical name -> header as delivered, what is dropped."""

    width: int
    places: dict[str, int]
    delivered: dict[str, str]
    dropped: dict[int, str]


def plain(header: str) -> str:
    """A header without the differences that mean nothing: case, spaces, underscores, hyphens, quotes, byte order mark."""
    return _TRIVIAL.sub("", header).lower()


def columns_of(feed: Feed, header: Sequence[str]) -> Columns:
    """Match the delivered header with the feed's fields, or raise NoHeader, UnknownColumn, DuplicateColumn, MissingColumn."""
    names = [_shown(one) for one in header]
    known = _known(feed)
    carried_elsewhere = {plain(one) for one in feed.header}
    places: dict[str, int] = {}
    dropped: dict[int, str] = {}
    unknown: list[str] = []
    for place, name in enumerate(names):
        field = known.get(plain(name))
        if field is not None:
            if field in places:
                raise DuplicateColumn(names[places[field]], name, feed.field(field).raw)
            places[field] = place
        elif plain(name) in carried_elsewhere:
            continue
        elif is_forbidden(name):
            dropped[place] = name
        else:
            unknown.append(name)
    _judge(feed, names, places, unknown)
    return Columns(len(names), places, {name: names[place] for name, place in places.items()}, dropped)


def _shown(cell: str) -> str:
    return cell.strip().strip("\ufeff").strip('"').strip()


def _known(feed: Feed) -> dict[str, str]:
    """Plain header -> canonical name: published spelling first, then aliases, then our own name where the layout is ours."""
    known: dict[str, str] = {}
    for spellings in (
        [(one.raw, one.name) for one in feed.fields],
        [(alias, one.name) for one in feed.fields for alias in one.aliases],
        [] if feed.header else [(one.name, one.name) for one in feed.fields],
    ):
        for spelling, name in spellings:
            known.setdefault(plain(spelling), name)
    return known


def _judge(feed: Feed, names: list[str], places: dict[str, int], unknown: list[str]) -> None:
    if not places:
        raise NoHeader(len(names), [one.raw for one in feed.fields][:4])
    if unknown:
        candidates = [*(one.raw for one in feed.fields), *feed.header]
        found = [(_safe(one), _nearest(one, candidates)) for one in unknown[:_MANY]]
        raise UnknownColumn(found)
    missing = [one.raw for one in feed.fields if one.required and one.name not in places]
    if missing:
        more = [f"and {len(names) - _MANY} more"] if len(names) > _MANY else []
        raise MissingColumn(missing, [*(_safe(one) for one in names[:_MANY]), *more])


def _nearest(name: str, candidates: Sequence[str]) -> str:
    match = process.extractOne(plain(name), {one: plain(one) for one in candidates}, scorer=fuzz.ratio, score_cutoff=55)
    return str(match[2]) if match else ""


def _safe(name: str) -> str:
    """A header as it may be shown: what looks like a person's data, or like a whole row, is not."""
    if not name:
        return "(blank)"
    return "(withheld: looks like data)" if _PERSONAL.search(name) or len(name) > 60 else name
