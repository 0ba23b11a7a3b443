"""contact_record: literal rows of feeds in, records out."""

from datetime import date

from pipelines.records.contact_record import STEP

DEAL = {
    "dealer_id": "DVD46315",
    "deal_number": "000123",
    "customer_number": "0007",
    "customer_full_name": "SMITH,JOHN M",
    "customer_cell_phone": "(800)555‑0100",
    "customer_home_phone": "9999999999",
    "customer_email_1": " John.Smith@GMAIL.com ",
    "customer_email_2": "none@none.com",
    "customer_address_1": "12 North Main Street",
    "customer_city": "Columbus",
    "customer_state": "oh",
    "customer_zip": "43017-1234",
    "contract_on": date(2026, 11, 20),
    "co_buyer_first_name": "Ann",
    "co_buyer_last_name": "Smith",
}


def test_a_deal_yields_buyer_and_co_buyer(run, rows):
    out = run(STEP, dms_sales=rows("dms_sales", DEAL))
    assert out["record_id"].to_list() == ["dms_sales:DVD46315|000123:co_buyer", "dms_sales:DVD46315|0007:buyer"]
    co_buyer, buyer = out.to_dicts()
    assert (buyer["first_name"], buyer["middle_name"], buyer["last_name"]) == ("john", "m", "smith")
    assert buyer["emails"] == ["john.smith@gmail.com"]
    assert buyer["emails_raw"] == [" John.Smith@GMAIL.com ", "none@none.com"]
    assert buyer["phones"] == ["+18005550100"]
    assert (buyer["address"], buyer["zip"], buyer["state"], buyer["is_address_valid"]) == ("12 N MAIN ST", "43017", "OH", True)
    assert buyer["source_customer_id"] == "DVD46315|0007"
    assert buyer["last_seen_on"] == date(2026, 11, 20)
    assert co_buyer["source_customer_id"] is None
