"""Google: the Data Manager API. One bad member fails a whole request there; the request names its place.

Contract: https://developers.google.com/data-manager/api/reference/rest and .../devguides/concepts/understand-errors.
"""

import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import httpx

from assets.delivery.destination import Answer
from assets.delivery.http import Fault, HttpDoor, content, meaning_of, waiting, word
from schemas.platforms.batch import Batch

MEANINGS = {
    "RESOURCE_EXHAUSTED": "limit",
    "UNAVAILABLE": "server",
    "INTERNAL": "server",
    "DEADLINE_EXCEEDED": "server",
    "ABORTED": "server",
    "UNAUTHENTICATED": "credentials",
    "PERMISSION_DENIED": "credentials",
}
# The path of a field in a violation, in the words of the JSON or of the protocol buffers.
SPOT = re.compile(r"^audience_?members\[(\d+)\]", re.IGNORECASE)


class GoogleDoor(HttpDoor):
    """audienceMembers:ingest, :remove and :removeAll. Ingesting a member again, or removing one who left, changes nothing."""

    NAME = "google"
    ADDRESS = "https://datamanager.googleapis.com"
    MEMBERS = ("audienceMembers",)
    HEADERS = MappingProxyType({"quota_project": "x-goog-user-project"})

    def fault(self, response: httpx.Response) -> Fault | None:
        """Google's error model: a canonical status, reasons in details, violations by field, a delay to wait."""
        if response.is_success:
            return None
        told = content(response).get("error", {})
        status, details = str(told.get("status", "")), told.get("details", [])
        meaning = MEANINGS.get(status) or meaning_of(response.status_code)
        reasons = [word(one["reason"]) for one in (*_violations(details), *details) if one.get("reason")]
        spots = {int(found[1]) for one in _violations(details) if (found := SPOT.match(str(one.get("field", ""))))}
        code = " ".join(dict.fromkeys([word(status) if status else f"HTTP {response.status_code}", *reasons[:3]]))
        after = waiting(response)
        return Fault(meaning, code, _delay(details) if after is None else after, tuple(sorted(spots)))

    def answer(self, batch: Batch, response: httpx.Response) -> Answer:
        """The id by which the request's status can be asked for later."""
        del batch
        return Answer(str(content(response).get("requestId", "")))

    def status(self, request_id: str) -> dict[str, Any]:
        """What became of a request: state, and records per reason that were left out. Members are not named by Google.

        `state` is the worst of all destinations: PROCESSING, SUCCESS, PARTIAL_SUCCESS, FAILED or unknown; `left_out` maps reasons
        to counts. Raises as `send` does.
        """
        told = self.told("GET", f"/v1/requestStatus:retrieve?requestId={quote(request_id, safe='')}")
        per = told.get("requestStatusPerDestination", [])
        states = [str(one.get("requestStatus", "unknown")) for one in per]
        worst = [state for state in ("FAILED", "PARTIAL_SUCCESS", "PROCESSING", "SUCCESS") if state in states]
        counts = [one for destination in per for one in destination.get("errorInfo", {}).get("errorCounts", [])]
        left = {word(one.get("reason", "")): int(one.get("recordCount", 0)) for one in counts}
        return {"state": worst[0] if worst else "unknown", "left_out": left}


def _violations(details: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in details:
        if str(one.get("@type", "")).endswith("BadRequest"):
            yield from one.get("fieldViolations", [])


def _delay(details: list[dict[str, Any]]) -> float | None:
    """Seconds of a RetryInfo, `3.5s`."""
    told = next((str(one["retryDelay"]) for one in details if one.get("retryDelay")), "")
    return float(told[:-1]) if re.fullmatch(r"\d+(\.\d+)?s", told) else None
