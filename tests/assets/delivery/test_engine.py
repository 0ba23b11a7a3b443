"""The delivery of one platform: order, retries, refusals, rejections, what is resumed and what is not."""

import pytest

from assets.delivery import open as doors
from assets.delivery.destination import Answer, Refused, Rejection, Unreached
from assets.delivery.engine import deliver
from assets.delivery.facts import member_rows_of, receipts
from assets.delivery.lock import AlreadyDelivering, only_delivery
from assets.delivery.round import deliver_each
from assets.delivery.standing import BeingMade, NoExports, NotNewest, shut
from tests.assets.delivery.delivery_world import DAY, Platform, account, ask, digest, people_of, publish

HOW = {"ann": ("add",), "bob": ("remove",), "cyd": ("remove", "suppressed")}
ASKS = [
    ask("A", "ann"),
    ask("A", "bob", "remove"),
    ask("B", "cyd", "remove", "suppressed"),
    ask("B", "dan"),
    ask("C", "eve", "refresh"),
]


@pytest.fixture
def lake(tmp_path):
    return publish(tmp_path, ASKS)


@pytest.fixture
def platform(monkeypatch):
    one = Platform()
    monkeypatch.setitem(doors.OPENERS, "folder", one)
    monkeypatch.setattr("assets.delivery.plan.FILES", ())
    return one


def test_opt_outs_of_every_cell_go_first_and_other_removals_last(lake, platform):
    platform.holds = {"A": {digest("bob")}, "B": {digest("cyd")}}
    done = deliver(lake, account(), DAY, {})
    assert done.is_complete and platform.closed == 1
    assert [(one.operation, one.cell) for one in platform.sent] == [
        ("remove", "B"),
        ("add", "A"),
        ("add", "B"),
        ("add", "C"),
        ("remove", "A"),
    ]
    assert platform.holds == {"A": {digest("ann")}, "B": {digest("dan")}, "C": {digest("eve")}}
    assert done.drift == {"A": (1, 1), "B": (1, 1), "C": (1, 1)}


def test_opt_outs_of_all_platforms_go_before_anything_else_of_any(tmp_path, platform):
    both = [ask("A", f"{name} {who}", *how, platform=name) for name in ("linkedin", "pinterest") for who, how in HOW.items()]
    seen = []
    platform.send = lambda batch, key: seen.append((batch.platform, batch.operation)) or Answer()
    found = deliver_each(publish(tmp_path, both), [account("linkedin"), account("pinterest")], DAY, {})
    assert all(one.is_complete for one in found)
    assert seen == [
        ("linkedin", "remove"), ("pinterest", "remove"),
        ("linkedin", "add"), ("linkedin", "remove"), ("pinterest", "add"), ("pinterest", "remove"),
    ]  # fmt: skip


def test_who_cannot_be_asked_to_withdraw_people_is_not_asked_to_add_any(tmp_path, platform):
    lake = publish(tmp_path, [ask("A", "ann"), ask("A", "bob", "remove", "suppressed")])
    platform.script = [Unreached("HTTP 503")] * 9
    (found,) = deliver_each(lake, [account(attempts=1, give_up_after=1)], DAY, {})
    assert found.problem.startswith("not reached 1 times") and len(platform.script) == 8


def test_what_was_delivered_is_not_sent_again(lake, platform):
    first = deliver(lake, account(), DAY, {})
    again = deliver(lake, account(), DAY, {})
    assert len(platform.sent) == 5 and again.is_complete
    assert again.journals[0].plan == first.journals[0].plan


def test_a_platform_that_is_not_reached_is_tried_again_with_the_same_key_until_attempts_end(lake, platform):
    platform.script = [Unreached("HTTP 503"), Unreached("HTTP 503")]
    done = deliver(lake, account(attempts=3), DAY, {})
    first = receipts(done.journals[0]).row(0, named=True)
    assert done.is_complete and first["attempts"] == 3 and set(platform.keys.values()) == {1}


def test_who_is_not_reached_waits_and_the_next_call_sends_only_what_is_left(lake, platform):
    platform.script = [None, *[Unreached("HTTP 503")] * 2]
    done = deliver(lake, account(attempts=2), DAY, {})
    assert not done.is_complete and [one.cell for one in done.journals[0].left] == ["A"]
    told = receipts(done.journals[0])
    assert told["status"].to_list() == ["delivered", "set_aside", "delivered", "delivered", "delivered"]
    assert told.row(1, named=True)["reason"] == "HTTP 503"
    assert deliver(lake, account(), DAY, {}).is_complete and len(platform.sent) == 5


