"""transaction: literal deals, orders and appointments in, transactions out."""

from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from dateutil.relativedelta import relativedelta

from pipelines.records.transaction import STEP

LEASE = {
    "dealer_id": "DVD99999",
    "deal_number": "000123",
    "deal_type": "Lease",
    "deal_status": "Finalized",
    "customer_number": "0007",
    "customer_full_name": "SMITH,JOHN",
    "co_buyer_last_name": "SMITH",
    "contract_on": date(2023, 11, 30),
    "first_payment_on": date(2024, 1, 31),
    "term_months": 36,
    "allowed_miles": 12000,
    "residual": Decimal("18000.00"),
    "condition": "N",
    "contract_2_name": "Gold Plan",
    "contract_2_months": 75,
    "contract_2_miles": 75000,
    "trade_1_payoff": Decimal("1000.10"),
    "front_gross": Decimal("-200.00"),
    "back_gross": Decimal("900.50"),
}


def test_a_lease(run, rows):
    (one,) = run(STEP, dms_sales=rows("dms_sales", LEASE)).to_dicts()
    assert one["transaction_id"] == "dms_sales:DVD99999|000123"
    assert (one["kind"], one["status"], one["sale_type"], one["condition"]) == ("lease", "closed", "lease", "new")
    assert one["rooftop_id"] is None  # a dealer id that the policy does not know keeps its row
    assert one["record_id"] == "dms_sales:DVD99999|0007:buyer"
    assert one["co_record_id"] == "dms_sales:DVD99999|000123:co_buyer"
    assert one["allowed_miles"] == 36000
    assert one["matures_on"] == date(2024, 1, 31) + relativedelta(months=35)
    assert (one["contract_name"], one["contract_miles"]) == ("Gold Plan", 75000)
    assert one["contract_expires_on"] == date(2030, 2, 28)
    assert one["gross"] == Decimal("700.50")
    assert one["trade_payoff"] == Decimal("1000.10")


@pytest.mark.parametrize(
    ("said", "kind", "status", "sale_type"),
    [
        ({"deal_status": "Booked", "deal_type": "Retail"}, "sale", "closed", "retail"),
        ({"deal_status": "Unwound"}, "sale", "cancelled", "retail"),
        ({"deal_status": "Open"}, "sale", "open", "retail"),
        ({}, "sale", "closed", "retail"),  # a contract date says that it was sold
        ({"contract_on": None}, "sale", "open", "retail"),
        ({"deal_type": "L"}, "lease", "closed", "lease"),
        ({"residual": Decimal("9000"), "term_months": 36}, "lease", "closed", "lease"),
        ({"residual": Decimal("9000"), "term_months": 36, "deal_type": "Retail"}, "lease", "closed", "lease"),
        ({"deal_type": "Wholesale"}, "sale", "closed", "wholesale"),
        ({"sale_type": "Fleet"}, "sale", "closed", "fleet"),
        ({"sale_type": "House"}, "sale", "closed", "internal"),
        ({"customer_full_name": "MANHEIM AUTO AUCTION", "customer_party_type": "B"}, "sale", "closed", "wholesale"),
        ({"customer_full_name": "ACME FLEET SERVICES", "customer_party_type": "B"}, "sale", "closed", "fleet"),
        ({"customer_full_name": "ACME PLUMBING LLC", "customer_party_type": "B"}, "sale", "closed", "retail"),
    ],
)
def test_what_a_deal_is(run, rows, said, kind, status, sale_type):
    deal = {"dealer_id": "D1", "deal_number": "1", "contract_on": date(2026, 1, 5), **said}
    (one,) = run(STEP, dms_sales=rows("dms_sales", deal)).to_dicts()
    assert (one["kind"], one["status"], one["sale_type"]) == (kind, status, sale_type)


