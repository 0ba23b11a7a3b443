"""Questions and answers over HTTP, against the real application on a real index; only the wire is missing."""

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from assets.house import PROJECT
from assets.lake import Lake
from assets.policy_files import load_policy
from assets.service.app import create_app
from assets.service.audit import Audit, records
from assets.service.build import build
from assets.service.desk import Desk
from assets.service.keeper import Keeper
from assets.service.limits import Limits
from tests.answer_world import DAY, EMAIL_KEY, EMAILS, ENVIRONMENT, GROUP, SECRETS, WEBSITE_KEY, policy_with, publish, sha

POLICY = PROJECT / "policy"
NOON = datetime(2026, 11, 22, 17, tzinfo=UTC)


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now, self.seconds = NOON, 0.0


class Here(Keeper):
    """Makes indexes in this process; what starts another one is tested where the command runs."""

    def _build(self, day: date, place: Path) -> str | None:
        build(self._lake, load_policy(GROUP, self._policy), day, place)
        return None


class Service:
    """A running application, asked in a loop of its own."""

    def __init__(self, lake: Lake, policy: Path = POLICY, max_age_days: int | None = None) -> None:
        self.lake, self.clock = lake, Clock()
        self.keeper = Here(lake, policy, ENVIRONMENT)
        self.keeper.look()
        self.audit = Audit(lake, "America/New_York", 60, now=lambda: self.clock.now)
        limits = Limits(lambda: self.clock.seconds)
        desk = Desk(self.keeper, self.audit, limits, "America/New_York", lambda: self.clock.now, max_age_days)
        self.app = create_app(desk)

    def ask(self, method: str, path: str, key: str | None = WEBSITE_KEY, **given: Any) -> httpx.Response:
        async def one() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://test") as client:
                headers = {**({"X-Api-Key": key} if key else {}), **given.pop("headers", {})}
                return await client.request(method, path, headers=headers, **given)

        return asyncio.run(one())

    def told(self, key: str | None = WEBSITE_KEY, **question: str) -> list[dict[str, Any]]:
        found = self.ask("POST", "/v1/audiences", key, json=question)
        assert found.status_code == 200, found.text
        return found.json()["audiences"]

    def recorded(self) -> list[dict[str, Any]]:
        self.audit.flush()
        return records(self.lake, None, DAY + timedelta(days=400))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return Service(publish(tmp_path_factory.mktemp("lake")))


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    yield lambda **client: Service(publish(tmp_path / "lake"), policy_with(POLICY, tmp_path, **client))


ANN = {
    "audience": "loyalty_service",
    "segment": "loyalty",
    "cell": "VAG_LO_LUX_R01",
    "brand": "lux",
    "rooftop_id": "R01",
    "tier": None,
    "arm": "treatment",
    "reasons": [],
    "message": "hello",
    "entered_on": "2026-11-21",
    "expires_on": "2026-12-21",
    "channels": ["display"],
    "recipients": ["website"],
}


@pytest.mark.parametrize(
    "question",
    [{"person_id": "ann"}, {"person_id": "ann-before"}, {"web_client_id": "web-ann"}, {"email_sha256": sha(EMAILS["ann"])}],
    ids=str,
)
def test_one_person_by_every_key(shared, question):
    assert shared.told(**question) == [ANN]
    headers = {f"Velocity-{name.replace('_', '-')}": value for name, value in question.items()}
    found = shared.ask("GET", "/v1/audiences", headers=headers)
    assert found.json() == {"as_of": "2026-11-21", "purpose": "ads", "audiences": [ANN]}
    assert found.headers["cache-control"] == "no-store"


def test_each_client_is_told_its_own_share(shared):
    (told,) = shared.told(EMAIL_KEY, person_id="ann")
    assert (told["channels"], told["recipients"], told["reasons"]) == (["email"], ["email"], ["service due in 12 days"])
    assert shared.told(EMAIL_KEY, person_id="bob") == []


@pytest.mark.parametrize(
    "question",
    [
        {"person_id": "nobody"},
        {"person_id": "opt"},
        {"email_sha256": sha(EMAILS["opt"])},
        {"person_id": "ctl"},
        {"person_id": "lst"},
        {"email_sha256": sha(EMAILS["two"])},
        {"web_client_id": "web-bob-loose"},
        {"email_sha256": sha("bought@example.com")},
    ],
    ids=str,
)
def test_unknown_opted_out_held_out_and_unsure_look_alike(shared, question):
    found, unknown = (shared.ask("POST", "/v1/audiences", json=one) for one in (question, {"person_id": "x"}))
    assert (found.status_code, found.content) == (unknown.status_code, unknown.content)
    assert found.headers == unknown.headers


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"json": {}}, 400),
        ({"json": {"person_id": "ann", "web_client_id": "web-ann"}}, 400),
        ({"json": {"person_id": "ann", "email": "ann.lee+cars@example.com"}}, 400),
        ({"json": {"email_sha256": "ann.lee+cars@example.com"}}, 400),
        ({"json": {"person_id": 17045550101}}, 400),
        ({"json": ["ann.lee+cars@example.com"]}, 400),
        ({"content": b"ann.lee+cars@example.com"}, 400),
        ({"content": b"\xff\xfe"}, 400),
        ({"json": {"person_id": "ann.lee+cars@example.com" * 20}}, 400),
        ({"content": b"ann.lee+cars@example.com" * 1000}, 413),
        ({"json": {"person_id": "ann"}, "params": {"email": "ann.lee+cars@example.com"}}, 400),
        ({"json": {"person_id": "ann", "purpose": "mail"}}, 403),
        ({"json": {"person_id": "ann", "purpose": "ann.lee+cars@example.com"}}, 403),
    ],
    ids=lambda one: str(one)[:60],
)
def test_problems_say_what_is_wrong_and_repeat_nothing(shared, given, status):
    found = shared.ask("POST", "/v1/audiences", **given)
    assert found.status_code == status
    assert found.headers["content-type"] == "application/problem+json"
    assert set(found.json()) == {"type", "title", "status", "detail"}
    assert not [secret for secret in SECRETS if secret in found.text]


