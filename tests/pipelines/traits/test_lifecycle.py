"""The contract clock, each case computed by hand."""

from datetime import date
from decimal import Decimal

import pytest

from pipelines.traits.lifecycle import STEP
from tests import trait_world as world

VIN = "19UUB2F50KA000001"
MEMBERS = ({"record_id": "dms_sales:1:buyer", "person_id": "p1"}, {"record_id": "dms_sales:1:co_buyer", "person_id": "p2"})
CAR = {
    "person_id": "p1",
    "vin": VIN,
    "household_id": "h1",
    "relation": "bought",
    "is_current": True,
    "make": "Acura",
    "year": 2024,
}
DEAL = {
    "transaction_id": "dms_sales:1",
    "kind": "sale",
    "status": "closed",
    "occurred_on": date(2024, 2, 29),
    "record_id": "dms_sales:1:buyer",
    "vin": VIN,
    "condition": "new",
    "sale_type": "retail",
}


def clock(engine, garage, deals=(), as_of=world.AS_OF, members=MEMBERS):
    return world.run(engine, STEP, world.policy(), as_of, garage=garage, transaction=deals, member=members)


def one(engine, car=None, deal=None, as_of=world.AS_OF):
    deals = () if deal is None else ({**DEAL, **deal},)
    return clock(engine, ({**CAR, **(car or {})},), deals, as_of).row(0, named=True)


def test_lease_signed_on_a_leap_day_ends_on_the_last_of_february(engine):
    row = one(engine, deal={"kind": "lease", "sale_type": "lease", "term_months": 36})
    assert row["lease_ends_on"] == date(2027, 2, 28)
    assert row["lease_days_left"] == 99
    assert row["loan_ends_on"] is None
    assert row["loan_payoff"] is None


def test_stated_maturity_wins_over_the_term(engine):
    row = one(engine, deal={"kind": "lease", "term_months": 36, "matures_on": date(2027, 3, 14)})
    assert (row["lease_ends_on"], row["lease_days_left"]) == (date(2027, 3, 14), 113)


def test_a_term_runs_from_the_contract_or_from_its_first_payment(engine):
    loan = {"term_months": 60, "amount_financed": Decimal(9000), "apr_percent": 3.0}
    assert one(engine, deal=loan)["loan_ends_on"] == date(2029, 2, 28)
    assert one(engine, deal={**loan, "first_payment_on": date(2024, 4, 1)})["loan_ends_on"] == date(2029, 3, 1)


def test_lease_pace_counts_the_miles_of_the_lease_only(engine):
    car = {"odometer_miles": 30_000, "odometer_on": date(2026, 11, 21), "miles_per_day": 40.0}
    deal = {"kind": "lease", "matures_on": date(2027, 3, 1), "odometer_miles": 1_000, "allowed_miles": 30_000}
    assert one(engine, car, deal)["lease_miles_pace"] == round((29_000 + 40 * 100) / 30_000, 4)
    assert one(engine, car, {**deal, "matures_on": date(2026, 11, 20)})["lease_miles_pace"] is None


def test_no_interest_is_paid_off_in_equal_parts(engine):
    deal = {"term_months": 60, "amount_financed": Decimal(30000), "apr_percent": 0.0, "first_payment_on": date(2024, 4, 1)}
    # payments on the first of each month from April 2024 to November 2026: 32 of 60
    assert one(engine, deal=deal)["loan_payoff"] == Decimal("14000.00")


def schedule(principal: float, apr: float, term: int, paid: int) -> float:
    """A loan written out month by month: interest first, then the payment that ends it in `term` months."""
    rate = apr / 1200
    payment = principal * rate / (1 - (1 + rate) ** -term)
    balance = principal
    for _ in range(paid):
        balance += balance * rate - payment
    return balance


