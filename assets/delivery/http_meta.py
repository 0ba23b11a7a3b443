"""Meta: users of custom audiences over the Graph API. Rows that it cannot read are counted, some are shown, the rest is taken.

Contract: Meta's reference of custom-audience/users and /usersreplace, error handling and rate limits of the Graph API.
"""

import json
from collections.abc import Iterator
from typing import Any

import httpx

from assets.delivery.destination import Answer, Rejection
from assets.delivery.http import HttpDoor
from assets.delivery.http_answers import Fault, content, is_whole, meaning_of, waiting
from schemas.platforms.batch import Batch

# Application, account, page and custom limits; the 80000s are limits by business use case, 80003 that of custom audiences.
LIMITS = {4, 17, 32, 341, 613, *range(80000, 80015)}
FAILURES = {1, 2}
CREDENTIALS = {3, 10, 102, 190, *range(200, 300)}
NOT_OF_MEMBERS = {33, 1713230}  # no such audience; an audience that is blocked
REASON = "invalid entry"


class MetaDoor(HttpDoor):
    """users POST and DELETE, and usersreplace. A batch of a session that comes again leaves the same users."""

    NAME = "meta"
    ADDRESS = "https://graph.facebook.com/v25.0"
    MEMBERS = ("payload", "data")

    def fault(self, response: httpx.Response) -> Fault | None:
        """Graph errors: a number, a number below it, and whether it is transient."""
        if response.is_success:
            return None
        told = content(response).get("error", {})
        number, below = _number(told.get("code")), _number(told.get("error_subcode"))
        code = f"error {number}" + (f" subcode {below}" if below else "") if number else f"HTTP {response.status_code}"
        status = response.status_code
        is_other = below in NOT_OF_MEMBERS or is_whole(status)
        return Fault(_meaning(number, told, status), code, _regained(response), is_whole=is_other)

    def answer(self, batch: Batch, response: httpx.Response) -> Answer:
        """Rows that were not taken: those that are shown by whose they are, the others by their number."""
        told = content(response)
        wrong, samples = _number(told.get("num_invalid_entries")), told.get("invalid_entry_samples") or {}
        rejected = _rejected(self.rows(batch.body), samples) if wrong and isinstance(samples, dict) else {}
        named = {person: count for person, count in rejected.items() if person in set(batch.members)}
        session = str(told.get("session_id", ""))
        return Answer(session, tuple(Rejection(one, REASON) for one in named), max(0, wrong - sum(named.values())))

    def held(self, cell: str) -> int | None:
        """The middle of the two bounds that Meta gives; None where it gives none."""
        audience = self.api.audience_ids.get(cell, cell)
        fields = "approximate_count_lower_bound,approximate_count_upper_bound"
        told = self.told("GET", f"/{audience}?fields={fields}")
        low, high = (_number(told.get(name), -1) for name in fields.split(","))
        return (low + high) // 2 if low >= 0 and high >= low else None


def _meaning(number: int, told: dict[str, Any], status: int) -> str:
    if number in LIMITS:
        return "limit"
    if number in FAILURES or told.get("is_transient") is True:
        return "server"
    return "credentials" if number in CREDENTIALS else meaning_of(status)


def _rejected(rows: list[list[Any]], samples: dict[str, str]) -> dict[str, int]:
    """Members of whom no row was taken, with how many rows they had. A sample names its row by place, or shows it.

    The first cell of a row is our id of the person.
    """
    places = {place for sample in samples for place in _places(rows, sample)}
    counts: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        counts.setdefault(str(row[0]), []).append(place)
    return {person: len(own) for person, own in counts.items() if person and set(own) <= places}


def _places(rows: list[list[Any]], sample: str) -> Iterator[int]:
    if sample.isdecimal():
        yield from [int(sample)] if int(sample) < len(rows) else []
        return
    for place, row in enumerate(rows):
        if sample in (row[0], json.dumps(row, separators=(",", ":"))):
            yield place


def _regained(response: httpx.Response) -> float | None:
    """Seconds until access is regained: Retry-After, else the most of what the usage header says, which is in minutes."""
    after = waiting(response)
    try:
        usage = json.loads(response.headers.get("X-Business-Use-Case-Usage", "{}"))
        minutes = [int(one.get("estimated_time_to_regain_access", 0)) for uses in usage.values() for one in uses]
    except (ValueError, AttributeError, TypeError):
        minutes = []
    return max(minutes) * 60.0 if after is None and any(minutes) else after


def _number(found: object, otherwise: int = 0) -> int:
    try:
        return int(str(found))
    except ValueError:
        return otherwise
