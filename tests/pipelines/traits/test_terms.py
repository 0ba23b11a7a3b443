"""What stands between a person and a vehicle: leases extended and matured, deals rewritten and unwound, loans, cover. By hand."""

from datetime import date
from decimal import Decimal

import pytest

from pipelines.traits.lifecycle import STEP
from schemas.policy.reference import Warranty
from tests import trait_world as world

VIN = "19UUB2F50KA000001"
MEMBERS = ({"record_id": "dms_sales:1:buyer", "person_id": "p1"},)
CAR = {
    "person_id": "p1",
    "vin": VIN,
    "household_id": "h1",
    "relation": "bought",
    "is_current": True,
    "make": "Acura",
    "year": 2023,
}
DEAL = {
    "transaction_id": "dms_sales:1",
    "number": "1001",
    "kind": "sale",
    "status": "closed",
    "occurred_on": date(2023, 6, 1),
    "record_id": "dms_sales:1:buyer",
    "rooftop_id": "R01",
    "vin": VIN,
    "condition": "new",
    "sale_type": "retail",
}
LEASE = {**DEAL, "kind": "lease", "sale_type": "lease", "term_months": 36, "allowed_miles": 36_000, "odometer_miles": 20}
LOAN = {**DEAL, "term_months": 60, "amount_financed": Decimal(30000), "apr_percent": 6.0, "first_payment_on": date(2024, 4, 1)}


def clock(engine, *deals, as_of=world.AS_OF, policy=None, **car):
    found = world.run(engine, STEP, policy or world.policy(), as_of, garage=({**CAR, **car},), transaction=deals, member=MEMBERS)
    return found.row(0, named=True)


def again(deal, at, **changes):
    return {**deal, "transaction_id": f"dms_sales:{at}", "number": str(at), **changes}


def test_a_lease_extended_by_a_later_deal_goes_on_at_its_allowance(engine):
    longer = again(LEASE, 1500, occurred_on=date(2026, 6, 1), term_months=8, allowed_miles=None, odometer_miles=None)
    row = clock(engine, LEASE, longer, odometer_miles=38_020, odometer_on=date(2026, 11, 21), miles_per_day=30.0)
    assert (row["lease_ends_on"], row["lease_state"]) == (date(2027, 2, 1), "extended")
    assert row["lease_started_on"] == date(2023, 6, 1)
    assert row["lease_days_left"] == 72
    # 36,000 over 1,096 days (2024 has a leap day) are 44,047 over 1,341
    assert row["lease_allowed_miles"] == 44_047
    assert row["lease_miles_driven"] == 38_000
    assert row["lease_excess_miles"] == 38_000 + 72 * 30 - 44_047
    assert row["lease_miles_pace"] == round(40_160 / 44_047, 4)
    assert row["lease_miles_pace_to_date"] == round(38_000 / (44_047 * 1_269 / 1_341), 4)


def test_an_extension_with_an_allowance_of_its_own_counts_from_its_own_miles(engine):
    longer = again(LEASE, 1500, occurred_on=date(2026, 6, 1), term_months=12, allowed_miles=12_000, odometer_miles=40_000)
    row = clock(engine, LEASE, longer, odometer_miles=46_000, odometer_on=date(2026, 11, 21), miles_per_day=40.0)
    assert (row["lease_ends_on"], row["lease_allowed_miles"]) == (date(2027, 6, 1), 12_000)
    assert row["lease_miles_driven"] == 6_000
    assert row["lease_excess_miles"] == 6_000 + 192 * 40 - 12_000
    assert row["lease_excess_miles_to_date"] == round(6_000 - 12_000 * 173 / 365)


def test_a_lease_past_maturity_that_is_still_held_says_so(engine):
    row = clock(engine, {**LEASE, "term_months": 39, "matures_on": date(2026, 9, 1)})
    assert (row["lease_state"], row["lease_days_left"], row["lease_payments_left"]) == ("past_maturity", -81, 0)
    assert (row["lease_miles_pace"], row["lease_ends_on"]) == (None, date(2026, 9, 1))


def test_a_lease_signed_today_ends_on_its_last_day_and_has_driven_nothing(engine):
    row = clock(engine, {**LEASE, "occurred_on": world.AS_OF}, odometer_miles=20, odometer_on=world.AS_OF, miles_per_day=40.0)
    assert (row["lease_ends_on"], row["lease_state"], row["lease_miles_driven"]) == (date(2029, 11, 21), "running", 0)
    assert (row["lease_miles_pace_to_date"], row["lease_payments_left"]) == (None, 35)  # the first is paid at signing


def test_a_used_lease_without_a_reading_has_no_pace(engine):
    row = clock(
        engine, {**LEASE, "condition": "used", "odometer_miles": None, "term_months": 48},
        odometer_miles=60_000, odometer_on=date(2026, 11, 1), miles_per_day=30.0,
    )  # fmt: skip
    assert (row["lease_miles_pace"], row["lease_excess_miles"], row["lease_miles_driven"]) == (None, None, None)


