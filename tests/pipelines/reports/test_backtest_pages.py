import re
from datetime import date, timedelta

import polars as pl
import pytest
from lxml import html

from pipelines.measurement.backtest_audience import CAUGHT_SCHEMA, RATE_SCHEMA
from pipelines.measurement.backtest_estimate import CURVE_SCHEMA, RESULT_SCHEMA
from pipelines.measurement.backtest_result import AudienceBacktest, TriggerBacktest
from pipelines.reports.backtest_audience_page import audience_backtest_page
from pipelines.reports.backtest_charts import Lift, forest
from pipelines.reports.backtest_page import trigger_page

DAYS = (date(2026, 5, 1), date(2026, 5, 8))


def filled(schema, **given):
    return {name: given.get(name) for name in schema}


def result(outcome, days, verdict="given", **figures):
    counts = {
        "fired_people": 100,
        "matched_people": 900,
        "fired_with_outcome": 30,
        "matched_with_outcome": 90,
        "censored_people": 0,
    }
    known = {
        "fired_rate": 0.3,
        "matched_rate": 0.1,
        "difference": 0.2,
        "difference_low": 0.12,
        "difference_high": 0.29,
        "lift": 3.0,
    }
    known |= {"lift_low": 2.1, "lift_high": 4.2, "fired_rate_low": 0.22, "fired_rate_high": 0.39}
    given = known if verdict == "given" else {}
    return filled(RESULT_SCHEMA, outcome=outcome, horizon_days=days, verdict=verdict, **counts, **(given | figures))


@pytest.fixture
def trigger():
    rows = [
        result("bought_here", 30),
        result("bought_elsewhere", 30, "too few with the outcome"),
        result("serviced", 30, lift=0.5, lift_low=0.3, lift_high=float("inf")),
        result("lead", 30, "horizon not over"),
    ]
    curve = [("bought_here", side, day, day / 100, day / 200, day / 50) for side in ("fired", "matched") for day in range(31)]
    balance = {
        "figure": ["held_months"],
        "fired": [30.0],
        "others": [20.0],
        "matched": [29.0],
        "gap_before": [1.0],
        "gap_after": [0.1],
    }
    return TriggerBacktest(
        trigger="lease_end",
        title="Lease ends <soon>",
        days=DAYS,
        kinds=("own", "reconstructed"),
        last_day=DAYS[1] + timedelta(40),
        new_only=False,
        place="brand",
        policy_hash="a" * 64,
        results=pl.DataFrame(rows, schema=RESULT_SCHEMA, orient="row"),
        curves=pl.DataFrame(curve, schema=CURVE_SCHEMA, orient="row"),
        balance=pl.DataFrame(balance),
        funnel=(("people counted", 100), ("  left out: staff or a business", 3)),
    )


def opened(text):
    page = html.fromstring(text)
    assert not re.findall(r'(?:src|href)="(?!#)', text)  # nothing is loaded from anywhere
    return page


def test_the_page_of_a_trigger_says_the_lift_and_why_there_is_none(trigger):
    text = trigger_page("A group", trigger)
    page = opened(text)
    words = " ".join(page.text_content().split())
    assert "Lease ends <soon>" in words
    assert "&lt;soon&gt;" in text
    assert "3.00 (2.10 to 4.20)" in words
    assert "too few with the outcome" in words
    assert "horizon not over" in words
    assert "truly known then" in words
    assert "at the same brand" in words
    assert len(page.xpath("//svg")) == 2  # the forest, and the one curve that there is
    assert [one.get("class") for one in page.xpath("//section//h2")] == [None] * 5


def test_a_forest_goes_as_far_as_its_intervals_and_ends_in_an_arrow_where_they_go_on():
    near = str(forest([Lift("one", 1.5, 1.1, 1.9, "")], "t"))
    far = str(forest([Lift("one", 900.0, 0.001, float("inf"), "")], "t"))
    assert "2×" in near and "4×" not in near
    assert near.count("<path") == 0
    assert far.count("<path") == 2
    assert "<circle" not in str(forest([Lift("one", None, None, None, "too few people")], "t"))


def test_the_page_of_an_audience_says_what_it_caught_and_its_cells():
    rates = [
        filled(
            RATE_SCHEMA,
            cell=cell,
            outcome="booked",
            horizon_days=30,
            verdict="given",
            member_people=60,
            outside_people=500,
            members_with_outcome=20,
            member_rate=0.33,
            member_rate_low=0.2,
            member_rate_high=0.4,
            outside_rate=0.02,
            lift=16.0,
            lift_low=9.0,
            lift_high=25.0,
        )
        for cell in ("all cells", "VAG_LS_LUX_R01")
    ]
    caught = [
        filled(
            CAUGHT_SCHEMA,
            cell=cell,
            outcome="booked",
            verdict="given",
            people=96,
            caught_people=31,
            share=31 / 96,
            share_low=0.24,
            share_high=0.42,
            days_early_q1=5.0,
            days_early_median=10.0,
            days_early_q3=15.0,
            began_before=2,
        )
        for cell in ("all cells", "VAG_LS_LUX_R01")
    ]
    found = AudienceBacktest(
        audience="loyalty_service_due",
        title="Service due",
        days=DAYS,
        kinds=("reconstructed",) * 2,
        every=7,
        last_day=DAYS[1],
        policy_hash="b" * 64,
        sizes=pl.DataFrame({"day": DAYS, "members": [80, 90]}),
        rates=pl.DataFrame(rates, schema=RATE_SCHEMA, orient="row"),
        caught=pl.DataFrame(caught, schema=CAUGHT_SCHEMA, orient="row"),
    )
    words = " ".join(opened(audience_backtest_page("A group", found)).text_content().split())
    assert "10 (5 to 15)" in words
    assert "24.0% to 42.0%" in words
    assert "16.0 (9.00 to 25.0)" in words
    assert "VAG_LS_LUX_R01" in words