@pytest.mark.parametrize(
    ("apr", "term", "first", "paid"),
    [
        (4.9, 60, date(2024, 4, 1), 32),
        (12.5, 72, date(2024, 11, 21), 25),  # today's payment is made
        (12.5, 72, date(2024, 11, 22), 24),  # tomorrow's is not
        (7.0, 84, date(2024, 1, 31), 34),  # 31 October is paid, 30 November is not due
        (7.0, 84, date(2026, 12, 5), 0),
    ],
)
def test_payoff_is_what_a_schedule_written_out_leaves(engine, apr, term, first, paid):
    deal = {"term_months": term, "amount_financed": Decimal(31250), "apr_percent": apr, "first_payment_on": first}
    row = one(engine, deal=deal)
    assert float(row["loan_payoff"]) == pytest.approx(schedule(31250, apr, term, paid), abs=0.006)
    assert row["apr_percent"] == apr


def test_a_loan_that_has_run_out_is_owed_nothing_and_has_no_rate(engine):
    row = one(engine, deal={"term_months": 24, "amount_financed": Decimal(9000), "apr_percent": 6.0})
    assert (row["loan_payoff"], row["apr_percent"], row["loan_ends_on"]) == (Decimal("0.00"), None, date(2026, 2, 28))


def test_a_loan_without_a_rate_has_no_known_payoff(engine):
    assert one(engine, deal={"term_months": 72, "amount_financed": Decimal(9000)})["loan_payoff"] is None


def test_a_cash_deal_has_neither_loan_nor_lease(engine):
    row = one(engine, deal={"price": Decimal(40000)})
    assert (row["loan_ends_on"], row["loan_payoff"], row["lease_ends_on"]) == (None, None, None)


@pytest.mark.parametrize(
    "change", [{"status": "cancelled"}, {"status": "open"}, {"sale_type": "wholesale"}, {"sale_type": "internal"}]
)
def test_a_deal_that_did_not_stand_has_no_clock(engine, change):
    earlier = {**DEAL, "kind": "lease", "term_months": 36}
    later = {**DEAL, "transaction_id": "dms_sales:2", "occurred_on": date(2026, 5, 1), "term_months": 60, **change}
    row = clock(engine, (CAR,), (earlier, {**later, "amount_financed": Decimal(9000)})).row(0, named=True)
    assert (row["lease_ends_on"], row["loan_ends_on"]) == (date(2027, 2, 28), None)


def test_a_lease_bought_out_becomes_a_loan(engine):
    lease = {**DEAL, "kind": "lease", "term_months": 24}
    buyout = {**DEAL, "transaction_id": "dms_sales:2", "occurred_on": date(2026, 3, 1), "term_months": 48}
    row = clock(engine, (CAR,), (lease, {**buyout, "amount_financed": Decimal(20000), "apr_percent": 5.0})).row(0, named=True)
    assert (row["lease_ends_on"], row["loan_ends_on"]) == (None, date(2030, 3, 1))


def test_two_leases_in_one_household_keep_their_own_dates(engine):
    other = {**CAR, "vin": "19UUB2F50KA000002", "person_id": "p2"}
    deals = (
        {**DEAL, "kind": "lease", "term_months": 36},
        {**DEAL, "transaction_id": "dms_sales:2", "kind": "lease", "term_months": 24, "vin": other["vin"],
         "record_id": "dms_sales:1:co_buyer", "occurred_on": date(2025, 6, 30)},
    )  # fmt: skip
    rows = clock(engine, (CAR, other), deals)
    assert rows["lease_ends_on"].to_list() == [date(2027, 2, 28), date(2027, 6, 30)]


def test_the_co_buyer_has_the_same_clock(engine):
    deal = {**DEAL, "kind": "lease", "term_months": 36, "co_record_id": "dms_sales:1:co_buyer"}
    rows = clock(engine, (CAR, {**CAR, "person_id": "p2"}), (deal,))
    assert rows["lease_ends_on"].to_list() == [date(2027, 2, 28)] * 2


