"""Google: the Data Manager API. One bad member fails a whole request there; the request names its place.

Contract: https://developers.google.com/data-manager/api/reference/rest and .../devguides/concepts/understand-errors.
"""

import re
import time
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from assets.delivery.destination import Answer
from assets.delivery.http import HttpDoor
from assets.delivery.http_answers import Fault, content, is_whole, meaning_of, waiting, word
from assets.delivery.http_google_token import GRANT, Token, fresh_token, service_account
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

    kept: Token | None = None

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
        after = _delay(details) if after is None else after
        fields = [str(one.get("field", "")) for one in _violations(details)]
        is_other = bool(fields) and not any(field.lower().replace("_", "").startswith("audiencemembers") for field in fields)
        return Fault(meaning, code, after, tuple(sorted(spots)), is_other or is_whole(response.status_code))

    def answer(self, batch: Batch, response: httpx.Response) -> Answer:
        """The id by which the request's status can be asked for later."""
        del batch
        return Answer(str(content(response).get("requestId", "")))

    def token(self) -> str:
        """The variable's access token; where it holds a service account's key, a token in exchange for it, kept for its hour."""
        told = super().token()
        if not told.lstrip().startswith("{"):
            return told
        if self.kept is None or not self.kept.is_fresh:
            account = service_account(told, self.api.token)
            form = urlencode({"grant_type": GRANT, "assertion": account.assertion(int(time.time()))}).encode()
            response = self.exchange("POST", account.token_uri, form, {"Content-Type": "application/x-www-form-urlencoded"})
            if not response.is_success:
                meaning = "credentials" if response.status_code < 500 and response.status_code != 429 else "server"
                raise self.error(Fault(meaning, f"token: {word(content(response).get('error', response.status_code))}"))
            self.kept = fresh_token(content(response))
        return self.kept.text

    def held(self, cell: str) -> int | None:
        """The most that Google estimates on one of its networks: people whom it knows, not members; None for none."""
        known = self.api.audience_ids.get(cell, cell)
        told = self.told("GET", f"/v1/accountTypes/GOOGLE_ADS/accounts/{self.api.account}/userLists/{known}")
        return max((int(size) for size in told.get("sizeInfo", {}).values()), default=0) or None

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
