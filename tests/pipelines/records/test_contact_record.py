"""contact_record: literal rows of feeds in, records out."""

from datetime import date, datetime, timedelta

import polars as pl

from pipelines.records.contact_record import STEP

AS_OF = date(2026, 11, 21)
STAMP = datetime(2026, 11, 21, 5, 12)  # noqa: DTZ001 - file stamps are naive, in the group's time zone
PARTIAL = {"dealer_id": "DVD46315", "deal_number": "000123"}
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


def test_blanks_and_older_files_never_overwrite(run, rows):
    older, newer = STAMP - timedelta(days=2), STAMP + timedelta(days=1)
    deals = rows(
        "dms_sales",
        {**DEAL, "version_at": STAMP, "dt": AS_OF - timedelta(days=1)},
        {**PARTIAL, "customer_work_phone": "614 555 0123", "version_at": newer},
        {
            **PARTIAL,
            "customer_full_name": "WRONG,OLD",
            "customer_email_1": "old@x.org",
            "version_at": older,
            "is_superseded": True,
        },
    )
    buyer = run(STEP, dms_sales=deals).filter(pl.col("role") == "buyer").row(0, named=True)
    assert (buyer["last_name"], buyer["emails"]) == ("smith", ["john.smith@gmail.com"])
    assert buyer["phones"] == ["+18005550100", "+16145550123"]
    assert buyer["address"] == "12 N MAIN ST"
    assert (buyer["created_on"], buyer["updated_at"]) == (AS_OF - timedelta(days=1), newer)


def test_a_customer_is_one_record_over_deals_and_an_address_is_taken_whole(run, rows):
    first = {**DEAL, "customer_address_2": "Apt 9"}
    second = {
        "dealer_id": "DVD46315",
        "deal_number": "9",
        "customer_number": "0007",
        "customer_address_1": "77 Oak Avenue",
        "customer_zip": "43085",
        "version_at": STAMP + timedelta(hours=1),
    }
    buyer = run(STEP, dms_sales=rows("dms_sales", first, second)).filter(pl.col("role") == "buyer")
    assert buyer["record_id"].to_list() == ["dms_sales:DVD46315|0007:buyer"]
    assert buyer["address"].to_list() == ["77 OAK AVE"]
    assert buyer["city"].to_list() == [None]
    assert buyer["last_name"].to_list() == ["smith"]


def test_only_keys_of_the_day_are_made_anew_and_a_late_number_replaces_the_unnumbered_record(run, rows):
    yesterday = AS_OF - timedelta(days=1)
    unnumbered = {**PARTIAL, "customer_last_name": "Smith", "dt": yesterday}
    contact = {"contact_id": "5", "email_1": "kept@x.org", "dt": yesterday}
    first = run(STEP, on=yesterday, dms_sales=rows("dms_sales", unnumbered), crm_contacts=rows("crm_contacts", contact))
    assert first["record_id"].to_list() == ["crm_contacts:5:contact", "dms_sales:DVD46315|000123:buyer"]
    deals = rows("dms_sales", unnumbered, {**PARTIAL, "customer_number": "7", "version_at": STAMP + timedelta(hours=1)})
    second = run(STEP, dms_sales=deals, crm_contacts=rows("crm_contacts", contact), previous_contact_record=first)
    assert second["record_id"].to_list() == ["crm_contacts:5:contact", "dms_sales:DVD46315|7:buyer"]
    assert second["last_name"].to_list() == [None, "smith"]
    assert second.row(0) == first.row(0)


def test_cass_wins_where_it_is_clean(run, rows):
    cass = {"cass_line_1": "12 N MAIN ST APT 2", "cass_city": "DUBLIN", "cass_state": "OH", "cass_zip": "43017"}
    clean = run(STEP, dms_sales=rows("dms_sales", {**DEAL, **cass, "cass_error": "0"})).filter(pl.col("role") == "buyer")
    assert (clean["address"][0], clean["city"][0]) == ("12 N MAIN ST APT 2", "DUBLIN")
    faulty = run(STEP, dms_sales=rows("dms_sales", {**DEAL, **cass, "cass_error": "E412"})).filter(pl.col("role") == "buyer")
    assert (faulty["address"][0], faulty["city"][0]) == ("12 N MAIN ST", "COLUMBUS")


def test_licences_travel_with_bought_records(run, rows):
    licence = {"licence_id": "L1", "permitted_channels": "display|CTV", "expires_on": date(2027, 1, 31)}
    out = run(
        STEP,
        ownership_lists=rows("ownership_lists", {**licence, "list_row_id": "1", "zip": "99999", "dppa_basis": "2721(b)(12)"}),
        household_appends=rows(
            "household_appends",
            {**licence, "append_id": "2", "email": "a@x.org", "life_event": "move", "life_event_on": date(2026, 10, 1)},
        ),
        shopping_signals=rows("shopping_signals", {**licence, "provider": "cars.com", "signal_id": "3", "email_sha256": "AB"}),
    )
    assert out["is_first_party"].to_list() == [False, False, False]
    assert out["permitted_channels"].to_list() == [["display", "ctv"]] * 3
    by_feed = {row["feed"]: row for row in out.to_dicts()}
    assert by_feed["household_appends"]["life_events"] == ["move@2026-10-01"]
    assert by_feed["ownership_lists"]["dppa_basis"] == "2721(b)(12)"
    assert (by_feed["ownership_lists"]["zip"], by_feed["ownership_lists"]["zip_raw"]) == (None, "99999")
    assert by_feed["shopping_signals"]["email_hashes"] == ["ab"]


def test_a_web_client_gathers_logins_and_submitted_hashes(run, rows, policy):
    host = policy.group.rooftops[0].web_hostnames[0]
    event = {"user_pseudo_id": "1.2", "event_name": "page_view", "hostname": host.upper()}
    out = run(
        STEP,
        web_events=rows(
            "web_events",
            {**event, "event_micros": 1_795_000_000_000_000, "lead_key": "BB", "dt": AS_OF - timedelta(days=3)},
            {**event, "event_micros": 1_795_000_000_000_001, "lead_key": "aa", "web_user_id": "u1"},
            {**event, "event_micros": 1_795_000_000_000_002},
        ),
    )
    (one,) = out.to_dicts()
    assert (one["record_id"], one["role"], one["web_user_id"]) == ("web_events:1.2", "web_client", "u1")
    assert one["email_hashes"] == ["aa", "bb"]
    assert one["rooftop_id"] == policy.group.rooftops[0].rooftop_id
    assert one["created_on"] == AS_OF - timedelta(days=3)


def test_the_order_of_rows_changes_nothing(run, rows):
    deals = [{**DEAL, "deal_number": str(number), "customer_work_phone": f"614 555 01{number:02d}"} for number in range(20)]
    for number, deal in enumerate(deals):
        deal |= {"line_number": number + 1, "file_name": f"f{number % 3}"}
    straight, turned = (run(STEP, dms_sales=rows("dms_sales", *some)) for some in (deals, deals[::-1]))
    assert straight.equals(turned)
