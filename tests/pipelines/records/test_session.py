"""Visits of web clients, and the minutes in which a client is faster than people read."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from assets.policy_files import load_policy
from pipelines.records import busy_minute, session
from pipelines.step import Day, Step
from schemas.policy.scoring import BUSY_MINUTE_FROM
from schemas.tables.records import TOUCH
from tests.engines import fresh_engine
from tests.trait_world import frame

AT = datetime(2026, 11, 21, 17, tzinfo=UTC)
POLICY = load_policy("velocity_b")


def made(step: Step, *touches: dict[str, Any]) -> pl.DataFrame:
    engine = fresh_engine()
    rows = [{"touch_id": f"t{n}", "record_id": "web_events:1", "feed": "web_events", "kind": "page_view", **one}
            for n, one in enumerate(touches)]  # fmt: skip
    engine.register("touch", frame(TOUCH, *rows))
    (found,) = step.frames(engine, Day(as_of=date(2026, 11, 22), policy=POLICY, seed="")).values()
    engine.close()
    step.tables[0].schema.validate(found)
    return found


def at(minutes: float, **columns: Any) -> dict[str, Any]:
    return {"occurred_at": AT + timedelta(minutes=minutes), **columns}


def test_the_sites_own_number_makes_a_visit_whatever_the_silence():
    found = made(
        session.STEP,
        at(50, session_id="1.77", source="bing"),
        at(0, session_id="1.77", source="google", rooftop_id="R01"),
        at(2, session_id="1.78", kind="vdp_view"),
    )
    assert found.select("session_id", "started_at", "ended_at", "touches", "vdp_views", "source", "rooftop_id").rows() == [
        ("1.77", AT, AT + timedelta(minutes=50), 2, 0, "google", "R01"),
        ("1.78", AT + timedelta(minutes=2), AT + timedelta(minutes=2), 1, 1, None, None),
    ]


def test_without_a_number_thirty_minutes_of_silence_end_a_visit():
    found = made(session.STEP, at(0), at(30), at(60.01), at(61), at(0, record_id="web_events:2"))
    assert found.select("record_id", "session_id", "touches").rows() == [
        ("web_events:1", "from 2026-11-21T17:00:00.000000Z", 2),
        ("web_events:1", "from 2026-11-21T18:00:00.600000Z", 2),
        ("web_events:2", "from 2026-11-21T17:00:00.000000Z", 1),
    ]


def test_what_is_done_to_people_is_no_visit():
    assert made(session.STEP, at(0, feed="campaign_exposures", kind="exposure")).is_empty()


def test_a_busy_minute_counts_the_vehicle_pages_of_one_client():
    pages = [at(n / 60, kind="vdp_view", vin=f"V{n}") for n in range(BUSY_MINUTE_FROM + 2)]
    assert made(busy_minute.STEP, *pages).rows() == [("web_events:1", date(2026, 11, 21), BUSY_MINUTE_FROM + 2)]
    spread = [at(n, kind="vdp_view") for n in range(BUSY_MINUTE_FROM + 2)]
    assert made(busy_minute.STEP, *spread).is_empty()
