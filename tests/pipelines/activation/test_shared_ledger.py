"""The ledger of the day: files by hand as they are made, deliveries as they were answered."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from pipelines.activation.ledger import shared
from pipelines.shape import in_shape
from pipelines.step import Day
from schemas.policy.delivery import Delivery
from schemas.tables.exports import EXPORT_MEMBER, SHARED_WITH
from schemas.tables.receipts import RECEIPT_MEMBER
from tests.audience_world import rows_of

TODAY = date(2026, 11, 21)
ASK = {"person_id": "ann", "cell": "A", "action": "add", "cause": "entered", "segment": "loyalty", "basis": "b"}
TOLD = {**ASK, "delivery": "2026-11-20/meta/1", "platform": "meta", "side": "hold", "outcome": "confirmed", "batch_key": "k1"}
TOLD |= {"answered_at": datetime(2026, 11, 21, 3, tzinfo=UTC), "day": date(2026, 11, 20), "recipient": "meta", "purpose": "ads"}


@pytest.fixture
def ledger(engine):
    def made(asks=(), told=()):
        engine.register("receipt_member", rows_of(RECEIPT_MEMBER, told))
        platforms = {
            "meta": SimpleNamespace(delivery=Delivery(kind="folder", address="/in")),
            "google": SimpleNamespace(delivery=None),
            "direct_mail": SimpleNamespace(delivery=None),
        }
        policy = SimpleNamespace(
            channels=SimpleNamespace(platforms=platforms), group=SimpleNamespace(time_zone="America/New_York")
        )
        rows = shared(engine, Day(TODAY, policy, "seed"), rows_of(EXPORT_MEMBER, asks))
        return in_shape(rows, SHARED_WITH).to_dicts()

    return made


def test_files_for_upload_are_shared_on_the_day_they_are_made_and_what_is_to_be_delivered_is_not_yet(ledger):
    asks = [ASK | {"platform": name, "identifiers": ["email:x"]} for name in ("google", "meta", "direct_mail")]
    asks += [ASK | {"platform": "google", "cell": "B", "action": "remove"}]  # nothing left to name: nothing is told
    found = [(one["recipient"], one["purpose"], one["shared_on"], one["outcome"], one["batch_key"]) for one in ledger(asks)]
    assert found == [("direct_mail", "mail", TODAY, "made", ""), ("google", "ads", TODAY, "made", "")]


def test_deliveries_are_shared_when_they_were_answered_in_the_groups_own_day(ledger):
    (row,) = ledger(told=[TOLD])
    assert (row["shared_on"], row["shared_at"], row["batch_key"]) == (date(2026, 11, 20), TOLD["answered_at"], "k1")
    assert (row["purpose"], row["basis"], row["action"], row["outcome"]) == ("ads", "b", "add", "confirmed")


def test_what_may_have_arrived_and_what_was_rejected_was_shared_too(ledger):
    told = [TOLD | {"outcome": "unknown"}, TOLD | {"person_id": "bob", "outcome": "rejected"}]
    assert [(one["person_id"], one["outcome"]) for one in ledger(told=told)] == [("ann", "unknown"), ("bob", "rejected")]


def test_a_changed_member_was_told_one_thing_and_taken_back_another(ledger):
    changed = TOLD | {"action": "refresh"}
    told = [changed, changed | {"side": "drop", "batch_key": "k2"}, TOLD | {"cell": "C", "side": "drop", "batch_key": None}]
    assert [(one["action"], one["batch_key"]) for one in ledger(told=told)] == [("refresh", "k1"), ("remove", "k2")]