def test_a_reading_soon_after_the_start_does_not_tell_how_a_lease_is_driven(engine):
    names = ("lease_miles_pace", "lease_miles_pace_to_date", "lease_excess_miles", "lease_excess_miles_to_date")
    lease = {**LEASE, "term_months": 48}
    late = clock(engine, lease, odometer_miles=2_000, odometer_on=date(2023, 7, 31), miles_per_day=33.0)  # 60 days
    soon = clock(engine, lease, odometer_miles=2_000, odometer_on=date(2023, 7, 30), miles_per_day=33.0)
    assert all(late[name] is not None for name in names)
    assert [soon[name] for name in names] == [None] * 4


def test_what_was_not_leased_here_has_no_lease(engine):
    for deals in ((), (LOAN,), ({**LEASE, "status": "cancelled"},)):
        row = clock(engine, *deals)
        leased = {name: value for name, value in row.items() if name.startswith("lease_") and value is not None}
        assert leased == {}
    unsaid = clock(engine, {**LEASE, "term_months": None})
    assert (unsaid["lease_ends_on"], unsaid["lease_state"]) == (None, None)


def test_a_lease_without_any_reading_has_no_pace(engine):
    row = clock(engine, {**LEASE, "term_months": 48})
    assert (row["lease_miles_driven"], row["lease_miles_pace"], row["lease_excess_miles"]) == (None, None, None)
    assert row["lease_allowed_miles"] == 36_000


def test_a_rewritten_deal_is_the_newer_number_whatever_its_date(engine):
    first = {**LOAN, "apr_percent": 12.9}
    rewritten = again(LOAN, 1002, occurred_on=date(2023, 5, 30), apr_percent=4.9)
    assert clock(engine, first, rewritten)["apr_percent"] == 4.9
    nines = {**first, "number": "000999"}
    thousand = again(LOAN, 1000, number="001000", apr_percent=3.9)
    assert clock(engine, nines, thousand)["apr_percent"] == 3.9


def test_a_rewritten_deal_that_was_unwound_leaves_the_first(engine):
    assert clock(engine, LOAN, again(LOAN, 1002, status="cancelled", apr_percent=4.9))["apr_percent"] == 6.0


def test_a_later_deal_with_a_lower_number_elsewhere_is_not_a_rewrite(engine):
    later = again(LOAN, 17, rooftop_id="R02", occurred_on=date(2024, 6, 1), apr_percent=4.9)
    assert clock(engine, LOAN, later)["apr_percent"] == 4.9


def test_a_lease_rewritten_as_a_sale_is_no_lease(engine):
    row = clock(engine, LEASE, again(LOAN, 1002, occurred_on=date(2023, 6, 1)))
    assert (row["lease_ends_on"], row["lease_state"], row["loan_ends_on"]) == (None, None, date(2029, 3, 1))


def owed(principal, apr, term, paid, balloon=0.0):
    rate = apr / 1200
    payment = (principal - balloon * (1 + rate) ** -term) * rate / (1 - (1 + rate) ** -term)
    for _ in range(paid):
        principal += principal * rate - payment
    return principal


def test_a_balloon_is_owed_beside_the_instalments(engine):
    row = clock(engine, {**LOAN, "balloon": Decimal(10000)})
    assert float(row["loan_payoff"]) == pytest.approx(owed(30000, 6, 60, 32, 10000), abs=0.006)
    free = clock(engine, {**LOAN, "balloon": Decimal(10000), "apr_percent": 0.0})
    assert free["loan_payoff"] == Decimal("19333.33")  # 20,000 x 28/60 + 10,000
    over = clock(engine, {**LOAN, "balloon": Decimal(10000), "first_payment_on": date(2023, 7, 1), "term_months": 36})
    assert (over["loan_payoff"], over["loan_ends_on"]) == (None, date(2026, 6, 1))  # paid, refinanced or returned: not known


def test_a_rate_that_is_not_stated_is_the_one_that_the_payment_means(engine):
    row = clock(engine, {**LOAN, "apr_percent": None, "monthly_payment": Decimal("579.98")})
    assert row["apr_percent"] == pytest.approx(6.0, abs=0.001)
    assert float(row["loan_payoff"]) == pytest.approx(owed(30000, 6, 60, 32), abs=0.5)
    free = clock(engine, {**LOAN, "apr_percent": None, "monthly_payment": Decimal(500)})
    assert (free["apr_percent"], free["loan_payoff"]) == (0.0, Decimal("14000.00"))
    never = clock(engine, {**LOAN, "apr_percent": None, "monthly_payment": Decimal(400)})
    assert (never["apr_percent"], never["loan_payoff"]) == (None, None)


@pytest.mark.parametrize(
    ("as_of", "left"),
    [
        (date(2025, 1, 30), 60),
        (date(2025, 1, 31), 59),
        (date(2025, 2, 27), 59),
        (date(2025, 2, 28), 58),  # February has no 31st
        (date(2025, 3, 30), 58),
        (date(2025, 3, 31), 57),
        (date(2025, 4, 30), 56),
        (date(2028, 2, 28), 23),  # a leap year's February ends a day later
        (date(2028, 2, 29), 22),
    ],
)
def test_payments_on_the_last_of_the_month(engine, as_of, left):
    deal = {**LOAN, "occurred_on": date(2024, 12, 20), "first_payment_on": date(2025, 1, 31)}
    row = clock(engine, deal, as_of=as_of)
    assert row["loan_payments_left"] == left