def test_a_car_traded_in_is_not_on_the_clock(engine):
    assert clock(engine, ({**CAR, "is_current": False},), (DEAL,)).is_empty()


def test_odometer_goes_on_at_its_slope_and_at_the_default_without_one(engine):
    car = {"odometer_miles": 20_000, "odometer_on": date(2026, 11, 11), "miles_per_day": 35.5}
    assert one(engine, car)["odometer_today"] == 20_355
    assert one(engine, {**car, "miles_per_day": None})["odometer_today"] == 20_000 + round(10 * 12000 / 365.25)
    assert one(engine)["odometer_today"] is None


def test_powertrain_cover_of_the_second_owner_is_shorter(engine):
    car = {"make": "Kia", "year": 2022, "in_service_on": date(2022, 1, 31)}
    ends = {n: one(engine, {**car, "owner_number": n})["powertrain_warranty_ends_on"] for n in (1, 2, None)}
    assert ends == {1: date(2032, 1, 31), 2: date(2027, 1, 31), None: date(2027, 1, 31)}


def test_warranty_ends_by_miles_where_they_come_first(engine):
    car = {"in_service_on": date(2024, 3, 1), "odometer_miles": 45_000, "odometer_on": date(2026, 11, 1), "miles_per_day": 50.0}
    row = one(engine, car)
    assert row["basic_warranty_ends_on"] == date(2027, 2, 9)  # 5,000 miles at 50 a day: 100 days after 1 November
    assert row["powertrain_warranty_ends_on"] == date(2028, 3, 15)  # 500 days, before six years
    assert row["is_out_of_warranty"] is False


def test_a_car_that_never_moves_ends_by_date(engine):
    car = {"in_service_on": date(2022, 11, 20), "odometer_miles": 900, "odometer_on": date(2026, 1, 1), "miles_per_day": 0.0}
    row = one(engine, car)
    assert (row["basic_warranty_ends_on"], row["is_out_of_warranty"]) == (date(2026, 11, 20), True)


@pytest.mark.parametrize(("year", "expected"), [(2021, True), (2022, None), (2023, False)])
def test_without_an_in_service_date_only_what_is_certain_is_said(engine, year, expected):
    row = one(engine, {"year": year})
    assert row["basic_warranty_ends_on"] is None
    assert row["is_out_of_warranty"] is expected


def test_age_is_from_in_service_else_from_the_first_of_the_model_year(engine):
    assert one(engine, {"in_service_on": date(2023, 11, 21)})["vehicle_age_years"] == 3.0
    assert one(engine, {"year": 2027})["vehicle_age_years"] == -0.11
    assert one(engine, {"year": 2029})["vehicle_age_years"] is None
    assert one(engine, {"year": None})["vehicle_age_years"] is None


def test_contract_ends_by_date_or_by_miles_from_its_sale(engine):
    terms = {"contract_expires_on": date(2029, 2, 28), "contract_miles": 36_000, "odometer_miles": 20_000}
    car = {"odometer_miles": 50_000, "odometer_on": date(2026, 11, 1), "miles_per_day": 60.0}
    assert one(engine, car, terms)["contract_ends_on"] == date(2027, 2, 9)
    assert one(engine, {}, terms)["contract_ends_on"] == date(2029, 2, 28)
    used = {**terms, "odometer_miles": None, "condition": "used"}
    assert one(engine, car, used)["contract_ends_on"] == date(2029, 2, 28)


def test_what_is_dated_after_the_day_does_not_matter(engine):
    lease = {**DEAL, "kind": "lease", "term_months": 36}
    later = {
        **DEAL,
        "transaction_id": "dms_sales:9",
        "occurred_on": date(2026, 11, 22),
        "amount_financed": Decimal(1),
        "term_months": 9,
    }
    bought_later = {**CAR, "vin": "19UUB2F50KA000009", "since": date(2026, 11, 22)}
    assert clock(engine, (CAR,), (lease,)).equals(clock(engine, (CAR, bought_later), (lease, later)))
