"""consent_event: requests, flags and signals in, events by identifier out."""

from datetime import UTC, date, datetime
from hashlib import sha256

import polars as pl

from pipelines.records.consent_event import STEP
from schemas.tables.records import ContactRecord

RECEIVED = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)  # still the 20th in the group's time zone


def request(number: int, kind: str, **more) -> dict:
    return {"request_id": f"p{number}", "request": kind, "received_at": RECEIVED, **more}


def contact(**more) -> pl.DataFrame:
    row = {**dict.fromkeys(ContactRecord.column_names()), "emails": [], "phones": [], **more}
    return pl.DataFrame([row], schema=ContactRecord.create_empty().schema, orient="row")


def stamp(day: int) -> datetime:
    return datetime(2026, 11, day, 5, tzinfo=UTC).replace(tzinfo=None)


def test_an_opt_out_keeps_standard_forms(run, rows):
    told = request(
        1, "opt_out", email=" A.Bee@Example.com ", phone="(614) 555-0101", state="oh", address_1="1 Main Street", zip="43017-9"
    )
    (one,) = run(STEP, privacy_requests=rows("privacy_requests", told)).to_dicts()
    assert (one["kind"], one["email"], one["phone"], one["state"]) == (
        "opt_out_sharing",
        "a.bee@example.com",
        "+16145550101",
        "OH",
    )
    assert (one["received_on"], one["address_key"]) == (date(2026, 11, 20), None)


def test_a_deletion_keeps_only_hashes_and_records(run, rows):
    told = request(2, "deletion", email="a@example.com", phone="6145550101", customer_number="0007", rooftop_id="R01")
    known = contact(record_id="dms_sales:DVD46301|0007:buyer", source_customer_id="DVD46301|0007", is_first_party=True)
    base, named = run(STEP, privacy_requests=rows("privacy_requests", told), contact_record=known).to_dicts()
    assert (base["email"], base["phone"]) == (None, None)
    assert base["email_hash"] == sha256(b"a@example.com").hexdigest()
    assert base["phone_hash"] == sha256(b"+16145550101").hexdigest()
    assert named["record_id"] == "dms_sales:DVD46301|0007:buyer"


def test_a_deletion_by_phone_alone_finds_records_and_hashes(run, rows):
    known = contact(record_id="call_tracking:9:caller", phones=["+16145550101"], is_first_party=True)
    out = run(STEP, privacy_requests=rows("privacy_requests", request(3, "deletion", phone="614.555.0101")), contact_record=known)
    assert out["record_id"].to_list() == [None, "call_tracking:9:caller"]
    assert out["phone"].null_count() == 2


def test_flags_of_the_dms_follow_the_customer(run, rows):
    deal = {"dealer_id": "D1", "customer_number": "7"}
    out = run(
        STEP,
        dms_sales=rows(
            "dms_sales",
            {**deal, "deal_number": "1", "customer_block_email": True, "version_at": stamp(1)},
            {
                **deal,
                "deal_number": "2",
                "customer_block_email": True,
                "customer_block_phone": True,
                "version_at": stamp(2),
            },
            {**deal, "deal_number": "2", "customer_block_phone": False, "version_at": stamp(3)},
        ),
        crm_contacts=rows("crm_contacts", {"contact_id": "9", "opt_out": True}),
    )
    dms = out.filter(out["source"] == "dms_sales").to_dicts()
    assert [(one["record_id"], one["kind"], one["received_on"]) for one in dms] == [
        ("dms_sales:D1|7:buyer", "do_not_email", date(2026, 11, 1))
    ]
    crm = out.filter(out["source"] == "crm_contacts")
    assert sorted(crm["kind"].to_list()) == ["do_not_call", "do_not_email", "do_not_mail", "opt_out_sharing"]
    assert crm["record_id"].unique().to_list() == ["crm_contacts:9:contact"]


def test_signals_of_web_clients_add_up(run, rows):
    event = {"event_micros": 1_795_000_000_000_000, "event_name": "page_view", "event_date": "20261118"}
    earlier = run(STEP, web_events=rows("web_events", {**event, "user_pseudo_id": "1.1", "gpc": "1", "ads_storage": "No"}))
    out = run(
        STEP,
        previous_consent_event=earlier,
        web_events=rows("web_events", {**event, "user_pseudo_id": "1.1", "gpc": "1", "event_date": "20261120"}),
    )
    assert [(one["kind"], one["received_on"]) for one in out.to_dicts()] == [
        ("gpc", date(2026, 11, 20)),
        ("opt_out_sharing", date(2026, 11, 18)),
    ]


def test_an_unsubscribe_and_bounces(run, rows, policy):
    def status(number: int, kind: str, email: str) -> dict:
        return {"event_id": f"e{number}", "status": kind, "email": email, "occurred_at": RECEIVED}

    bounces = [status(number, "hard_bounce", "B@x.org") for number in range(policy.privacy.undeliverable_bounces)]
    out = run(
        STEP, email_status=rows("email_status", status(90, "unsubscribe", "A@x.org"), status(91, "open", "c@x.org"), *bounces)
    )
    assert sorted(zip(out["kind"], out["email"], strict=True)) == [
        ("do_not_email", "a@x.org"),
        ("email_undeliverable", "b@x.org"),
    ]
    assert out["received_on"].unique().to_list() == [date(2026, 11, 20)]
