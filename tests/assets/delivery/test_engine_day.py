"""Delivery as a part of the day: assets where policy says where to, a sensor for what was not reached, no sending by rebuilds."""

import shutil

import dagster as dg
import pytest

from assets.definitions import build
from assets.delivery import open as doors
from assets.delivery.day import assets as delivery_assets
from assets.delivery.day import counts, rounds_left, send
from assets.delivery.destination import Answer, Refused, Rejection, Unreached
from assets.delivery.engine import deliver
from assets.delivery.round import Fault
from assets.delivery.told import delivery_rows
from assets.house import PROJECT, House
from tests.assets.delivery.delivery_world import DAY, GROUP, Platform, account, ask, publish

BLOCK = "{kind: folder, address: /nowhere, rate_per_minute: 6000, attempts: 1, first_wait_seconds: 0}"


@pytest.fixture
def platform(monkeypatch):
    one = Platform()
    monkeypatch.setitem(doors.OPENERS, "folder", one)
    monkeypatch.setattr("assets.delivery.plan.FILES", ())
    return one


@pytest.fixture
def house(tmp_path):
    policy = tmp_path / "policy"
    shutil.copytree(PROJECT / "policy", policy)
    place = policy / GROUP / "channels.yaml"
    place.write_text(place.read_text().replace("  pinterest: {", f"  pinterest: {{delivery: {BLOCK}, "))
    publish(tmp_path / "lake", [ask("A", "ann"), ask("B", "bob")])
    return House(group=GROUP, drop=str(tmp_path), lake=str(tmp_path / "lake"), policy=str(policy), delivers=True)


def test_only_platforms_with_a_block_are_delivered_to(house):
    made = build(house)
    keys = {key.to_user_string() for key in made.resolve_asset_graph().get_all_asset_keys()}
    assert {key for key in keys if key.startswith("deliver_")} == {"deliver_pinterest"}
    assert "undelivered" in {one.name for one in made.sensors} and "deliver" in {one.name for one in made.jobs}
    plain = build(house.model_copy(update={"policy": str(PROJECT / "policy")}))
    assert "undelivered" not in {one.name for one in plain.sensors}


def materialize(house, day=DAY):
    partitions = dg.DailyPartitionsDefinition(DAY.isoformat())
    defined = delivery_assets(house, partitions)
    return dg.materialize(defined, partition_key=day.isoformat(), resources={"house": house}, raise_on_error=False)


def test_the_asset_shows_receipts_and_warns_of_what_is_set_aside_without_failing(house, platform):
    platform.script = [Answer("r1", (Rejection("ann", "BAD"),)), Refused("no such list")]
    done = materialize(house)
    assert done.success
    (check,) = done.get_asset_check_evaluations()
    assert not check.passed and check.severity == dg.AssetCheckSeverity.WARN
    (event,) = done.asset_materializations_for_node("deliver_pinterest")
    assert (event.metadata["delivered"].value, event.metadata["refused"].value, event.metadata["rejected"].value) == (1, 1, 1)
    assert delivery_rows(house.tables, DAY) == [
        "sent to pinterest: 1 of 2 bodies delivered, 1 refused, 1 members rejected (no such list)"
    ]
    assert "ann" not in str(event.metadata) and "no such list" in str(event.metadata["receipts"].value)


def test_a_fault_of_ours_is_told_without_its_message_and_fails_no_day(house, platform):
    platform.script = [ValueError("ann@example.com is odd")]
    done = materialize(house)
    assert done.success and not done.get_asset_check_evaluations()[0].passed
    (event,) = done.asset_materializations_for_node("deliver_pinterest")
    told = str(event.metadata["problem"].value)
    assert "ValueError at delivery_world.py" in told and "ann@" not in told


def test_a_house_that_does_not_deliver_sends_nothing(house, platform):
    found = send(house.model_copy(update={"delivers": False}), account(), DAY)
    assert platform.sent == [] and not isinstance(found, Fault) and counts(found)["problem"].startswith("nothing was sent")


def test_what_was_not_reached_is_tried_again_some_rounds_and_a_refusal_is_not(house, platform):
    rules = {"attempts": 1, "retry_rounds": 2}
    lake, where = house.tables, account(**rules)
    assert rounds_left(lake, where, DAY) == 0
    platform.script = [Refused("no"), *[Unreached("HTTP 503")] * 3]
    for tries in (1, 2):
        deliver(lake, where, DAY, {})
        assert rounds_left(lake, where, DAY) == tries
    deliver(lake, where, DAY, {})
    assert rounds_left(lake, where, DAY) == 0


def test_the_sensor_asks_for_a_run_of_what_waits(house, platform):
    made = build(house)
    (sensor,) = [one for one in made.sensors if one.name == "undelivered"]
    with dg.instance_for_test() as instance:
        context = dg.build_sensor_context(instance=instance, definitions=made, resources={"house": house})
        assert "nothing waits" in sensor.evaluate_tick(context).skip_message
        platform.script = [Unreached("HTTP 503")]
        deliver(house.tables, account(attempts=1), DAY, {})
        (request,) = sensor.evaluate_tick(context).run_requests
    assert request.partition_key == DAY.isoformat() and request.run_key == f"{DAY} pinterest 1"
    assert [key.to_user_string() for key in request.asset_selection] == ["deliver_pinterest"]