def test_maturity_agrees_with_dateutil(run, rows):
    """Usual and odd terms from the ends and beginnings of months, in a leap year and beside it, by both dates they run from."""
    terms = (1, 2, 11, 12, 13, 24, 36, 39, 48, 60, 72, 84, 96)
    months = [date(year, month, 1) for year in (2023, 2024) for month in range(1, 13)]
    starts = [first + relativedelta(days=days) for first in months for days in (-1, 0, 28)]
    asked = {
        f"{number}": (column, first, term)
        for number, (column, first, term) in enumerate(product(("contract_on", "first_payment_on"), starts, terms))
    }
    deals = [
        {"dealer_id": "D1", "deal_number": number, "term_months": term, column: first}
        for number, (column, first, term) in asked.items()
    ]
    made = run(STEP, dms_sales=rows("dms_sales", *deals)).to_dicts()
    found = {one["record_id"].split("|")[-1].split(":")[0]: one for one in made}
    for number, (column, first, term) in asked.items():
        assert found[number]["matures_on"] == first + relativedelta(months=term - (column == "first_payment_on"))


def test_a_repair_order(run, rows):
    order = {
        "dealer_id": "D1",
        "ro_number": "000123",
        "opened_on": date(2026, 11, 18),
        "closed_on": date(2026, 11, 20),
        "ro_status": "Closed",
        "total_sale": Decimal("150.00"),
        "total_cost": Decimal("90.25"),
        "customer_sale": Decimal("150.00"),
        "mileage_in": 30100,
        "mileage_out": 30104,
        "op_codes": [["LOF", ""], [None], ["ROT", "LOF"]],
        "recommendations": [["brakes"]],
    }
    (one,) = run(STEP, dms_service=rows("dms_service", order)).to_dicts()
    assert (one["kind"], one["status"], one["sale_type"], one["occurred_on"]) == (
        "service",
        "closed",
        "retail",
        date(2026, 11, 20),
    )
    assert (one["gross"], one["odometer_miles"]) == (Decimal("59.75"), 30104)
    assert (one["op_codes"], one["recommended_ops"]) == (["LOF", "ROT"], ["brakes"])
    assert one["record_id"] == "dms_service:D1|000123:customer"


def test_an_order_closed_after_the_file_that_tells_of_it_counts_when_it_was_opened(run, rows):
    slip = {"dealer_id": "D1", "ro_number": "1", "opened_on": date(2026, 11, 18), "closed_on": date(2027, 11, 18)}
    ahead = {"dealer_id": "D1", "ro_number": "2", "opened_on": date(2027, 1, 14), "closed_on": date(2027, 1, 15)}
    out = run(STEP, dms_service=rows("dms_service", slip, ahead))
    assert out["occurred_on"].to_list() == [date(2026, 11, 18), date(2027, 1, 15)]


def test_internal_and_void_orders(run, rows):
    internal = {"dealer_id": "D1", "ro_number": "1", "internal_sale": Decimal("80"), "closed_on": date(2026, 11, 20)}
    void = {"dealer_id": "D1", "ro_number": "2", "ro_status": "Void"}
    out = run(STEP, dms_service=rows("dms_service", internal, void))
    assert out["sale_type"].to_list() == ["internal", "retail"]
    assert out["status"].to_list() == ["closed", "cancelled"]


def test_an_appointment(run, rows):
    visit = {"dealer_id": "D1", "appointment_number": "7", "appointment_on": date(2026, 12, 1), "op_code": "LOF"}
    (one,) = run(STEP, dms_appointments=rows("dms_appointments", visit)).to_dicts()
    assert (one["kind"], one["status"], one["occurred_on"], one["op_codes"]) == (
        "appointment",
        "open",
        date(2026, 12, 1),
        ["LOF"],
    )


def test_a_later_partial_version_changes_only_what_it_says(run, rows):
    yesterday = date(2026, 11, 20)
    whole = {**LEASE, "dt": yesterday}
    first = run(STEP, on=yesterday, dms_sales=rows("dms_sales", whole))
    later = {"dealer_id": "DVD99999", "deal_number": "000123", "deal_status": "Unwound", "line_number": 9}
    second = run(STEP, dms_sales=rows("dms_sales", whole, later), previous_transaction=first)
    assert second["status"].to_list() == ["cancelled"]
    assert second.drop("status").equals(first.drop("status"))
