"""Answers one question: who asks, how often, about whom, for what; and records what it tells. Of HTTP it knows only statuses."""

import math
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from assets.service.audit import Audit
from assets.service.index import Found
from assets.service.keeper import Keeper, Serving
from assets.service.limits import Limits
from assets.service.problems import ServiceProblem
from assets.service.shapes import KINDS, Question
from schemas.policy.service import ServiceClient

LATER_SECONDS = "5"


class Desk:
    """The service behind its addresses. `now` gives the time in UTC; `max_age_days` replaces the policy's figure where given."""

    def __init__(
        self,
        keeper: Keeper,
        audit: Audit,
        limits: Limits,
        time_zone: str,
        now: Callable[[], datetime] | None = None,
        max_age_days: int | None = None,
    ) -> None:
        self.keeper, self.audit, self._limits = keeper, audit, limits
        self._zone, self._now, self._max_age_days = ZoneInfo(time_zone), now or (lambda: datetime.now(UTC)), max_age_days
        self.counts: Counter[tuple[str, int]] = Counter()

    def serving(self) -> Serving:
        """What answers are given from now. ServiceProblem 503 where no day is ready."""
        found = self.keeper.serving
        if found is None:
            detail = "No published day has been read yet; ask /v1/ready."
            raise ServiceProblem(503, "Not ready", detail, {"Retry-After": LATER_SECONDS})
        return found

    def is_stale(self, serving: Serving) -> bool:
        """Whether the day is too old to know who has opted out since."""
        most = serving.index.service.max_age_days if self._max_age_days is None else self._max_age_days
        return (self._today() - serving.index.day).days > most

    def admit(self, serving: Serving, key: str | None) -> ServiceClient:
        """The client of a key, counted against its rate. ServiceProblem 401 and 429."""
        client = serving.keys.client_of(key) if key else None
        if client is None:
            rate = serving.index.service.wrong_keys_per_second
            if self._limits.wait("", rate, max(1.0, rate)):
                raise _too_many(1.0)
            raise ServiceProblem(401, "Unknown key", "Send a key of this service in the header X-Api-Key.")
        wait = self._limits.wait(client.client, client.requests_per_second, client.burst_requests)
        if wait:
            raise _too_many(wait)
        return client

    def answer(self, serving: Serving, client: ServiceClient, question: Question) -> dict[str, Any]:
        """The answer in the shape of Answer. ServiceProblem 400, 403, 503. What it shares is recorded before it is returned."""
        if question.key is None:
            raise ServiceProblem(400, "Wrong question", f"Give exactly one of {', '.join(KINDS)}.")
        purpose = _purpose(client, question)
        if self.is_stale(serving):
            detail = (
                f"The last day that may be served is {serving.index.day}; whoever opted out since is not known. Run a newer day."
            )
            raise ServiceProblem(503, "Day too old", detail)
        found = serving.index.find(*question.key)
        audiences, told = _told(found, client, purpose, self._today()) if found else ([], [])
        if found and told:
            try:
                self.audit.record(client.client, found.person_id, told)
            except OSError:
                detail = "The answer could not be recorded, and is therefore not given."
                raise ServiceProblem(503, "Ledger not writable", detail, {"Retry-After": LATER_SECONDS}) from None
        return {"as_of": serving.index.day.isoformat(), "purpose": purpose, "audiences": audiences}

    def _today(self) -> date:
        return self._now().astimezone(self._zone).date()


def _purpose(client: ServiceClient, question: Question) -> str:
    if question.purpose is None:
        if len(client.purposes) > 1:
            raise ServiceProblem(400, "Which purpose?", f"Name a purpose: {', '.join(client.purposes)}.")
        return client.purposes[0]
    if question.purpose not in client.purposes:
        raise ServiceProblem(403, "Purpose not granted", f"This key may ask for {', '.join(client.purposes)}.")
    return question.purpose


def _told(found: Found, client: ServiceClient, purpose: str, today: date) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """The audiences that a client may be told of, and what of it goes into the ledger."""
    audiences, ledger = [], []
    if found.tier not in client.identity_tiers:
        return [], []
    for one in found.audiences:
        doors = [
            door
            for door in one["doors"]
            if door["client"] == client.client
            and door["purpose"] == purpose
            and (found.is_own or door["basis"] == "licence")  # an identifier that was only bought opens no data of our own
        ]
        if doors and (one["expires_on"] is None or one["expires_on"] >= today.isoformat()):
            told = {name: value for name, value in one.items() if name != "doors"}
            told["channels"] = sorted({channel for door in doors for channel in door["channels"]})
            told["recipients"] = sorted({door["recipient"] for door in doors})
            told["reasons"] = one["reasons"] if client.is_told_reasons else []
            audiences.append(told)
            ledger += [
                {"recipient": door["recipient"], "purpose": purpose, "basis": door["basis"], "cell": one["cell"]}
                for door in doors
            ]
    return audiences, ledger


def _too_many(wait: float) -> ServiceProblem:
    seconds = str(max(1, math.ceil(wait)))
    return ServiceProblem(429, "Too many requests", f"Ask again in {seconds} s.", {"Retry-After": seconds})