@pytest.mark.parametrize("key", [None, "", "vk_wrong", "é" * 40, WEBSITE_KEY[:-1], WEBSITE_KEY + " x"])
def test_without_a_key_nothing(start, key):
    headers = {} if key is None else {"X-Api-Key": key.encode()}
    found = start().ask("POST", "/v1/audiences", None, json={"person_id": "ann"}, headers=headers)
    assert found.status_code == 401
    assert found.headers["content-type"] == "application/problem+json"


def test_wrong_addresses_and_methods(shared):
    assert shared.ask("GET", "/v1/audiences/ann").status_code == 404
    assert shared.ask("DELETE", "/v1/audiences").status_code == 405
    assert shared.ask("GET", "/docs").status_code == 404
    assert shared.ask("GET", "/v1/health", None).json() == {"status": "up"}


def test_ready_says_the_day(shared):
    assert shared.ask("GET", "/v1/ready", None).json() == {"status": "ready", "as_of": "2026-11-21", "people": 4, "problem": None}


def test_openapi_describes_it(shared):
    told = shared.ask("GET", "/openapi.json", None).json()
    assert set(told["paths"]) == {"/v1/audiences", "/v1/health", "/v1/ready"}
    post = told["paths"]["/v1/audiences"]["post"]
    assert {"200", "400", "401", "403", "413", "429", "503"} <= set(post["responses"])
    assert post["security"] and told["components"]["securitySchemes"]
    assert "email_sha256" in json.dumps(post["requestBody"])


def test_the_rate_of_a_key(start):
    service = start(requests_per_second=2, burst_requests=3)
    statuses = [service.ask("POST", "/v1/audiences", json={"person_id": "ann"}).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert service.ask("POST", "/v1/audiences", json={"person_id": "ann"}).headers["retry-after"] == "1"
    service.clock.seconds += 0.5
    assert service.ask("POST", "/v1/audiences", json={"person_id": "ann"}).status_code == 200
    assert service.ask("POST", "/v1/audiences", json={"person_id": "ann"}).status_code == 429
    assert service.ask("GET", "/v1/ready", None).status_code == 200


def test_guessing_keys_is_slowed_and_slows_nobody_else(start):
    service = start()
    statuses = [service.ask("POST", "/v1/audiences", "vk_guess" * 9, json={}).status_code for _ in range(8)]
    assert statuses == [401] * 5 + [429] * 3
    assert service.told(person_id="ann")


def test_a_day_that_is_too_old_is_not_served(start):
    service = start()
    service.clock.now += timedelta(days=30)
    found = service.ask("POST", "/v1/audiences", json={"person_id": "ann"})
    assert (found.status_code, found.json()["title"]) == (503, "Day too old")
    assert service.ask("GET", "/v1/ready", None).json()["status"] == "stale"


def test_what_ran_out_since_the_day_is_not_told(start):
    service = start()
    service.clock.now = datetime(2026, 12, 21, 23, tzinfo=UTC)
    assert service.told(person_id="ann")
    service.clock.now = datetime(2026, 12, 22, 4, tzinfo=UTC)  # still the 21st in New York
    service.keeper.serving.index.service.__dict__["max_age_days"] = 60
    assert service.told(person_id="ann")
    service.clock.now += timedelta(hours=2)
    assert service.told(person_id="ann") == []


def test_what_is_told_is_recorded_and_nothing_else(start):
    service = start()
    service.told(person_id="ann-before")
    service.told(person_id="nobody")
    service.told(person_id="opt")
    (record,) = service.recorded()
    told = {"recipient": "website", "purpose": "ads", "basis": "first_party_relationship", "cell": "VAG_LO_LUX_R01"}
    assert (record["person_id"], record["client"], record["day"], record["told"]) == ("ann", "website", "2026-11-22", [told])


def test_what_cannot_be_recorded_is_not_told(start, tmp_path):
    service = start()
    folder = tmp_path / "lake" / "velocity_b" / "_service" / "audit"
    folder.rmdir()
    folder.write_text("in the way")
    found = service.ask("POST", "/v1/audiences", json={"person_id": "ann"})
    assert (found.status_code, found.json()["title"]) == (503, "Ledger not writable")
    assert service.told(person_id="nobody") == []


def test_a_failure_inside_repeats_nothing(start, caplog):
    service = start()

    def broken(kind: str, key: str) -> None:
        raise RuntimeError(f"{kind} {key} ann.lee+cars@example.com")

    service.keeper.serving.index.find = broken
    found = service.ask("POST", "/v1/audiences", json={"person_id": "Leesecret"})
    assert found.status_code == 500
    assert not [secret for secret in SECRETS if secret in found.text + caplog.text]
    assert "RuntimeError while answering" in caplog.text


def test_before_a_day_is_ready(tmp_path):
    lake = Lake(tmp_path, "velocity_b")
    service = Service(lake)
    assert service.ask("POST", "/v1/audiences", json={"person_id": "ann"}).status_code == 503
    assert service.ask("GET", "/v1/ready", None).headers["retry-after"]
    assert service.ask("GET", "/v1/health", None).status_code == 200
