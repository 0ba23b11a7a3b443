"""Supplied values, miles, and debts that are not known. By hand; the test group loses 20% in the first year, then 10% a year."""

from datetime import date
from decimal import Decimal

import pytest

from pipelines.traits.equity import STEP
from tests import trait_world as world

VIN = "19UUB2F50KA000001"
MEMBERS = ({"record_id": "dms_sales:1:buyer", "person_id": "p1"},)
CAR = {
    "person_id": "p1", "vin": VIN, "household_id": "h1", "relation": "bought", "is_current": True, "make": "Acura",
    "model": "MDX", "year": 2024, "in_service_on": date(2024, 11, 21), "odometer_miles": 30_000, "odometer_on": world.AS_OF,
    "miles_per_day": 30.0,
}  # fmt: skip
DEAL = {
    "transaction_id": "dms_sales:1", "kind": "sale", "status": "closed", "occurred_on": date(2024, 11, 21), "vin": VIN,
    "record_id": "dms_sales:1:buyer", "condition": "new",
}  # fmt: skip
LOAN = {"term_months": 60, "amount_financed": Decimal(30000), "apr_percent": 0.0, "first_payment_on": date(2024, 12, 21)}
VALUE = {"row_key": "v", "valued_on": date(2026, 11, 1), "value_provider": "guide"}


def one(engine, *values, deals=(DEAL,), trim=None, **car):
    rows = tuple({**VALUE, "row_key": str(number), **value} for number, value in enumerate(values))
    return world.run(
        engine, STEP, world.policy(), garage=({**CAR, **car},), transaction=deals, member=MEMBERS,
        vehicle=({"vin": VIN, "trim": trim},), vehicle_values=rows,
    ).row(0, named=True)  # fmt: skip


def bounds(row):
    return row["value_low"], row["value_mid"], row["value_high"]


def test_a_supplied_value_of_the_vin_is_taken_as_it_is(engine):
    row = one(
        engine, {"vin": VIN, "value_low": Decimal("31000.01"), "value_mid": Decimal("32500.49"), "value_high": Decimal(34000)}
    )
    assert bounds(row) == (Decimal("31000.01"), Decimal("32500.49"), Decimal("34000.00"))
    assert (row["value_source"], row["value_provider"], row["valued_on"]) == ("supplied", "guide", date(2026, 11, 1))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"value_mid": Decimal(30000)}, (27600, 30000, 32400)),  # 8% to both sides
        ({"wholesale": Decimal(28000), "retail": Decimal(34000)}, (28000, 31000, 34000)),
        ({"wholesale": Decimal(27600)}, (27600, 30000, 32400)),
        ({"retail": Decimal(32400)}, (27600, 30000, 32400)),
        ({"value_mid": Decimal(30000), "value_low": Decimal(31000)}, (30000, 30000, 32400)),  # a bound on the wrong side
        # 10,000 miles more than the value is for: 3% less; 200,000 more: at most 20%
        ({"value_mid": Decimal(30000), "miles": 20_000}, (26772, 29100, 31428)),
        ({"value_mid": Decimal(30000), "miles": 40_000}, (28428, 30900, 33372)),
    ],
)
def test_bounds_and_miles_of_a_supplied_value(engine, said, expected):
    assert bounds(one(engine, {"vin": VIN, **said})) == tuple(Decimal(value) for value in expected)


def test_miles_move_a_value_by_a_fifth_at_most(engine):
    row = one(engine, {"vin": VIN, "value_mid": Decimal(30000), "miles": 10_000}, odometer_miles=210_000)
    assert row["value_mid"] == Decimal(24000)


@pytest.mark.parametrize(
    ("value", "is_supplied"),
    [
        ({"valued_on": date(2026, 9, 22)}, True),  # 60 days
        ({"valued_on": date(2026, 9, 21)}, False),
        ({"valued_on": date(2026, 11, 22)}, False),  # not known yet
        ({"value_mid": Decimal(0)}, False),
        ({"vin": "19UUB2F50KA000002"}, False),
    ],
)
def test_a_value_counts_while_it_is_fresh_and_of_this_vehicle(engine, value, is_supplied):
    row = one(engine, {"vin": VIN, "value_mid": Decimal(30000), **value})
    assert row["value_source"] == ("supplied" if is_supplied else "depreciation_estimate")
    assert (row["valued_on"] is not None) is is_supplied


