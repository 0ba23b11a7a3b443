"""touch_day: touches counted by record, local day and thing; how they were delivered does not matter to any sum."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.policy_files import load_policy
from pipelines.records.touch_day import STEP
from pipelines.step import Day
from schemas.tables.records import TOUCH
from schemas.tables.touches import TOUCH_DAY
from tests.engines import fresh_engine
from tests.trait_world import frame

LATE = datetime(2026, 11, 22, 4, 59, 59, tzinfo=UTC)  # one second before midnight in New York
POLICY = load_policy("velocity_b")
THING = [name for name in TOUCH_DAY.schema.column_names() if name not in ("touches", "first_minute", "last_minute")]


def counted(*touches: dict) -> pl.DataFrame:
    engine = fresh_engine()
    rows = [{"touch_id": f"t{n}", "record_id": "web_events:1", "feed": "web_events", "kind": "vdp_view", **one}
            for n, one in enumerate(touches)]  # fmt: skip
    engine.register("touch", frame(TOUCH, *rows))
    (made,) = STEP.frames(engine, Day(as_of=date(2026, 11, 22), policy=POLICY, seed="")).values()
    engine.close()
    TOUCH_DAY.schema.validate(made)
    return made


def test_the_same_thing_on_the_same_day_is_one_row():
    made = counted({"occurred_at": LATE}, {"occurred_at": LATE - timedelta(hours=2)}, {"occurred_at": LATE, "vin": "V1"})
    assert sorted(made.select("touches", "vin", "first_minute", "last_minute").rows()) == [
        (1, "V1", 1439, 1439),
        (2, None, 1319, 1439),
    ]


def test_a_day_is_that_of_the_group_also_when_the_clocks_change():
    starts = datetime(2026, 11, 1, 4, tzinfo=UTC)  # midnight of the day on which summer time ends; it has 25 hours
    moments = [LATE, LATE + timedelta(seconds=1), starts, starts + timedelta(hours=24, minutes=59), starts + timedelta(hours=25)]
    made = counted(*({"occurred_at": at} for at in moments))
    assert made.select("local_day", "touches").rows() == [
        (date(2026, 11, 1), 2),
        (date(2026, 11, 2), 1),
        (date(2026, 11, 21), 1),
        (date(2026, 11, 22), 1),
    ]


TOUCH_LISTS = st.lists(
    st.tuples(st.integers(0, 96), st.sampled_from(["vdp_view", "lead"]), st.sampled_from([None, "V1"]), st.integers(0, 3)),
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TOUCH_LISTS)
def test_days_of_delivery_add_up_to_all_at_once(drawn):
    touches = [({"occurred_at": LATE - timedelta(hours=h), "kind": kind, "vin": vin}, late) for h, kind, vin, late in drawn]
    days = [counted(*(one for one, late in touches if late == day)) for day in range(4)]
    sums = [pl.sum("touches"), pl.min("first_minute"), pl.max("last_minute")]
    split = pl.concat(days).group_by(THING).agg(sums).sort(THING)
    assert split.equals(counted(*(one for one, _ in touches)).sort(THING))
