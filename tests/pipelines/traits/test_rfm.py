"""Recency, frequency and monetary value."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.engine import DuckDBEngine
from pipelines.traits.rfm import STEP
from tests import trait_world as world

MEMBERS = tuple({"record_id": f"dms_sales:{n}:buyer", "person_id": f"p{n:02}"} for n in range(30))


def row(number, person, kind="sale", on=date(2026, 6, 1), **columns):
    given_columns = {
        "transaction_id": f"t{number:04}",
        "record_id": f"dms_sales:{person}:buyer",
        "kind": kind,
        "status": "closed",
    }
    return {**given_columns, "occurred_on": on, "rooftop_id": "R01", **columns}


def scored(engine, *transactions):
    rows = world.run(engine, STEP, world.policy(), transaction=transactions, member=MEMBERS)
    return {one["person_id"]: one for one in rows.iter_rows(named=True)}


def test_sales_and_service_are_counted_in_their_windows(engine):
    found = scored(
        engine,
        row(1, 1, gross=Decimal("1200.50")),
        row(2, 1, kind="lease", on=date(2023, 11, 22), gross=Decimal("-200.50")),
        row(3, 1, on=date(2023, 11, 21), gross=Decimal(9999)),  # 36 months ago to the day is over
        row(4, 1, kind="service", on=date(2026, 7, 1), customer_pay=Decimal("89.95"), warranty_pay=Decimal(500)),
        row(5, 1, kind="service", on=date(2024, 11, 21), customer_pay=Decimal("10.05")),  # out of 24 months, in 36
        row(6, 1, kind="service", on=date(2026, 8, 1), warranty_pay=Decimal(700)),
        row(7, 1, kind="service", on=date(2026, 9, 1), internal_pay=Decimal(700)),
    )["p01"]
    assert (found["sales_36m"], found["sales_gross_36m"], found["last_sale_on"]) == (2, Decimal("1000.00"), date(2026, 6, 1))
    assert (found["services_24m"], found["customer_pay_36m"]) == (1, Decimal("100.00"))
    assert found["last_service_on"] == date(2026, 8, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"status": "cancelled"},
        {"status": "open"},
        {"sale_type": "wholesale"},
        {"sale_type": "internal"},
        {"occurred_on": date(2026, 11, 22)},
        {"occurred_on": None},
        {"kind": "appointment", "status": "open"},
        {"kind": "service", "internal_pay": Decimal(80)},
        {"kind": "service", "status": "cancelled", "customer_pay": Decimal(80)},
    ],
)
def test_what_does_not_count_makes_no_customer(engine, change):
    assert scored(engine, {**row(1, 1), **change}) == {}


def test_a_deal_is_the_buyers_alone(engine):
    assert set(scored(engine, row(1, 1, co_record_id="dms_sales:2:buyer"))) == {"p01"}


def test_home_is_the_rooftop_of_the_latest_activity(engine):
    found = scored(engine, row(1, 1), row(2, 1, kind="service", on=date(2026, 7, 1), customer_pay=Decimal(9), rooftop_id="R02"))
    assert found["p01"]["home_rooftop_id"] == "R02"


def test_quintiles_within_the_rooftop(engine):
    deals = [row(n, n, on=world.AS_OF - timedelta(days=n), gross=Decimal(100 * n)) for n in range(1, 11)]
    other = [row(50 + n, 20 + n, gross=Decimal(1_000_000), rooftop_id="R02") for n in range(4)]
    found = scored(engine, *deals, *other)
    assert [found[f"p{n:02}"]["recency_quintile"] for n in range(1, 11)] == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    assert [found[f"p{n:02}"]["monetary_quintile"] for n in range(1, 11)] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert [found[f"p{n:02}"]["frequency_quintile"] for n in range(1, 11)] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]  # ties by person
    assert found["p01"]["rfm_score"] == 0.5 * 5 + 0.25 * 1 + 0.25 * 1
    assert found["p20"]["rfm_score"] is None  # four people cannot be cut into fifths


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 29), st.integers(0, 1500), st.integers(0, 500)), min_size=1, max_size=40), st.randoms())
def test_order_of_rows_does_not_matter_and_fifths_are_even(listed, random):
    engine = DuckDBEngine()
    deals = [row(n, p, on=world.AS_OF - timedelta(days=d), gross=Decimal(g)) for n, (p, d, g) in enumerate(listed)]
    first = scored(engine, *deals)
    random.shuffle(deals)
    assert scored(engine, *deals) == first
    engine.close()
    if len(first) >= 5:
        sizes = [sum(one["recency_quintile"] == q for one in first.values()) for q in range(1, 6)]
        assert max(sizes) - min(sizes) <= 1
