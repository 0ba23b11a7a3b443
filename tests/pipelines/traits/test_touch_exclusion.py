"""Machines and staff are kept out by a rule each, and what they did is counted."""

from datetime import UTC, datetime, timedelta

from pipelines.traits.touch_exclusion import STEP
from tests import trait_world as world
from tests.touch_world import touch_days

AT = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
EXCLUSIONS = world.SCORING.intent.exclusions


def touch(number, record="web_events:c1", days_ago=0, feed="web_events"):
    at = AT - timedelta(days=days_ago)
    return {"touch_id": f"t{number}", "record_id": record, "occurred_at": at, "feed": feed, "kind": "vdp_view"}


def found(engine, *touches, exclusions=None, group=None, **inputs):
    policy = world.policy(intent=world.SCORING.intent.model_copy(update={"exclusions": exclusions or EXCLUSIONS}))
    if group:
        policy = policy.model_copy(update={"group": group})
    rows = world.run(engine, STEP, policy, touch_day=touch_days(*touches), **inputs)
    return {row["record_id"]: (str(row["reason"]), row["touches"], row["largest"]) for row in rows.iter_rows(named=True)}


def test_a_day_of_too_many_touches_is_a_machines(engine):
    busy = EXCLUSIONS.model_copy(update={"max_touches_per_day": 10})
    touches = [touch(n) for n in range(11)] + [touch(n, "web_events:c2") for n in range(10)]
    assert found(engine, *touches, touch(99, days_ago=5), exclusions=busy) == {"web_events:c1": ("too_many_touches", 12, 11)}


def test_a_minute_of_too_many_vehicle_pages_is_a_machines(engine):
    minutes = [{"record_id": "web_events:c1", "local_day": world.AS_OF, "vdp_views": views} for views in (30, 31)]
    assert found(engine, touch(1), busy_minute=minutes[:1]) == {}
    assert found(engine, touch(1), busy_minute=minutes) == {"web_events:c1": ("too_many_views", 1, 31)}
    late = [{**minutes[1], "local_day": world.AS_OF + timedelta(days=1)}]
    assert found(engine, touch(1), busy_minute=late) == {}


def test_staff_and_their_lines_and_devices(engine):
    rooftops = (world.GROUP.rooftops[0].model_copy(update={"phones": ("+17045550101",)}), *world.GROUP.rooftops[1:])
    own = EXCLUSIONS.model_copy(update={"showroom_clients": ("c2",), "own_ip_hashes": ("h1",)})
    records = {
        "w": "web_events:c1",
        "c": "call_tracking:1:caller",
        "d": "web_events:c2",
        "n": "web_events:c3",
        "k": "web_events:c4",
    }
    seen = [
        {"record_id": records["n"], "ip_hash": "h1", "days": 3},
        {"record_id": records["n"], "ip_hash": "h2", "days": 3},
        {"record_id": records["k"], "ip_hash": "h1", "days": 1},
        {"record_id": records["k"], "ip_hash": "h2", "days": 9},
    ]
    reasons = found(
        engine,
        *(touch(n, one) for n, one in enumerate(records.values())),
        exclusions=own,
        group=world.GROUP.model_copy(update={"rooftops": rooftops}),
        member=({"record_id": records["w"], "person_id": "p1"},),
        person=({"person_id": "p1", "is_staff": True},),
        contact_record=({"record_id": records["c"], "feed": "call_tracking", "phones": ["+17045550101"]},),
        web_network=seen,
    )
    assert {record: reason for record, (reason, _, _) in reasons.items()} == {
        records["w"]: "staff",
        records["c"]: "own_phone",
        records["d"]: "showroom_device",
        records["n"]: "own_network",
    }


def test_only_rules_in_force_apply_and_the_first_is_the_reason(engine):
    attachments = ({"record_id": "web_events:c1", "outcome": "shared_device"},)
    assert found(engine, touch(1), web_attachment=attachments) == {}
    rules = EXCLUSIONS.model_copy(update={"rules": ("shared_device", "staff")})
    given = {"member": ({"record_id": "web_events:c1", "person_id": "p1"},), "person": ({"person_id": "p1", "is_staff": True},)}
    assert found(engine, touch(1), exclusions=rules, web_attachment=attachments, **given) == {
        "web_events:c1": ("shared_device", 1, None)
    }
