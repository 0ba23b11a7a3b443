"""What was delivered enters the lake with the next run, once; a person is told who got what of them, under any of their ids."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from assets.cli import app
from assets.delivery import open as doors
from assets.delivery.destination import Answer, Refused, Rejection
from assets.delivery.engine import deliver
from assets.delivery.fold import TABLES, clear, folded
from assets.delivery.journal import journals
from assets.delivery.standing import BeingMade
from assets.delivery.subject import ids_of, shared_rows, stays
from schemas.tables.exports import SHARED_WITH
from schemas.tables.identity import ID_EVENT
from schemas.tables.service import SHARED_BY_ANSWER
from tests.assets.delivery.delivery_world import DAY, GROUP, Platform, account, ask, people_of, publish
from tests.audience_world import rows_of

NEXT = DAY + timedelta(days=1)


@pytest.fixture
def platform(monkeypatch):
    one = Platform()
    monkeypatch.setitem(doors.OPENERS, "folder", one)
    monkeypatch.setattr("assets.delivery.plan.FILES", ())
    return one


def fold(lake, day):
    frames = folded(lake, day)
    for table in TABLES:
        lake.publish(lake.stage(table.name, day, frames[table.name]), table.name, day)
    clear(lake, day)
    return frames


def test_a_delivery_enters_the_next_day_once_and_leaves_the_disk(tmp_path, platform):
    lake = publish(tmp_path, [ask("A", "ann"), ask("B", "bob")])
    platform.script = [Answer("r1"), Refused("no")]
    deliver(lake, account(), DAY, {})
    first = fold(lake, NEXT)
    assert first["receipt"]["status"].to_list() == ["delivered", "refused"]
    assert people_of(first["receipt_member"]) == ["ann"] and journals(lake, DAY, "pinterest") == []
    assert first["drift"].select("cell", "reported", "expected").rows() == [("A", 1, 1), ("B", 0, 1)]
    assert not list((lake.home / "_delivery").rglob("*.parquet"))
    again = fold(lake, NEXT)
    assert all(again[name].equals(first[name]) for name in first)
    assert fold(lake, NEXT + timedelta(days=1))["receipt"].is_empty()


def test_a_day_that_is_run_again_counts_what_it_delivered_already(tmp_path, platform):
    lake = publish(tmp_path, [ask("A", "ann")])
    deliver(lake, account(), DAY, {})
    assert people_of(fold(lake, DAY)["receipt_member"]) == ["ann"]
    with pytest.raises(BeingMade):
        deliver(lake, account(), DAY, {})
    publish(tmp_path, [ask("A", "bob")])
    done = deliver(lake, account(), DAY, {})
    assert done.journals[0].plan.number == 2 and [one.members for one in platform.sent] == [("ann",), ("bob",)]
    assert people_of(fold(lake, NEXT)["receipt_member"]) == ["bob"]


def test_receipts_hold_no_person_and_members_hold_the_basis_and_the_moment(tmp_path, platform):
    lake = publish(tmp_path, [ask("A", "ann"), ask("A", "bob", "remove")])
    platform.script = [Answer("r1", (Rejection("ann", "INVALID"),))]
    deliver(lake, account(), DAY, {})
    made = fold(lake, NEXT)
    assert "person_id" not in made["receipt"].columns and not made["receipt"].is_empty()
    ann, bob = made["receipt_member"].sort("person_id").to_dicts()
    assert (ann["outcome"], ann["reason"], ann["basis"], ann["recipient"], ann["purpose"]) == (
        "rejected",
        "INVALID",
        "first_party_relationship",
        "pinterest",
        "ads",
    )
    assert (bob["side"], bob["outcome"]) == ("drop", "confirmed") and bob["answered_at"].tzinfo is not None
    assert datetime.now(UTC) - bob["answered_at"] < timedelta(minutes=5)


def test_a_person_is_told_everything_under_any_id(tmp_path, platform):
    lake = publish(tmp_path, [ask("A", "new"), ask("B", "old", "remove")])
    earlier = DAY - timedelta(days=30)
    shared = {"person_id": "old", "recipient": "pinterest", "cell": "B", "action": "add", "purpose": "ads", "basis": "licence"}
    by_hand = rows_of(SHARED_WITH, [shared | {"shared_on": earlier, "outcome": "made"}])
    lake.publish(lake.stage("shared_with", earlier, by_hand.drop("batch_key", "shared_at", "outcome")), "shared_with", earlier)
    asked = {
        "person_id": "new",
        "recipient": "website",
        "cell": "C",
        "client": "site",
        "purpose": "ads",
        "basis": "b",
        "answers": 2,
    }
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    answers = rows_of(SHARED_BY_ANSWER, [asked | {"shared_on": DAY, "first_at": at, "last_at": at}])
    lake.publish(lake.stage("shared_by_answer", DAY, answers), "shared_by_answer", DAY)
    merge = {"event_id": "e", "kind": "merge", "person_id": "new", "other_person_id": "old", "on_day": DAY}
    lake.publish(lake.stage("id_event", DAY, rows_of(ID_EVENT, [merge])), "id_event", DAY)
    deliver(lake, account(), DAY, {})
    assert ids_of(lake, "old") == ids_of(lake, "new") == ["new", "old"]
    found = {(one["recipient"], one["cell"]): one for one in stays(shared_rows(lake, ids_of(lake, "new")))}
    assert found["website", "C"]["way"] == "answer" and found["pinterest", "A"]["taken_back_on"] is None
    lines = shared_rows(lake, ids_of(lake, "old")).select("person_id", "recipient", "cell", "action", "way").rows()
    assert ("old", "pinterest", "B", "add", "file") in lines and ("old", "pinterest", "B", "remove", "delivery") in lines
    fold(lake, NEXT)
    told = CliRunner().invoke(app, ["shared", "old", "--lake", str(tmp_path), "--group", GROUP, "--json"])
    assert told.exit_code == 0 and json.loads(told.output)["ids"] == ["new", "old"]
    nobody = CliRunner().invoke(app, ["shared", "nobody", "--lake", str(tmp_path), "--group", GROUP])
    assert nobody.exit_code == 2
