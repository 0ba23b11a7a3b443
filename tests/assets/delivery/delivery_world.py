"""A lake with the exports of a day, made by hand, and destinations in memory that behave as they are told."""

import hashlib
import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from assets.delivery.destination import Answer, Unreached
from assets.delivery.plan import Account
from assets.lake import Lake
from schemas.policy.delivery import Delivery
from schemas.tables.exports import DELIVERED, EXPORT_MEMBER
from tests.audience_world import rows_of

DAY = date(2026, 11, 21)
GROUP = "velocity_b"


def digest(person: str) -> str:
    return hashlib.sha256(person.encode()).hexdigest()


def ask(cell: str, person: str, action: str = "add", cause: str = "", platform: str = "pinterest", **more) -> dict:
    causes = {"add": "entered", "refresh": "renewed", "remove": "left"}
    told = {"platform": platform, "cell": cell, "person_id": person, "action": action, "cause": cause or causes[action]}
    return told | {"identifiers": [f"email:{digest(person)}"], "segment": "loyalty", "basis": "first_party_relationship"} | more


def publish(root: Path, asks: list[dict], day: date = DAY, keeps: list[dict] = ()) -> Lake:
    """A lake whose day asks these; who is asked to be held, or kept, is in delivered."""
    lake = Lake(root, GROUP)
    rows = rows_of(EXPORT_MEMBER, asks)
    held = [
        {name: one[name] for name in ("platform", "cell", "person_id", "identifiers", "segment", "basis")}
        | {"since": day, "sent_on": day, "expires_on": day + timedelta(days=90), "identifiers_hash": 1}
        for one in [*asks, *keeps]
        if one["action"] != "remove"
    ]
    for table, frame in ((EXPORT_MEMBER, rows), (DELIVERED, rows_of(DELIVERED, held))):
        lake.publish(lake.stage(table.name, day, frame.sort(table.key)), table.name, day)
    return lake


def account(platform: str = "pinterest", **rules) -> Account:
    told = {"kind": "folder", "address": "/nowhere", "first_wait_seconds": 0, "rate_per_minute": 6000, "attempts": 3} | rules
    return Account(platform, "1", Delivery(**told))


class Platform:
    """A Pinterest of our own: it holds digests by cell, and does with each body what `script` says, if anything."""

    def __init__(self, script=None) -> None:
        self.script = list(script or [])
        self.sent, self.holds, self.keys, self.can_settle = [], {}, Counter(), True
        self.closed = 0

    def __call__(self, opening):
        return self

    def send(self, batch, key):
        step = self.script.pop(0) if self.script else None
        if isinstance(step, Exception):
            if isinstance(step, Unreached) and step.is_unknown:
                self._apply(batch, key)
            raise step
        self._apply(batch, key)
        return step or Answer(request_id=f"r{len(self.sent)}")

    def settle(self, batch, key):
        return Answer(request_id="settled") if self.can_settle and self.keys[key] else None

    def held(self, cell):
        return len(self.holds.get(cell, ()))

    def close(self):
        self.closed += 1

    def _apply(self, batch, key):
        self.sent.append(batch)
        self.keys[key] += 1
        told = json.loads(batch.body)
        people = set(told["records"].split(","))
        cell = self.holds.setdefault(batch.cell, set())
        cell |= people if told["operation_type"] == "ADD" else set()
        cell -= people if told["operation_type"] == "REMOVE" else set()


def people_of(frame: pl.DataFrame) -> list[str]:
    return sorted(frame["person_id"].to_list())