def test_a_dead_platform_is_given_up_after_some_bodies(lake, platform):
    platform.script = [Unreached("timeout")] * 100
    done = deliver(lake, account(attempts=2, give_up_after=2), DAY, {})
    assert done.problem.startswith("not reached 2 times in a row (timeout)") and len(platform.script) == 96


def test_a_refusal_is_never_tried_again_and_the_others_go_on(lake, platform):
    platform.script = [None, Refused("INVALID_LIST")]
    done = deliver(lake, account(), DAY, {})
    told = receipts(done.journals[0])
    assert told["status"].to_list() == ["delivered", "refused", "delivered", "delivered", "delivered"]
    assert told["attempts"].to_list() == [1] * 5 and told["reason"].to_list()[1] == "INVALID_LIST"
    assert people_of(member_rows_of(done.journals[0])) == ["bob", "cyd", "dan", "eve"]


def test_a_wait_that_the_platform_asks_for_is_kept_or_the_body_is_left_for_later(lake, platform):
    platform.script = [Unreached("HTTP 429", after=0.3)]
    assert deliver(lake, account(longest_wait_seconds=1), DAY, {}).is_complete
    platform.keys.clear()


def test_a_platform_that_asks_for_too_much_patience_is_left_for_later(lake, platform):
    platform.script = [Unreached("HTTP 429", after=3600.0)]
    done = deliver(lake, account(longest_wait_seconds=1), DAY, {})
    assert receipts(done.journals[0])["attempts"].to_list()[0] == 1 and not done.is_complete


def test_a_rejected_member_does_not_fail_the_body(tmp_path, platform):
    lake = publish(tmp_path, [ask("A", "ann"), ask("A", "bob"), ask("A", "cyd")])
    platform.script = [Answer("r1", (Rejection("bob", "INVALID_EMAIL"),))]
    done = deliver(lake, account(), DAY, {})
    (told,) = receipts(done.journals[0]).to_dicts()
    assert (told["status"], told["members"], told["accepted"], told["rejected"], told["request_id"]) == (
        "delivered",
        3,
        2,
        1,
        "r1",
    )
    members = {row["person_id"]: (row["outcome"], row["reason"]) for row in member_rows_of(done.journals[0]).to_dicts()}
    assert members == {"ann": ("confirmed", None), "bob": ("rejected", "INVALID_EMAIL"), "cyd": ("confirmed", None)}


class Picky(Platform):
    """Refuses a whole body where it finds somebody bad in it, and does not say whom."""

    def __init__(self, bad):
        super().__init__()
        self.bad, self.asked = bad, 0

    def send(self, batch, key):
        self.asked += 1
        if set(batch.members) & self.bad:
            raise Refused("INVALID_ARGUMENT", may_be_members=True)
        return super().send(batch, key)


@pytest.mark.parametrize("bad", [1, 3])
def test_few_bad_members_who_are_not_named_do_not_fail_a_body(tmp_path, monkeypatch, bad):
    people = [f"p{number:03d}" for number in range(200)]
    one = Picky(set(people[7 : 7 + 60 * bad : 60]))
    monkeypatch.setitem(doors.OPENERS, "folder", one)
    monkeypatch.setattr("assets.delivery.plan.FILES", ())
    lake = publish(tmp_path, [ask("A", person) for person in people])
    done = deliver(lake, account(), DAY, {})
    assert done.is_complete and one.asked <= 2 * 8 * bad + 1
    assert one.holds["A"] == {digest(person) for person in people if person not in one.bad}
    (told,) = receipts(done.journals[0]).to_dicts()
    assert (told["status"], told["accepted"], told["rejected"]) == ("delivered", 200 - bad, bad)
    rows = member_rows_of(done.journals[0])
    assert set(rows.filter(rows["outcome"] == "rejected")["person_id"]) == one.bad
    assert max(one.keys.values()) == 1


def test_parts_that_arrived_before_a_cut_make_the_rest_unknown_and_begin_again_under_the_same_keys(tmp_path, monkeypatch):
    people = [f"p{number:03d}" for number in range(40)]
    one = Picky({people[0]})
    one.script = [None, Unreached("HTTP 503")]
    monkeypatch.setitem(doors.OPENERS, "folder", one)
    monkeypatch.setattr("assets.delivery.plan.FILES", ())
    lake = publish(tmp_path, [ask("A", person) for person in people])
    done = deliver(lake, account(attempts=1), DAY, {})
    assert receipts(done.journals[0])["is_unknown"].to_list() == [True] and len(one.holds["A"]) == 20
    assert set(member_rows_of(done.journals[0])["outcome"]) == {"unknown"}
    assert deliver(lake, account(), DAY, {}).is_complete and len(one.holds["A"]) == 39
    assert max(one.keys.values()) == 2, "the part that had arrived came again under its key"


