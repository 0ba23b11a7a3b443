"""A daily update is the full computation: day after day, touches counted on the day of their delivery give the rows, to the byte,
that the whole history counted at once gives."""

from datetime import timedelta

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.traits import intent
from schemas.policy.scoring import SourceCap
from schemas.tables.touches import TOUCH_DAY
from tests import trait_world as world
from tests.engines import fresh_engine
from tests.pipelines.traits.test_intent import made, touch
from tests.touch_world import touch_days

MEMBERS = tuple({"record_id": f"web_events:c{n}", "person_id": f"p{n // 2}"} for n in range(4))
CAPS = {"web_events": SourceCap(per_day=30, in_all=60), "shopping_signals": SourceCap(per_day=9, in_all=20)}
LOOKS = (
    {},
    {"make": "Acura", "vin": "V1"},
    {"make": "Kia", "model": "Rio", "vin": "V2"},
    {"make": "Kia", "model": "Rio", "vin": "V3"},
)
KINDS = ("vdp_view", "third_party_vdp", "payment_tool", "form_sales", "lead", "page_view")
DELIVERED = st.tuples(
    st.sampled_from([0, 1, 2, 29, 30, 31, 88, 89, 90, 91]),  # days before delivery: late events, and the ends of both windows
    st.integers(0, 3),  # day of delivery
    st.sampled_from(KINDS),
    st.integers(0, 3),  # web client
    st.integers(0, len(LOOKS) - 1),
    st.integers(1, 4),  # touches of the same thing
)


def rows(number, before, delivered, kind, client, looks, count):
    feed = {"third_party_vdp": "shopping_signals", "lead": "crm_leads"}.get(kind, "web_events")
    told = {"kind": kind, "feed": feed, "source": "A", "record_id": f"web_events:c{client}", **LOOKS[looks]}
    return [touch(number * 10 + one, before - delivered, **told) for one in range(count)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(DELIVERED, max_size=20))
def test_every_days_update_is_the_full_computation_to_the_byte(drawn):
    days: list[list[dict]] = [[], [], [], []]
    for number, (before, delivered, *what) in enumerate(drawn):
        days[delivered] += rows(number, before, delivered, *what)
    policy = world.policy(intent=world.SCORING.intent.model_copy(update={"source_caps": CAPS}))
    engine = fresh_engine()
    state = [world.frame(TOUCH_DAY)]
    for number, delivered in enumerate(days):
        as_of = world.AS_OF + timedelta(days=number)
        state.append(touch_days(*delivered))
        update = made(engine, pl.concat(state), as_of, MEMBERS, policy)
        full = made(engine, touch_days(*(one for day in days[: number + 1] for one in day)), as_of, MEMBERS, policy)
        assert all(update[name].equals(full[name]) for name in full)
    engine.close()


def test_how_many_people_are_worked_out_at_a_time_changes_nothing(engine, monkeypatch):
    drawn = [(n % 90, 0, KINDS[n % 6], n % 4, n % 4, 1 + n % 3) for n in range(60)]
    touches = touch_days(
        *(one for number, (before, delivered, *what) in enumerate(drawn) for one in rows(number, before, delivered, *what))
    )
    at_once = made(engine, touches, members=MEMBERS)
    monkeypatch.setattr(intent, "SLAB_TOUCHES", 1)
    one_by_one = made(engine, touches, members=MEMBERS)
    assert at_once["intent"]["person_id"].n_unique() == 2
    assert all(at_once[name].equals(one_by_one[name]) for name in at_once)
