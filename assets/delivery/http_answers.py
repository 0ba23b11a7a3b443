"""What answers of platforms say: faults, codes, and how long to wait. Nothing that may be personal gets through here."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx


@dataclass(frozen=True)
class Fault:
    """What is wrong, in a platform's own code. `spots` are the places in the body of the members that it objects to.

    `is_whole`: no part of the body would be taken either, as where the audience is not there.
    `meaning`: limit, too many requests; server, may be over soon; credentials; body, this body will never be taken.
    """

    meaning: str
    code: str
    after: float | None = None
    spots: tuple[int, ...] = ()
    is_whole: bool = False


def word(code: object) -> str:
    """A platform's code, if it looks like one; a sentence may quote an identifier, and is not repeated."""
    found = str(code)
    return found if re.fullmatch(r"[A-Za-z0-9_.-]{1,60}", found) and not re.fullmatch(r"[0-9a-f]{32,}", found) else "no code"


def meaning_of(status: int) -> str:
    """What a status means where the platform says no more."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return "limit"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY):
        return "server"
    return "credentials" if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN) else "body"


def is_whole(status: int) -> bool:
    """Whether a refusal is certainly not about members: what is said of these, or of their number, are 400, 413 and 422."""
    return status not in (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY)


def waiting(response: httpx.Response) -> float | None:
    """Seconds that Retry-After asks to wait, given as seconds or as a date (RFC 9110, 10.2.3)."""
    told = response.headers.get("Retry-After", "").strip()
    if told.isdecimal():
        return float(told)
    try:
        until = parsedate_to_datetime(told)
    except ValueError:
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def content(response: httpx.Response) -> dict[str, Any]:
    """The answer's JSON object; empty where it is none, as pages of proxies are."""
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def coded(response: httpx.Response, *names: str) -> str:
    """The status and the platform's own code, where it gives one."""
    told = content(response)
    found = [word(told[name]) for name in names if told.get(name)]
    return " ".join([f"HTTP {response.status_code}", *found[:1]])