def test_odd_terms_and_a_first_payment_on_a_leap_day(engine):
    odd = {**LOAN, "occurred_on": date(2024, 1, 15), "term_months": 75, "first_payment_on": date(2024, 2, 29)}
    row = clock(engine, odd)
    assert (row["loan_ends_on"], row["loan_payments_left"]) == (date(2030, 4, 29), 75 - 33)
    assert float(row["loan_payoff"]) == pytest.approx(owed(30000, 6, 75, 33), abs=0.006)


def test_a_first_payment_long_before_the_deal_is_a_slip(engine):
    slip = {**LOAN, "first_payment_on": date(2013, 7, 1), "matures_on": date(2018, 6, 1)}
    row = clock(engine, slip)
    assert (row["loan_ends_on"], row["loan_payments_left"]) == (date(2028, 6, 1), 60 - 41)


def test_a_service_contract_outlives_the_lease_that_it_was_sold_with(engine):
    leased = {**LEASE, "contract_expires_on": date(2030, 6, 1), "contract_miles": 75_000}
    bought = again(DEAL, 1900, occurred_on=date(2026, 5, 20), condition="used", odometer_miles=41_000)
    row = clock(engine, leased, bought, odometer_miles=41_000, odometer_on=date(2026, 5, 20), miles_per_day=50.0)
    # 75,000 miles from 20: 34,020 more at 50 a day are 681 days
    assert (row["contract_ends_on"], row["contract_basis"], row["lease_ends_on"]) == (date(2028, 3, 31), "miles", None)


KIA = {"make": "Kia", "year": 2020, "in_service_on": date(2020, 2, 29)}


@pytest.mark.parametrize(
    ("owner", "certified", "ends_on"),
    [
        (1, False, date(2030, 2, 28)),
        (2, False, date(2025, 2, 28)),
        (None, False, date(2025, 2, 28)),
        (2, True, date(2030, 2, 28)),  # certified: the first owner's cover is back
    ],
)
def test_powertrain_by_owner_and_certificate(engine, owner, certified, ends_on):
    rows = tuple(
        Warranty(**{**one.model_dump(), "certified_months": 120, "certified_miles": 100_000})
        for one in world.REFERENCE.warranties
    )
    policy = world.policy().model_copy(update={"reference": world.REFERENCE.model_copy(update={"warranties": rows})})
    row = clock(engine, {**DEAL, "is_certified": certified, "condition": "used"}, policy=policy, owner_number=owner, **KIA)
    assert (row["powertrain_warranty_ends_on"], row["is_certified"]) == (ends_on, certified)


def test_the_second_owners_powertrain_ends_by_miles(engine):
    car = {**KIA, "year": 2023, "in_service_on": date(2023, 1, 10), "owner_number": 2}
    row = clock(engine, odometer_miles=58_000, odometer_on=date(2026, 11, 1), miles_per_day=80.0, **car)
    assert (row["powertrain_warranty_ends_on"], row["powertrain_warranty_basis"]) == (date(2026, 11, 26), "miles")
    first = clock(engine, odometer_miles=58_000, odometer_on=date(2026, 11, 1), miles_per_day=80.0, **{**car, "owner_number": 1})
    assert first["powertrain_warranty_ends_on"] == date(2028, 4, 9)  # 525 days


def test_without_an_in_service_date_the_bounds_are_told(engine):
    row = clock(engine, year=2024)
    assert (row["basic_warranty_ends_on"], row["basic_warranty_basis"]) == (None, None)
    assert (row["basic_warranty_earliest_on"], row["basic_warranty_latest_on"]) == (date(2028, 1, 1), date(2028, 12, 31))
    assert (row["powertrain_warranty_earliest_on"], row["is_out_of_warranty"]) == (date(2030, 1, 1), False)
    worn = clock(engine, year=2024, odometer_miles=52_000, odometer_on=date(2026, 9, 1), miles_per_day=50.0)
    assert (worn["basic_warranty_latest_on"], worn["is_out_of_warranty"]) == (date(2026, 7, 23), True)


def test_a_lease_bought_by_somebody_else_of_the_house_is_their_loan(engine):
    bought = again(LOAN, 1900, record_id="dms_sales:2:buyer", occurred_on=date(2026, 6, 2), term_months=48)
    members = (*MEMBERS, {"record_id": "dms_sales:2:buyer", "person_id": "p2"})
    garage = ({**CAR, "is_current": False}, {**CAR, "person_id": "p2"})
    rows = world.run(engine, STEP, world.policy(), garage=garage, transaction=(LEASE, bought), member=members)
    assert rows["person_id"].to_list() == ["p2"]
    assert rows["lease_ends_on"].to_list() == [None]