def test_the_vin_comes_before_the_model_the_trim_before_none_the_newer_before_the_older(engine):
    model = {"year": 2024, "make": "acura", "model": "mdx"}
    of_model = {**model, "value_mid": Decimal(20000)}
    of_trim = {**model, "trim": "a-spec", "value_mid": Decimal(21000)}
    other_trim = {**model, "trim": "Base", "value_mid": Decimal(22000)}
    older = {**model, "value_mid": Decimal(23000), "valued_on": date(2026, 10, 1)}
    of_vin = {"vin": VIN, "value_mid": Decimal(24000), "valued_on": date(2026, 10, 1)}
    assert one(engine, older, of_model, other_trim, trim="A-Spec")["value_mid"] == 20000
    assert one(engine, older, of_model, of_trim, other_trim, trim="A-Spec")["value_mid"] == 21000
    assert one(engine, of_model, of_trim, of_vin, trim="A-Spec")["value_mid"] == 24000
    assert one(engine, {**of_model, "year": 2023})["value_source"] == "depreciation_estimate"


def test_a_value_by_model_counts_near_its_miles_only(engine):
    model = {"year": 2024, "make": "Acura", "model": "MDX", "value_mid": Decimal(20000)}
    assert one(engine, {**model, "miles": 15_000})["value_mid"] == Decimal("19100.00")  # 15,000 miles more: 4.5% less
    assert one(engine, {**model, "miles": 14_999})["value_source"] == "depreciation_estimate"


def test_the_estimate_loses_more_with_more_miles(engine):
    age = 730 / 365.25
    usual = Decimal(40000) * Decimal(str(0.8 * 0.9 ** (age - 1)))
    row = one(engine, deals=({**DEAL, "price": Decimal(40000), "odometer_miles": 10},), odometer_miles=44_010 - 17)
    unusual = 43_993 - 10 - age * 12_000
    assert float(row["value_mid"]) == pytest.approx(float(usual) * (1 - 0.003 * unusual / 1000), abs=0.01)


@pytest.mark.parametrize(
    ("deals", "car", "payoff", "basis"),
    [
        (({**DEAL, **LOAN},), {}, Decimal("18000.00"), "loan_schedule"),  # 24 of 60 paid
        (({**DEAL, **LOAN, "term_months": 24},), {}, Decimal("0.00"), "paid_off"),
        (({**DEAL, "price": Decimal(40000)},), {}, Decimal(0), "none_in_deal"),
        (({**DEAL, **LOAN, "term_months": None},), {}, None, "unknown"),  # financed, for how long is not said
        (({**DEAL, **LOAN, "apr_percent": None},), {}, None, "unknown"),
        (({**DEAL, "term_months": 72, "monthly_payment": Decimal(500)},), {}, None, "unknown"),
        (({**DEAL, **LOAN, "status": "cancelled"},), {}, None, "unknown"),  # unwound: how it is held is not known
        ((), {"relation": "serviced"}, None, "unknown"),
        ((), {"relation": "listed", "year": 2019, "in_service_on": date(2019, 6, 1)}, Decimal(0), "assumed_none"),
        ((), {"relation": "listed", "year": None, "in_service_on": None}, None, "unknown"),
    ],
)
def test_what_is_owed_and_why(engine, deals, car, payoff, basis):
    row = one(engine, deals=deals, **car)
    assert (row["payoff"], row["payoff_basis"]) == (payoff, basis)
    assert (row["equity_mid"] is None) is (payoff is None or row["value_mid"] is None)


def test_debt_rolled_into_the_loan_makes_equity_negative(engine):
    carried = {**DEAL, **LOAN, "price": Decimal(28000), "amount_financed": Decimal(36000)}  # 8,000 of the last car's loan
    row = one(engine, {"vin": VIN, "value_mid": Decimal(20000)}, deals=(carried,))
    assert row["payoff"] == Decimal("21600.00")
    assert (row["equity_low"], row["equity_mid"], row["equity_high"]) == (Decimal(-3200), Decimal(-1600), Decimal(0))


def test_a_lease_owes_what_is_left_and_the_residual_or_nothing_is_known(engine):
    lease = {**DEAL, "kind": "lease", "term_months": 36, "residual": Decimal(22000), "monthly_payment": Decimal("410.10")}
    row = one(engine, {"vin": VIN, "value_mid": Decimal(30000)}, deals=(lease,))
    # paid at signing and on the 21st of each month since: 25 of 36
    assert (row["payoff"], row["payoff_basis"]) == (Decimal(22000) + 11 * Decimal("410.10"), "lease_buyout")
    assert row["equity_mid"] == Decimal(30000) - row["payoff"]
    over = one(engine, deals=({**lease, "occurred_on": date(2023, 11, 1), "monthly_payment": None},))
    assert over["payoff"] == Decimal("22000.00")
    assert one(engine, deals=({**lease, "monthly_payment": None},))["payoff_basis"] == "unknown"
