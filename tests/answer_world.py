"""A lake of one day with seven people, for tests of what the pull interface may tell. Every person earns the place."""

import hashlib
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from assets.lake import Lake
from pipelines.activation.answers import INPUTS
from schemas.tables import all_tables
from tests.audience_world import rows_of

DAY = date(2026, 11, 21)
GROUP = "velocity_b"
EMAILS = {"ann": "ann.lee+cars@example.com", "bob": "bob@example.com", "opt": "opt@example.com", "two": "shared@example.com"}
WEBSITE_KEY = "vk_website_" + "w" * 40
EMAIL_KEY = "vk_email_" + "e" * 40
ENVIRONMENT = {"VELOCITY_KEY_WEBSITE": WEBSITE_KEY, "VELOCITY_KEY_EMAIL_TOOL": EMAIL_KEY}
SECRETS = [*EMAILS.values(), "Annabel", "Leesecret", "17045550101", "1 Hidden Lane", "web-ann", WEBSITE_KEY, EMAIL_KEY]


def sha(text: str) -> str:
    """Lower hex, as a tool would send it."""
    return hashlib.sha256(text.encode()).hexdigest()


def member(person: str, **given: Any) -> dict[str, Any]:
    """A row of an audience: a loyalty member in the treatment unless said otherwise."""
    base = {
        "audience": "loyalty_service",
        "person_id": person,
        "segment": "loyalty",
        "cell": "VAG_LO_LUX_R01",
        "brand": "lux",
        "rooftop_id": "R01",
        "reasons": [{"rule": "due", "sentence": "service due in 12 days", "since": DAY}],
        "identity_tier": "exact",
        "arm": "treatment",
        "channels": ["display", "email", "mail"],
        "message": "hello",
        "is_first_party": True,
        "entered_on": DAY,
        "expires_on": date(2026, 12, 21),
        "policy_hash": "p",
    }
    return {**base, **given}


def identifier(person: str, kind: str, value: str, **given: Any) -> dict[str, Any]:
    """A row of person_identifier: the group's own and exact unless said otherwise."""
    base = {"person_id": person, "kind": kind, "value": value, "is_first_party": True, "tier": "exact", "standing": "unknown"}
    return {**base, "rank": 1, **given}


def rows() -> dict[str, list[dict[str, Any]]]:
    """Rows of every table that answers are made from."""
    names = ("ann", "bob", "opt", "ctl", "two", "tow", "lst")
    people = [{"person_id": one, "state": "NC", "created_on": DAY, "records": 1, "first_name": "Annabel"} for one in names]
    people = [{**one, "last_name": "Leesecret", "phone": "17045550101", "address": "1 Hidden Lane"} for one in people]
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in INPUTS}
    found["person"] = people
    found["audience_loyalty"] = [
        member("ann"),
        member("bob", channels=["display"]),
        member("opt"),
        member("ctl", arm="control"),  # held out: never addressed
        member("two"),
        member("tow"),
    ]
    found["audience_conquest"] = [
        member(
            "lst", audience="conquest_owner", segment="conquest", cell="VAG_CQ_LUX_M1", is_first_party=False, channels=["social"]
        )
    ]
    found["person_identifier"] = [
        *(identifier(who, "email", email) for who, email in EMAILS.items()),
        identifier("tow", "email", EMAILS["two"]),  # two people with one e-mail: it says nobody
        identifier("ann", "web_client", "web-ann"),
        identifier("bob", "web_client", "web-bob-loose", tier="loose"),
        identifier("bob", "email_hash", sha("bob.other@example.com")),
        identifier("ann", "email", "bought@example.com", is_first_party=False, licence_expires_on=date(2027, 1, 1)),
        identifier("lst", "email", "lst@example.com", is_first_party=False, licence_expires_on=date(2027, 1, 1))
        | {"permitted_channels": ["social"]},
    ]
    found["retired_person"] = [{"retired_person_id": "ann-before", "person_id": "ann", "retired_on": DAY}]
    found["suppression"] = [{"person_id": "opt", "purpose": "ads", "reason": "gpc", "since": DAY, "source": "web_events"}]
    found["feed_file"] = [{"feed": "privacy_requests", "file_name": "a.csv", "file_sha256": "x", "status": "accepted"}]
    return found


def frames(given: dict[str, list[dict[str, Any]]] | None = None) -> dict[str, pl.DataFrame]:
    """The tables as frames."""
    return {name: rows_of(all_tables()[name], listed) for name, listed in (given or rows()).items()}


def publish(root: Path, day: date = DAY, given: dict[str, list[dict[str, Any]]] | None = None, *, whole: bool = True) -> Lake:
    """Write a day into a lake; `whole` pins it, as the end of a run does."""
    lake = Lake(root, GROUP)
    for name, frame in frames(given).items():
        lake.publish(lake.stage(name, day, frame), name, day)
    if whole:
        pin(lake, day)
    return lake


def pin(lake: Lake, day: date) -> None:
    """What the last asset of a run writes, as far as the service reads it."""
    hashes = {name: hashlib.sha256(lake.part(name, day).read_bytes()).hexdigest() for name in INPUTS}
    lake.write_json(f"_runs/{day.isoformat()}.json", {"tables": hashes})


def policy_with(root: Path, tmp: Path, **client: Any) -> Path:
    """A copy of the policies in which the website's client has other figures."""
    shutil.copytree(root, tmp / "policy")
    one: dict[str, Any] = {
        "client": "website",
        "owner": "team:test",
        "key_env": "VELOCITY_KEY_WEBSITE",
        "recipients": ["website"],
    }
    one |= {"purposes": ["ads"], "requests_per_second": 100, "burst_requests": 100}
    text = {"clients": [{**one, **client}], "reload_seconds": 0.1, "max_age_days": 30, "audit_flush_seconds": 0.1}
    (tmp / "policy" / GROUP / "service.yaml").write_text(json.dumps(text))
    return tmp / "policy"
