"""Recency, frequency and monetary value."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.traits.rfm import STEP
from schemas.policy.scoring import RfmWeights
from tests import trait_world as world
from tests.engines import fresh_engine

MEMBERS = tuple({"record_id": f"dms_sales:{n}:buyer", "person_id": f"p{n:02}"} for n in range(30))


def row(number, person, kind="sale", on=date(2026, 6, 1), **columns):
    given_columns = {
        "transaction_id": f"t{number:04}",
        "record_id": f"dms_sales:{person}:buyer",
        "kind": kind,
        "status": "closed",
    }
    return {**given_columns, "occurred_on": on, "rooftop_id": "R01", **columns}


def scored(engine, *transactions, policy=None, **inputs):
    rows = world.run(engine, STEP, policy or world.policy(), transaction=transactions, **{"member": MEMBERS, **inputs})
    return {one["person_id"]: one for one in rows.iter_rows(named=True)}


def households(engine, *transactions, homes):
    people = tuple({"person_id": person, "household_id": home} for person, home in homes.items())
    scored(engine, *transactions, person=people)
    rows = world.built(engine, STEP, world.policy())["household_rfm"]
    return {one["household_id"]: one for one in rows.iter_rows(named=True)}


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


def test_a_deal_rewritten_under_a_newer_number_counts_once(engine):
    first = {**row(1, 1, on=date(2026, 8, 1), vin="V1", gross=Decimal(1500)), "number": "000510"}
    second = {**row(2, 1, on=date(2026, 8, 9), vin="V1", gross=Decimal(1300)), "number": "000511"}
    found = scored(engine, first, second)["p01"]
    assert (found["sales_36m"], found["sales_gross_36m"], found["last_sale_on"]) == (1, Decimal(1300), date(2026, 8, 9))
    assert scored(engine, first, {**second, "vin": "V2"})["p01"]["sales_36m"] == 2
    assert scored(engine, {**first, "occurred_on": date(2026, 6, 24)}, second)["p01"]["sales_36m"] == 2  # 46 days apart


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
    assert [found[f"p{n:02}"]["frequency_quintile"] for n in range(1, 11)] == [3] * 10  # all equal
    assert found["p01"]["rfm_score"] == 0.5 * 5 + 0.25 * 3 + 0.25 * 1
    assert found["p20"]["rfm_score"] is None  # four people cannot be cut into fifths


def test_sales_and_service_have_their_own_fifths_and_rooftops(engine):
    deals = [row(n, n, on=world.AS_OF - timedelta(days=n), gross=Decimal(100 * n)) for n in range(1, 6)]
    visits = [
        row(20 + n, n, kind="service", on=world.AS_OF - timedelta(days=n), customer_pay=Decimal(1000 - n), rooftop_id="R02")
        for n in range(1, 6)
    ]
    one = scored(engine, *deals, *visits)["p05"]
    assert (one["sales_rooftop_id"], one["service_rooftop_id"], one["home_rooftop_id"]) == ("R01", "R02", "R01")
    assert (one["sales_recency_quintile"], one["sales_frequency_quintile"], one["sales_monetary_quintile"]) == (1, 3, 5)
    assert (one["service_recency_quintile"], one["service_frequency_quintile"], one["service_monetary_quintile"]) == (1, 3, 1)
    assert one["sales_score"] == 0.5 * 1 + 0.25 * 3 + 0.25 * 5
    assert one["first_service_on"] == world.AS_OF - timedelta(days=5)


def test_somebody_who_was_only_serviced_has_no_rank_among_buyers(engine):
    deals = [row(n, n) for n in range(1, 6)]
    only = scored(engine, *deals, row(9, 9, kind="service", customer_pay=Decimal(50)))["p09"]
    assert (only["sales_score"], only["sales_brand_score"], only["sales_rooftop_id"], only["sales_36m"]) == (None, None, None, 0)


def test_fifths_of_a_brand_run_over_its_rooftops(engine):
    # R02 and R03 sell one brand: alone each has too few people, together they have five.
    deals = [row(n, n, gross=Decimal(n), rooftop_id="R02" if n < 3 else "R03") for n in range(1, 6)]
    found = scored(engine, *deals)
    assert {one["sales_monetary_quintile"] for one in found.values()} == {None}
    assert [found[f"p{n:02}"]["sales_brand_monetary_quintile"] for n in range(1, 6)] == [1, 2, 3, 4, 5]


def test_weights_of_a_side_are_its_own_where_policy_gives_them(engine):
    policy = world.policy()
    rfm = policy.scoring.rfm.model_copy(update={"service": RfmWeights(recency=0, frequency=0, monetary=1)})
    policy = policy.model_copy(update={"scoring": policy.scoring.model_copy(update={"rfm": rfm})})
    visits = [row(n, n, kind="service", customer_pay=Decimal(n)) for n in range(1, 6)]
    assert scored(engine, *visits, policy=policy)["p05"]["service_score"] == 5.0


def test_a_household_has_each_deal_once(engine):
    homes = {"p01": "h1", "p02": "h1", "p03": "h2", "p04": None}
    found = households(
        engine,
        row(1, 1, co_record_id="dms_sales:2:buyer", gross=Decimal(100)),
        row(2, 2, kind="service", customer_pay=Decimal(30), on=date(2026, 7, 1)),
        row(3, 1, kind="service", customer_pay=Decimal(20), warranty_pay=Decimal(500), on=date(2026, 8, 1)),
        row(4, 3, gross=Decimal(7)),
        row(5, 4, gross=Decimal(9)),
        homes=homes,
    )
    assert set(found) == {"h1", "h2"}
    one = found["h1"]
    assert (one["sales_36m"], one["sales_gross_36m"]) == (1, Decimal(100))
    assert (one["services_24m"], one["customer_pay_36m"], one["first_service_on"]) == (2, Decimal(50), date(2026, 7, 1))


LISTED = st.lists(st.tuples(st.integers(0, 29), st.integers(0, 30), st.integers(0, 5)), min_size=1, max_size=40)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LISTED, st.randoms())
def test_neither_order_nor_names_matter_and_equals_share_a_fifth(listed, random):
    engine = fresh_engine()
    deals = [row(n, p, on=world.AS_OF - timedelta(days=d), gross=Decimal(g)) for n, (p, d, g) in enumerate(listed)]
    first = scored(engine, *deals)
    random.shuffle(deals)
    assert scored(engine, *deals) == first
    renamed = tuple({**one, "person_id": f"p{99 - int(one['person_id'][1:])}"} for one in MEMBERS)
    other = scored(engine, *deals, member=renamed)
    engine.close()
    for person, one in first.items():
        assert {**other[f"p{99 - int(person[1:])}"], "person_id": person} == one
    people = list(first.values())
    for value, fifth in (
        ("last_sale_on", "recency_quintile"), ("sales_36m", "frequency_quintile"), ("sales_gross_36m", "monetary_quintile"),
    ):  # fmt: skip
        ranked = sorted({(one[value], one[fifth]) for one in people})
        assert len(ranked) == len({one[value] for one in people}), "equal values share a fifth"
        assert [fifth for _, fifth in ranked] == sorted((fifth for _, fifth in ranked), key=lambda one: one or 0)
