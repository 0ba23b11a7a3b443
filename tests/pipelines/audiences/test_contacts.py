"""What counts as a contact, of whom and for how long, with literal rows."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import polars as pl
import pytest

from assets.catalogue import all_contracts
from assets.engine import DuckDBEngine
from pipelines.audiences.contacts import STEP, sendings
from schemas.policy import Policy
from schemas.policy.channels import ChannelsPolicy, ContactLimit, Platform
from tests.audience_world import AS_OF, day, policy, register

SEGMENTS: Any = ("loyalty", "in_market", "conquest")
ANN = "ann@mail.com"


def platform(*channels: str) -> Platform:
    return Platform(is_on=True, channels=channels, account="a", min_members=0, membership_days=30, segments=SEGMENTS)


def limited(**platforms: Platform) -> Policy:
    limits = (
        ContactLimit(channel="email", contacts=2, window_days=7, is_send_a_contact=True),
        ContactLimit(channel="display", contacts=9, window_days=7),
    )
    at_home = (ContactLimit(channel="mail", contacts=1, window_days=30, is_send_a_contact=True),)
    return policy(
        channels=ChannelsPolicy(
            segment_priority=SEGMENTS, brand_choice=("garage",), platforms=platforms, segments_on=SEGMENTS, contact_limits=limits,
            household_limits=at_home,
        )
    )  # fmt: skip


def frame(name: str, rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    empty = all_contracts()[name].schema.create_empty()
    filled = [{**dict.fromkeys(empty.columns), "is_superseded": False, **one} for one in rows]
    return pl.DataFrame([{key: one[key] for key in empty.columns} for one in filled], schema=empty.schema, orient="row")


@pytest.fixture
def run(engine: DuckDBEngine) -> Any:
    def made(of: Policy, as_of: date = AS_OF, **given: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
        people = [{"person_id": one, "household_id": "h1" if one != "cid" else None} for one in ("ann", "bob", "cid")]
        mailbox = {
            "person_id": "ann",
            "kind": "email",
            "value": ANN,
            "is_first_party": True,
            "tier": "exact",
            "standing": "verified",
        }
        given = {
            "person": people, "person_identifier": [{**mailbox, "rank": 1}],
            "member": [{"record_id": "web_events:c1", "person_id": "bob"}], **given,
        }  # fmt: skip
        register(engine, {one.alias: frame(one.table, given.get(one.alias, [])) for one in STEP.inputs})
        found = STEP.frames(engine, day(of, as_of))["contact"]
        return found.select("person_id", "channel", "source", "contacted_on", "contacts").sort("person_id", "channel").rows()

    return made


def exposure(number: int, channel: str, days_ago: int, **given: Any) -> dict[str, Any]:
    shown = {"impressions": 3, "campaign": "VAG_LS_LUX_R01"}
    return {"exposure_id": f"e{number}", "channel": channel, "exposed_on": AS_OF - timedelta(days=days_ago), **shown, **given}


def test_an_exposure_reaches_whom_it_names_and_a_letter_the_whole_household(run: Any) -> None:
    hashed = sha256(ANN.encode()).hexdigest().upper()
    shown = [
        exposure(1, "display", 0, email_sha256=hashed),
        exposure(2, "display", 6, user_pseudo_id="c1"),
        exposure(3, "display", 7, user_pseudo_id="c1"),
        exposure(4, "mail", 29, household_ref="h1", impressions=1),
        exposure(5, "tv", 0, email_sha256=hashed),
        exposure(6, "display", 0, zip="28202"),
        exposure(7, "display", 0, email_sha256=hashed, is_superseded=True),
    ]
    letter = AS_OF - timedelta(days=29)
    assert run(limited(), campaign_exposures=shown) == [
        ("ann", "display", "exposure", AS_OF, 3),
        ("ann", "mail", "exposure", letter, 1),
        ("bob", "display", "exposure", AS_OF - timedelta(days=6), 3),
        ("bob", "mail", "exposure", letter, 1),
    ]


def test_an_e_mail_counts_once_a_campaign_and_day_however_often_its_provider_tells(run: Any) -> None:
    def status(number: int, what: str, days_ago: int, campaign: str) -> dict[str, Any]:
        at = datetime(2026, 11, 21, 15, tzinfo=UTC) - timedelta(days=days_ago)
        return {"event_id": f"m{number}", "occurred_at": at, "email": " Ann@Mail.com", "status": what, "campaign": campaign}

    told = [status(1, "sent", 1, "a"), status(2, "delivered", 1, "a"), status(3, "sent", 1, "b"), status(4, "open", 0, "a")]
    yesterday = AS_OF - timedelta(days=1)
    assert run(limited(), email_status=told) == [("ann", "email", "email_status", yesterday, 1)] * 2


def test_what_we_sent_is_remembered_after_it_left_the_platform_and_follows_a_merge(run: Any) -> None:
    of = limited(esp=platform("email"), house=platform("mail"), ads=platform("email", "display"))
    assert sendings(of).rows() == [("esp", "email"), ("house", "mail")]
    sent = {"person_id": "ann", "cell": "C", "segment": "loyalty", "sent_on": AS_OF, "since": AS_OF, "expires_on": AS_OF}
    held = [{**sent, "platform": "esp"}, {**sent, "platform": "ads"}, {**sent, "platform": "house", "person_id": "old"}]
    retired = [{"retired_person_id": "old", "person_id": "bob", "retired_on": AS_OF}]
    first = run(of, held=held, retired_person=retired)
    assert first == [("ann", "email", "sent", AS_OF, 1), ("bob", "mail", "sent", AS_OF, 1)]
    memory = [
        {"person_id": "ann", "channel": "email", "contact_id": "x", "source": "sent", "contacted_on": AS_OF, "contacts": 1},
        {"person_id": "ann", "channel": "display", "contact_id": "y", "source": "exposure", "contacted_on": AS_OF, "contacts": 1},
    ]
    later = AS_OF + timedelta(days=6)
    assert run(of, later, previous_contact=memory) == [("ann", "email", "sent", AS_OF, 1)]
    assert run(of, AS_OF + timedelta(days=30), previous_contact=memory) == []
