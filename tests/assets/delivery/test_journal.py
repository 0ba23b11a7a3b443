"""The journal on disk: whole plans, lines that a kill tore, keys; one delivery at a time, and one that is asked to stop."""

import os
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from assets.delivery import open as doors
from assets.delivery.destination import Answer, Rejection
from assets.delivery.engine import deliver
from assets.delivery.fold import clear, folded
from assets.delivery.journal import STATES, Journal, Plan, content_key, home, journals, member_rows, planned, write_plan
from assets.delivery.lock import AlreadyDelivering, Patience, Stopped, all_stopped, only_delivery, stopped_delivery
from assets.house import PROJECT
from assets.lake import Lake
from schemas.platforms.batch import Batch
from tests.assets.delivery.delivery_world import DAY, GROUP, Platform, account, ask, publish

BODY = Batch("pinterest", "A", "add", 1, "add-00001.json", b"{}", "application/json", ("ann", "bob", "ann"), "PATCH /lists")


@pytest.fixture
def journal(tmp_path):
    one = planned(GROUP, DAY, 1, BODY)
    plan = Plan(GROUP, "pinterest", DAY, 1, "changes", "2026-11-21T00:00:00+00:00", (one,))
    return write_plan(Lake(tmp_path, GROUP), plan, pl.DataFrame({"cell": ["A"]}), member_rows([(one.key, BODY)]))


def key_of(journal):
    return journal.plan.batches[0].key


def test_what_was_written_is_read_again(journal):
    key = key_of(journal)
    journal.sending(key)
    journal.unreached(key, "HTTP 503", is_unknown=False)
    journal.sending(key)
    journal.delivered(key, Answer("r1", (Rejection("bob", "BAD"),), unnamed=2))
    journal.measured({"A": 7})
    again = Journal(journal.folder)
    assert again.plan == journal.plan and again.states == journal.states and again.sizes == {"A": 7}
    assert (again.states[key].attempts, again.states[key].answer.rejections[0].reason) == (2, "BAD")
    assert again.members["person_id"].to_list() == ["ann", "bob"]


@pytest.mark.parametrize("torn", [b'{"key":"', b'{"key":"x","to":"deliv', b"\x00\x00"])
def test_a_torn_line_stands_for_nothing_and_spoils_no_later_one(journal, torn):
    key = key_of(journal)
    journal.sending(key)
    with (journal.folder / STATES).open("ab") as place:
        place.write(torn)
    again = Journal(journal.folder)
    assert again.states[key].status == "sending"
    again.delivered(key, Answer("r"))
    assert Journal(journal.folder).states[key].status == "delivered"


def test_an_attempt_that_was_never_answered_stays_unknown_until_the_body_is_known_to_be_there(journal):
    key = key_of(journal)
    journal.sending(key)
    journal.sending(key)
    assert journal.states[key].is_unknown
    journal.unreached(key, "HTTP 503", is_unknown=False)
    assert journal.states[key].is_unknown and Journal(journal.folder).states[key].is_unknown
    journal.delivered(key, Answer())
    assert not journal.states[key].is_unknown


def test_a_plan_is_there_whole_or_not_at_all(journal):
    lake = Lake(journal.folder.parents[4], GROUP)
    half = home(lake, DAY, "pinterest") / ".2.part"
    half.mkdir()
    (half / "plan.json").write_text("{")
    assert [one.plan.number for one in journals(lake, DAY, "pinterest")] == [1]
    clear(lake, DAY)
    assert not half.exists() and journal.folder.is_dir()


def test_a_key_tells_bodies_places_and_deliveries_apart():
    keys = {
        content_key(group, day, number, body)
        for group in ("a", "b")
        for day in (DAY, DAY + timedelta(days=1))
        for number in (1, 2)
        for body in (BODY, replace(BODY, body=b"[]"), replace(BODY, cell="B"), replace(BODY, operation="remove"))
    }
    assert len(keys) == 32 and content_key(GROUP, DAY, 1, BODY) == content_key(GROUP, DAY, 1, replace(BODY, sequence=9))


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path):
    lake = Lake(tmp_path, GROUP)
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom assets.lake import Lake\nfrom assets.delivery.lock import only_delivery\n"
        f"with only_delivery(Lake(Path(sys.argv[1]), {GROUP!r}), 'meta'):\n    print('held', flush=True)\n    sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=dict(os.environ),
    )
    assert process.stdout.readline() == b"held\n"
    with pytest.raises(AlreadyDelivering), only_delivery(lake, "meta"):
        pass
    with only_delivery(lake, "google"):
        pass
    process.kill()
    process.wait()
    with only_delivery(lake, "meta", wait_seconds=5):
        pass
    process.stdin.close()
    process.stdout.close()


def test_whoever_waits_stops_when_a_run_of_the_day_asks(tmp_path):
    lake = Lake(tmp_path, GROUP)
    began, seen = threading.Event(), []

    def waits():
        with only_delivery(lake, "meta"):
            began.set()
            try:
                Patience(lake, "meta", 60).wait(60)
            except Stopped:
                seen.append("stopped")

    thread = threading.Thread(target=waits)
    thread.start()
    began.wait(10)
    with stopped_delivery(lake, "meta", wait_seconds=10):
        assert seen == ["stopped"]
    thread.join()
    stop = lake.home / "_delivery/.locks/meta.stop"
    assert not stop.exists()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    stop.write_text(str(gone.pid))
    Patience(lake, "meta", 6000).turn()
    assert not stop.exists(), "a dead process asks for nothing"


def test_a_run_of_the_day_ends_a_delivery_between_two_bodies_and_counts_what_arrived(tmp_path, monkeypatch):
    one = Platform()
    monkeypatch.setitem(doors.OPENERS, "folder", one)
    monkeypatch.setattr("assets.delivery.plan.FILES", ())
    lake = publish(tmp_path, [ask("A", "ann"), ask("B", "bob")])
    found = []
    thread = threading.Thread(target=lambda: found.append(deliver(lake, account(rate_per_minute=1), DAY, {})))
    thread.start()
    while not one.sent:
        thread.join(0.02)
    made = folded(lake, DAY + timedelta(days=1))
    thread.join()
    assert found[0].problem == "a run of the day began; it asks again for what is left"
    assert made["receipt"]["status"].to_list() == ["delivered", "set_aside"]
    assert made["receipt"]["reason"].to_list() == [None, "not sent"]


def test_an_erasure_holds_every_platform_and_lets_go_of_all(tmp_path):
    lake = Lake(tmp_path, "velocity_sample")
    with all_stopped(lake, ["meta", "email"], wait_seconds=0):
        for platform in ("email", "meta"):
            with pytest.raises(AlreadyDelivering), only_delivery(lake, platform):
                pass
    with only_delivery(lake, "email"), only_delivery(lake, "meta"):
        pass
    with only_delivery(lake, "meta"), pytest.raises(AlreadyDelivering), all_stopped(lake, ["email", "meta"], wait_seconds=0):
        pass