def test_a_body_that_is_wrong_itself_is_given_up_soon(tmp_path, monkeypatch):
    people = [f"p{number:03d}" for number in range(200)]
    one = Picky(set(people))
    monkeypatch.setitem(doors.OPENERS, "folder", one)
    monkeypatch.setattr("assets.delivery.plan.FILES", ())
    done = deliver(publish(tmp_path, [ask("A", person) for person in people]), account(), DAY, {})
    assert receipts(done.journals[0])["status"].to_list() == ["refused"] and one.asked == 7


@pytest.mark.parametrize("can_settle", [True, False])
def test_a_lost_answer_is_asked_for_before_anything_is_sent_again(lake, platform, can_settle):
    platform.can_settle = can_settle
    platform.script = [Unreached("cut", is_unknown=True)]
    done = deliver(lake, account(), DAY, {})
    assert done.is_complete and max(platform.keys.values()) == (1 if can_settle else 2)


def test_who_may_have_been_told_is_unknown_until_it_is_settled(tmp_path, platform):
    lake = publish(tmp_path, [ask("A", "ann")])
    platform.script, platform.can_settle = [Unreached("cut", is_unknown=True), Unreached("HTTP 503")], False
    done = deliver(lake, account(attempts=2), DAY, {})
    (row,) = member_rows_of(done.journals[0]).to_dicts()
    assert (row["outcome"], receipts(done.journals[0])["is_unknown"].to_list()) == ("unknown", [True])


def test_changed_exports_are_planned_anew_without_those_who_were_told(tmp_path, platform):
    lake = publish(tmp_path, [ask("A", "ann"), ask("B", "bob")])
    platform.script = [None, Refused("no")]
    deliver(lake, account(), DAY, {})
    done = deliver(lake, account(audience_ids={"B": "77"}), DAY, {})
    assert done.is_complete and done.journals[0].plan.number == 2
    assert [(one.cell, one.members, "77" in one.request) for one in platform.sent] == [
        ("A", ("ann",), False),
        ("B", ("bob",), True),
    ]


def test_a_resync_sends_the_changes_first_and_then_everything(tmp_path, platform):
    keep = ask("A", "old", "refresh")
    lake = publish(tmp_path, [ask("A", "ann"), ask("A", "bob", "remove")], keeps=[keep])
    done = deliver(lake, account(), DAY, {}, is_resync=True)
    assert [one.plan.mode for one in done.journals] == ["changes", "resync"] and done.is_complete
    assert [(one.operation, one.members) for one in platform.sent] == [
        ("add", ("ann",)),
        ("remove", ("bob",)),
        ("replace", ("ann", "old")),
    ]
    assert platform.holds["A"] == {digest("ann"), digest("old")}


def test_only_the_newest_day_is_delivered_and_not_while_it_is_made(lake, platform, tmp_path):
    with pytest.raises(NoExports, match="newest day with exports is 2026-11-21"):
        deliver(lake, account(), DAY.replace(day=20), {})
    shut(lake, DAY)
    with pytest.raises(BeingMade):
        deliver(lake, account(), DAY, {})
    publish(tmp_path, ASKS)
    assert deliver(lake, account(), DAY, {}).is_complete
    publish(tmp_path, ASKS, DAY.replace(day=22))
    with pytest.raises(NotNewest, match="Deliver 2026-11-22"):
        deliver(lake, account(), DAY, {})
    shut(lake, DAY.replace(day=23))
    with pytest.raises(BeingMade, match="2026-11-23"):
        deliver(lake, account(), DAY.replace(day=22), {})


def test_two_deliveries_of_a_platform_never_run_at_once(lake, platform):
    with only_delivery(lake, "pinterest"), pytest.raises(AlreadyDelivering):
        deliver(lake, account(), DAY, {})
    assert deliver(lake, account(), DAY, {}).is_complete


def test_a_day_that_is_too_old_only_withdraws_people(lake, platform):
    done = deliver(lake, account(max_age_days=0), DAY, {})
    assert {one.operation for one in platform.sent} == {"remove"} and len(platform.sent) == 2
    assert done.problem.startswith("3 bodies that add people wait: the day is too old to say who opted out")
    assert deliver(lake, account(), DAY, {}).is_complete and len(platform.sent) == 5


def test_switched_off_sends_nothing_and_a_missing_secret_is_named_without_its_value(lake, platform):
    assert "is_on is false" in deliver(lake, account(is_on=False), DAY, {}).problem
    done = deliver(lake, account(secrets={"token": "PIN_TOKEN"}), DAY, {"OTHER": "x"})
    assert "environment variable PIN_TOKEN, which is not set" in done.problem and platform.sent == []
