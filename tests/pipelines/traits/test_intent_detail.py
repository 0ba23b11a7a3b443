"""Drivers, dimensions, caps per source, and a state made day by day: what a score is made of, however its touches came."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.traits.intent import STEP
from schemas.policy.scoring import SourceCap
from schemas.tables.touches import TOUCH_DAY
from schemas.vocabulary_touch import TOUCH_KINDS, TOUCH_NOUNS
from tests import trait_world as world
from tests.engines import fresh_engine
from tests.touch_world import touch_days

MEMBERS = ({"record_id": "web_events:c1", "person_id": "p1"}, {"record_id": "s:1", "person_id": "p1"})
NOON = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)  # noon in New York


def touch(number, days_ago=0, **columns):
    given_columns = {"touch_id": f"t{number:05}", "occurred_at": NOON - timedelta(days=days_ago), "feed": "web_events"}
    return {**given_columns, "record_id": "web_events:c1", "kind": "vdp_view", **columns}


def signal(number, provider, **columns):
    return touch(number, feed="shopping_signals", record_id="s:1", kind="third_party_vdp", source=provider, **columns)


def made(engine, touches, caps=None, **intent):
    days = touches if isinstance(touches, pl.DataFrame) else touch_days(*touches)
    world.register(engine, STEP, touch_day=days, member=MEMBERS)
    changed = world.SCORING.intent.model_copy(update={**intent, "source_caps": caps or {}})
    return world.built(engine, STEP, world.policy(intent=changed))


def score(frames, brand="all"):
    return frames["intent"].filter(pl.col("brand") == brand)["score"].item()


def test_drivers_say_in_a_sentence_what_adds_up_to_the_score(engine):
    uses = [touch(n, days_ago=n, kind="payment_tool") for n in (0, 13)]
    frames = made(engine, [*uses, touch(2, kind="form_sales"), touch(3, vin="V1"), touch(4, days_ago=14, vin="V1")])
    drivers = frames["intent_driver"].filter(pl.col("brand") == "all")
    assert drivers["points"].sum() == pytest.approx(score(frames), abs=1e-9)
    assert drivers.select("kind", "touches", "sentence").rows() == [
        ("form_sales", 1, "1 sales form today: 40 of 80 points"),
        ("payment_tool", 2, "2 payment calculator uses in 14 days: 31 of 80 points"),
        ("repeat_view", 1, "1 vehicle seen again on another day today: 5 of 80 points"),
        ("vdp_view", 2, "2 vehicle pages in 15 days: 5 of 80 points"),
    ]


def test_a_source_has_a_cap_on_a_day(engine):
    touches = [signal(1, "A"), signal(2, "A"), signal(3, "B"), touch(4)]  # 8 of A, 4 of B, 3 of our site
    caps = {"shopping_signals": SourceCap(per_day=6, in_all=100)}
    assert score(made(engine, touches)) == 15.0
    assert score(made(engine, touches, caps)) == 6 + 4 + 3
    yesterday = [*touches, signal(5, "A", days_ago=1)]
    assert score(made(engine, yesterday, caps)) == pytest.approx(13 + 4 * 0.5 ** (1 / 14), abs=1e-6)


def test_a_source_has_a_cap_in_all(engine):
    touches = [signal(n, "A", days_ago=n) for n in range(20)]
    caps = {"shopping_signals": SourceCap(per_day=100, in_all=10)}
    assert score(made(engine, [*touches, touch(90)], caps)) == pytest.approx(13, abs=1e-4)


def test_providers_share_the_cap_of_a_kind(engine):
    touches = [signal(n, "AB"[n % 2]) for n in range(10)]  # 40 points, capped at 16
    assert score(made(engine, touches)) == 16.0
    assert score(made(engine, touches, {"shopping_signals": SourceCap(per_day=5, in_all=100)})) == 10.0


def test_dimensions_share_the_points(engine):
    looks = {"make": "Kia", "model": "Rio", "body_style": "sedan", "condition": "used"}
    frames = made(
        engine,
        [
            touch(1, **looks, price=Decimal(19999)),
            touch(2, **looks, price=Decimal(20000)),
            touch(3, make="Acura", model="MDX", body_style="suv", condition="new", price=Decimal(61000)),
            touch(4),
        ],
    )
    assert frames["intent_dimension"].select("dimension", "value", "points", "share").rows() == [
        ("body_style", "sedan", 6.0, 0.666667),
        ("body_style", "suv", 3.0, 0.333333),
        ("condition", "new", 3.0, 0.333333),
        ("condition", "used", 6.0, 0.666667),
        ("make", "Acura", 3.0, 0.333333),
        ("make", "Kia", 6.0, 0.666667),
        ("model", "Acura MDX", 3.0, 0.333333),
        ("model", "Kia Rio", 6.0, 0.666667),
        ("price_band", "10000", 3.0, 0.333333),
        ("price_band", "20000", 3.0, 0.333333),
        ("price_band", "60000", 3.0, 0.333333),
    ]


def test_a_lead_soon_after_midnight_is_the_form_of_the_evening(engine):
    form = touch(1, kind="form_sales", occurred_at=datetime(2026, 11, 21, 4, 58, tzinfo=UTC), rooftop_id="R03")  # 23:58
    lead = touch(2, kind="lead", feed="crm_leads", record_id="s:1", rooftop_id="R03")
    after = {"occurred_at": datetime(2026, 11, 21, 5, 3, tzinfo=UTC)}  # 0:03 of the next day
    later = {"occurred_at": datetime(2026, 11, 21, 8, 0, tzinfo=UTC)}
    forms = [made(engine, [form, {**lead, **at}])["intent"].row(0, named=True)["forms_30d"] for at in (after, later)]
    assert forms == [1, 2]


DRAWN = st.lists(
    st.tuples(
        st.integers(0, 95), st.sampled_from(["vdp_view", "lead", "form_sales", "third_party_vdp", "payment_tool"]),
        st.sampled_from([None, "V1", "V2"]), st.sampled_from([None, "Acura", "BMW"]), st.sampled_from("AB"), st.integers(0, 3),
    ),
    max_size=25,
)  # fmt: skip
CAPS = {"web_events": SourceCap(per_day=30, in_all=60), "shopping_signals": SourceCap(per_day=9, in_all=20)}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DRAWN)
def test_days_of_delivery_make_the_same_tables_to_the_byte_and_drivers_add_up(drawn):
    touches = [
        (signal(n, source, days_ago=d, vin=v, make=m) if k == "third_party_vdp" else touch(n, d, kind=k, vin=v, make=m), late)
        for n, (d, k, v, m, source, late) in enumerate(drawn)
    ]
    engine = fresh_engine()
    at_once = made(engine, [one for one, _ in touches], CAPS)
    parts = [touch_days(*(one for one, late in touches if late == day)) for day in (3, 1, 0, 2)]
    by_day = made(engine, pl.concat([world.frame(TOUCH_DAY), *parts]), CAPS)
    engine.close()
    assert all(at_once[name].equals(by_day[name]) for name in at_once)
    keys = ["person_id", "brand"]
    sums = at_once["intent_driver"].group_by(keys).agg(pl.sum("points"))
    for row in at_once["intent"].join(sums, on=keys, how="left").iter_rows(named=True):
        assert row["score"] == pytest.approx(row["points"] or 0.0, abs=1e-9)


def test_every_kind_has_words():
    assert set(TOUCH_NOUNS) == {*TOUCH_KINDS, "repeat_view"}
