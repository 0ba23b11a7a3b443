"""Value less debt, worked out by hand. The test group loses 20% in the first year and 10% in each later one; band 15%."""

from datetime import date
from decimal import Decimal

import pytest

from pipelines.traits.equity import STEP
from pipelines.traits.lifecycle import STEP as LIFECYCLE
from tests import trait_world as world

VIN = "19UUB2F50KA000001"
MEMBERS = ({"record_id": "dms_sales:1:buyer", "person_id": "p1"},)
CAR = {
    "person_id": "p1",
    "vin": VIN,
    "household_id": "h1",
    "relation": "bought",
    "is_current": True,
    "make": "Kia",
    "model": "Rio",
}
NEW = {**CAR, "year": 2024, "in_service_on": date(2024, 11, 21)}  # 730 days old
DEAL = {
    "transaction_id": "dms_sales:1", "kind": "sale", "status": "closed", "occurred_on": date(2024, 11, 21), "vin": VIN,
    "record_id": "dms_sales:1:buyer", "condition": "new",
}  # fmt: skip
AGE = 730 / 365.25
LEFT = 0.8 * 0.9 ** (AGE - 1)


def one(engine, car, *deals, step=STEP):
    return world.run(engine, step, world.policy(), garage=(car,), transaction=deals, member=MEMBERS).row(0, named=True)


def test_value_follows_the_price_paid(engine):
    row = one(engine, NEW, {**DEAL, "price": Decimal(25000)})
    assert float(row["value_mid"]) == pytest.approx(25000 * LEFT, abs=0.01)
    assert float(row["value_low"]) == pytest.approx(25000 * LEFT * 0.85, abs=0.01)
    assert float(row["value_high"]) == pytest.approx(25000 * LEFT * 1.15, abs=0.01)
    assert (row["payoff"], row["equity_mid"], row["value_source"]) == (0, row["value_mid"], "depreciation_estimate")


def test_a_used_price_loses_only_what_comes_after_the_sale(engine):
    car = {**CAR, "in_service_on": date(2020, 11, 21), "year": 2020}
    row = one(engine, car, {**DEAL, "price": Decimal(12000), "condition": "used"})
    assert float(row["value_mid"]) == pytest.approx(12000 * 0.9**AGE, abs=0.01)


@pytest.mark.parametrize(
    ("make", "model", "new_price"),
    [("Acura", "MDX", 60000), ("Acura", "ILX", 50000), ("BMW", "X5", 50000), ("Kia", "Rio", 30000), ("Toyota", None, 30000)],
)
def test_without_a_price_the_model_or_the_makes_position_decides(engine, make, model, new_price):
    row = one(engine, {**NEW, "make": make, "model": model})
    assert float(row["value_mid"]) == pytest.approx(new_price * LEFT, abs=0.01)


def test_debt_is_the_one_of_lifecycle(engine):
    deal = {**DEAL, "price": Decimal(25000), "term_months": 72, "amount_financed": Decimal(26000), "apr_percent": 8.0}
    payoff = one(engine, NEW, deal, step=LIFECYCLE)["loan_payoff"]
    row = one(engine, NEW, deal)
    assert row["payoff"] == payoff
    assert row["equity_low"] == row["value_low"] - payoff


def test_a_lease_owes_its_payments_and_its_residual(engine):
    deal = {**DEAL, "kind": "lease", "price": Decimal(25000), "term_months": 36, "residual": Decimal(14000)}
    terms = {"monthly_payment": Decimal("299.50"), "first_payment_on": date(2024, 11, 21)}
    row = one(engine, NEW, {**deal, **terms})
    assert row["payoff"] == Decimal("14000") + 11 * Decimal("299.50")  # 25 of 36 are paid, today's included
    assert one(engine, NEW, {**deal, **terms, "residual": None})["equity_mid"] is None


def test_without_any_age_there_is_no_value(engine):
    assert one(engine, {**CAR, "year": None})["value_mid"] is None


def test_a_car_not_yet_in_service_has_lost_nothing(engine):
    assert one(engine, {**CAR, "year": 2027})["value_mid"] == Decimal("30000.00")
