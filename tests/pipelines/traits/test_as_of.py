"""For any transactions: nothing dated after the day matters to any trait, nor does the order of rows."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.traits import equity, lifecycle, rfm, service
from tests import trait_world as world
from tests.engines import fresh_engine

STEPS = (equity.STEP, lifecycle.STEP, rfm.STEP, service.STEP)
MEMBERS = tuple({"record_id": f"dms_sales:{n}:buyer", "person_id": f"p{n}"} for n in range(3))
PEOPLE = tuple({"person_id": f"p{n}", "household_id": f"h{n // 2}"} for n in range(3))
CARS = tuple(
    {
        "person_id": f"p{n % 3}", "vin": f"V{n}", "household_id": f"h{n % 3 // 2}", "relation": "bought", "is_current": True,
        "make": "Kia", "year": 2023, "in_service_on": date(2023, 4, 30), "odometer_miles": 20_000 + n,
        "odometer_on": date(2026, 8, 1), "miles_per_day": 30.0, "since": date(2023, 4, 30),
    }
    for n in range(4)
)  # fmt: skip

TRANSACTION = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["sale", "lease", "service"]),
        "status": st.sampled_from(["closed", "closed", "open", "cancelled"]),
        "sale_type": st.sampled_from([None, "retail", "wholesale"]),
        "person": st.integers(0, 2),
        "vin": st.sampled_from([None, "V0", "V1", "V2", "V3"]),
        "days": st.integers(0, 1400),
        "term_months": st.sampled_from([None, 36, 60]),
        "amount_financed": st.sampled_from([None, Decimal(20000)]),
        "apr_percent": st.sampled_from([None, 0.0, 6.9]),
        "customer_pay": st.sampled_from([None, Decimal(0), Decimal("89.95")]),
        "recommended_ops": st.sampled_from([[], ["BRK"]]),
        "op_codes": st.sampled_from([[], ["BRK"], ["LOF"]]),
    }
)


def rows_of(drawn, day_of, prefix):
    def one(number, row):
        plain = {name: value for name, value in row.items() if name not in {"person", "days"}}
        known = {"transaction_id": f"{prefix}{number}", "record_id": f"dms_sales:{row['person']}:buyer", "rooftop_id": "R01"}
        return {**plain, **known, "occurred_on": day_of(row["days"])}

    return [one(number, row) for number, row in enumerate(drawn)]


def results(transactions):
    given_rows = {"transaction": transactions, "member": MEMBERS, "person": PEOPLE, "garage": CARS}
    engine = fresh_engine()
    inputs = [{one.alias: given_rows.get(one.alias, ()) for one in step.inputs} for step in STEPS]
    made = [world.run(engine, step, world.policy(), **given) for step, given in zip(STEPS, inputs, strict=True)]
    engine.close()
    return made


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TRANSACTION, max_size=8), st.lists(TRANSACTION, min_size=1, max_size=5), st.randoms())
def test_the_future_and_the_order_of_rows_change_nothing(drawn, later, random):
    past = rows_of(drawn, lambda days: world.AS_OF - timedelta(days=days), "a")
    future = rows_of(later, lambda days: world.AS_OF + timedelta(days=days + 1), "z")
    mixed = [*past, *future]
    random.shuffle(mixed)
    for one, other in zip(results(past), results(mixed), strict=True):
        assert one.equals(other)
