"""transaction: literal deals, orders and appointments in, transactions out."""

from datetime import date
from decimal import Decimal

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
