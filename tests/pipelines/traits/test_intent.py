"""Intent: points worked out by hand, and what must hold for any touches."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.traits.intent import STEP
from tests import trait_world as world
from tests.engines import fresh_engine
from tests.touch_world import touch_days

MEMBERS = ({"record_id": "web_events:c1", "person_id": "p1"}, {"record_id": "adf:7:lead", "person_id": "p1"})
NOON = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)  # noon in New York


def touch(number, days_ago=0, **columns):
    given_columns = {"touch_id": f"t{number:05}", "occurred_at": NOON - timedelta(days=days_ago), "feed": "web_events"}
    return {**given_columns, "record_id": "web_events:c1", "kind": "vdp_view", **columns}


def scores(engine, touches, as_of=world.AS_OF):
    rows = made(engine, touches, as_of=as_of)["intent"]
    return {row["brand"]: row for row in rows.iter_rows(named=True)}


def made(engine, touches, as_of=world.AS_OF, members=MEMBERS, policy=None, **inputs):
    days = touches if isinstance(touches, pl.DataFrame) else touch_days(*touches)
    world.register(engine, STEP, touch_day=days, member=members, **inputs)
    return world.built(engine, STEP, policy or world.policy(), as_of)


def test_points_fade_by_half_in_a_half_life(engine):
    row = scores(engine, [touch(1, days_ago=14, kind="payment_tool"), touch(2, days_ago=30, kind="form_sales")])["all"]
    assert row["score"] == 30.0
    assert (row["tier"], row["top_driver"], row["top_driver_share"]) == ("warm", "form_sales", round(2 / 3, 6))
    assert (row["first_touch_on"], row["last_touch_on"]) == (date(2026, 10, 22), date(2026, 11, 7))


def test_a_day_of_one_kind_is_capped_before_it_fades(engine):
    row = scores(engine, [touch(n, days_ago=14) for n in range(9)])["all"]
    assert row["score"] == 7.5  # 9 views at 3 points are capped at 15, then halved
    assert (row["touches_30d"], row["active_days_30d"], row["vdp_views_30d"]) == (9, 1, 9)


def test_the_cap_is_per_day(engine):
    touches = [touch(n, days_ago=n % 2 * 14, kind="form_sales") for n in range(6)]
    assert scores(engine, touches)["all"]["score"] == pytest.approx(40 + 40 * 0.5 ** (14 / 30), abs=1e-6)


def test_the_same_vehicle_on_another_day_earns_a_bonus_once(engine):
    one_day = [touch(1, vin="V1"), touch(2, vin="V1")]
    assert scores(engine, one_day)["all"]["score"] == 6.0
    days = [touch(1, vin="V1"), touch(2, days_ago=14, vin="V1"), touch(3, days_ago=14, vin="V2")]
    assert scores(engine, days)["all"]["score"] == 3 + 6 * 0.5 + 5


def test_a_touch_counts_for_the_brand_of_its_make_else_of_its_rooftop(engine):
    touches = [
        touch(1, kind="form_sales", make="Acura", rooftop_id="R02"),  # an Acura on the Kia site
        touch(2, kind="payment_tool", rooftop_id="R03"),
        touch(3, make="Toyota", rooftop_id="R03"),  # not ours to sell new
        touch(4, kind="call_sales"),
    ]
    found = {brand: row["score"] for brand, row in scores(engine, touches).items()}
    assert found == {"all": 88.0, "lux": 40.0, "vol": 20.0}


def test_a_form_and_the_lead_it_became_are_one_act(engine):
    form = touch(1, kind="form_sales", rooftop_id="R03")
    lead = touch(2, kind="lead", record_id="adf:7:lead", rooftop_id="R03", occurred_at=NOON + timedelta(minutes=4))
    row = scores(engine, [form, lead])["all"]
    assert (row["score"], row["forms_30d"], row["top_driver"]) == (40.0, 1, "form_sales")
    elsewhere = {**lead, "rooftop_id": "R02"}
    yesterday = {**lead, "occurred_at": NOON - timedelta(days=1)}
    bought_in = {**lead, "kind": "lead_third_party"}
    for other in (elsewhere, yesterday, bought_in):
        assert scores(engine, [form, other])["all"]["forms_30d"] == 2
    service = touch(3, kind="form_service", rooftop_id="R03")
    assert scores(engine, [service, lead])["all"]["score"] == 40.0


def test_tiers_begin_at_their_threshold(engine):
    assert scores(engine, [touch(1, kind="payment_tool")])["all"]["tier"] == "warm"
    hot = [touch(1, kind="payment_tool"), touch(2, kind="form_sales")]
    assert (scores(engine, hot)["all"]["score"], scores(engine, hot)["all"]["tier"]) == (60.0, "hot")
    assert scores(engine, [touch(1)])["all"]["tier"] == "cold"


def test_days_are_those_of_the_group_not_of_utc(engine):
    late = datetime(2026, 11, 22, 4, 59, tzinfo=UTC)  # one minute before midnight in New York
    row = scores(engine, [touch(1, occurred_at=late)])["all"]
    assert (row["score"], row["last_touch_on"]) == (3.0, world.AS_OF)
    assert scores(engine, [touch(1, occurred_at=late + timedelta(minutes=1))]) == {}


def test_days_stay_whole_when_the_clocks_change(engine):
    summer = datetime(2026, 11, 1, 4, 30, tzinfo=UTC)  # 0:30 on the day on which summer time ends
    row = scores(engine, [touch(1, occurred_at=summer), touch(2, occurred_at=summer + timedelta(hours=24))])["all"]
    assert (row["active_days_30d"], row["first_touch_on"], row["last_touch_on"]) == (1, date(2026, 11, 1), date(2026, 11, 1))


def test_window_ends_after_its_days(engine):
    assert scores(engine, [touch(1, days_ago=89)]) != {}
    assert scores(engine, [touch(1, days_ago=90)]) == {}


def test_counts_by_kind(engine):
    touches = [
        touch(1, kind="call_sales"),
        touch(2, kind="lead_third_party", record_id="adf:7:lead", feed="crm_leads"),
        touch(3, kind="third_party_vdp"),
        touch(4, kind="payment_tool", days_ago=29),
        touch(5, kind="payment_tool", days_ago=30),
        touch(6, kind="page_view"),
    ]
    row = scores(engine, touches)["all"]
    found = {name: row[name] for name in ("calls_30d", "forms_30d", "third_party_30d", "vdp_views_30d", "payment_tool_30d")}
    assert found == {"calls_30d": 1, "forms_30d": 1, "third_party_30d": 2, "vdp_views_30d": 1, "payment_tool_30d": 1}
    assert row["touches_30d"] == 4  # page views carry no points


def test_nothing_that_scores_is_no_row(engine):
    assert (
        scores(engine, [touch(1, kind="page_view"), touch(2, kind="exposure"), touch(3, record_id="web_events:stranger")]) == {}
    )


def test_what_is_excluded_does_not_count(engine):
    lead = touch(9, kind="lead_third_party", record_id="adf:7:lead", feed="crm_leads")
    excluded = ({"record_id": "web_events:c1", "reason": "too_many_touches", "touches": 1},)
    found = made(engine, [touch(1), lead], touch_exclusion=excluded)["intent"]
    assert found.select("brand", "score").rows() == [("all", 35.0)]


def test_order_of_rows_does_not_matter(engine):
    touches = [touch(n, days_ago=n % 17, kind=kind, vin=f"V{n % 3}") for n in range(60) for kind in ("vdp_view", "payment_tool")]
    touches = [{**row, "touch_id": f"t{n}"} for n, row in enumerate(touches)]
    assert scores(engine, touches) == scores(engine, touches[::-1])


TOUCHES = st.lists(
    st.tuples(
        st.integers(0, 95), st.sampled_from(sorted(world.SCORING.intent.weights)), st.sampled_from([None, "V1", "V2"]),
        st.sampled_from([None, "Acura", "Kia", "BMW"]),
    ),
    min_size=1, max_size=30,
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TOUCHES)
def test_more_touches_never_make_less_intent_and_a_day_is_worth_no_more_than_its_caps(listed):
    engine = fresh_engine()
    touches = [touch(n, days_ago=d, kind=k, vin=v, make=m) for n, (d, k, v, m) in enumerate(listed)]
    more, less = scores(engine, touches), scores(engine, touches[:-1])
    engine.close()
    assert all(row["score"] >= 0 for row in more.values())
    assert all(more[brand]["score"] >= row["score"] for brand, row in less.items())
    weights = world.SCORING.intent.weights
    limit = sum(weights[kind].cap_per_day for _, kind in {(d, k) for d, k, _, _ in listed}) + 2 * 5
    assert all(row["score"] <= limit for row in more.values())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TOUCHES, st.integers(1, 400))
def test_what_is_dated_after_the_day_does_not_matter(listed, days_later):
    engine = fresh_engine()
    touches = [touch(n, days_ago=d, kind=k, vin=v, make=m) for n, (d, k, v, m) in enumerate(listed)]
    later = [{**row, "touch_id": f"x{n}", "occurred_at": NOON + timedelta(days=days_later)} for n, row in enumerate(touches)]
    assert scores(engine, touches) == scores(engine, touches + later)
    engine.close()
