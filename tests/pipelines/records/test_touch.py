"""touch: literal rows of feeds in, touches out."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import polars as pl

from pipelines.records import touch_web_names
from pipelines.records.touch import STEP
from pipelines.records.touch_web_names import web_event_kinds
from schemas.tables.records import CONTACT_RECORD, TRANSACTION, VEHICLE, VOCABULARY_MATCH
from schemas.vocabulary_touch import TOUCH_KINDS

AS_OF = date(2026, 11, 21)
SECOND = 1_000_000
AT = 1_795_000_000 * SECOND  # 2026-11-18T04:26:40Z


def event(name: str, at: int = 0, **more) -> dict:
    return {"user_pseudo_id": "1.2", "event_micros": AT + at * SECOND, "event_name": name, "ga_session_id": "77", **more}


def kinds(out: pl.DataFrame) -> list[str]:
    return out["kind"].to_list()


def test_a_vehicle_page(run, rows):
    (one,) = run(
        STEP,
        web_events=rows(
            "web_events",
            event("asc_item_pageview", item_vin="X", item_price="31250", item_condition="New", item_category="suv", gpc="1"),
            event("session_start"),
        ),
    ).to_dicts()
    assert one["kind"] == "vdp_view"
    assert one["touch_id"].startswith("web_events:1.2|")
    assert one["record_id"] == "web_events:1.2"
    assert (one["session_id"], one["condition"], one["body_style"], str(one["price"])) == ("1.2.77", "new", "suv", "31250.00")
    assert one["occurred_at"].isoformat() == "2026-11-18T11:06:40+00:00"
    assert one["is_ads_denied"]


def test_a_twin_counts_once(run, rows):
    out = run(
        STEP,
        web_events=rows(
            "web_events",
            event("asc_form_submission", department="sales", form_name="check_availability"),
            event("asc_form_submission_sales", 4),
            event("aasc_form_submission_service", 60),
            event("asc_form_submission_test_drive", 120),
            event("asc_form_submission_sales", 122),
        ),
    )
    assert kinds(out) == ["form_sales", "form_service", "form_test_drive"]


def test_a_twin_sent_alone_counts_as_what_it_is(run, rows):
    out = run(STEP, web_events=rows("web_events", event("asc_form_submission_sales")))
    assert kinds(out) == ["form_sales"]


def test_a_twin_delivered_on_a_later_day_counts_once(run, rows):
    parent = run(STEP, web_events=rows("web_events", event("asc_form_submission", department="sales")))
    yesterday = parent.with_columns(dt=AS_OF - timedelta(days=1))
    late = rows("web_events", event("asc_form_submission_sales", 3), event("asc_form_submission_sales", 60))
    assert run(STEP, web_events=late, touch=yesterday)["occurred_at"].to_list() == [datetime(2026, 11, 18, 11, 7, 40, tzinfo=UTC)]
    again = run(STEP, web_events=late, touch=parent.with_columns(dt=AS_OF))  # the day made anew does not see itself
    assert again.height == 2
    long_ago = run(STEP, web_events=late, touch=parent.with_columns(dt=AS_OF - timedelta(days=5)))
    assert long_ago.height == 2


def test_misspelt_and_unknown_names():
    out = web_event_kinds(
        pl.Series(["aasc_form_submission_service", "ASC_Item_Pageview", "asc_custom", "scroll", "asc_pageview"])
    )
    assert dict(zip(out["event_name"], out["kind"], strict=True)) == {
        "ASC_Item_Pageview": "vdp_view",
        "aasc_form_submission_service": "form_service",
        "asc_pageview": "page_view",
    }


def test_the_vin_wins_over_what_was_typed(run, rows):
    vehicle = VEHICLE.schema.create_empty()
    known = {"vin": "X", "make": "Honda", "model": "Accord", "body_style": "sedan", "year": 2020}
    vehicles = pl.DataFrame([{**dict.fromkeys(vehicle.schema), **known}], schema=vehicle.schema, orient="row")
    words = VOCABULARY_MATCH.schema.create_empty().schema
    spellings = pl.DataFrame(
        [
            {"kind": "make", "context": "", "raw": "mercedes_benz", "matched": "Mercedes-Benz"},
            {"kind": "model", "context": "Mercedes-Benz", "raw": "c class", "matched": "C-Class"},
        ],
        schema={name: words[name] for name in ("kind", "context", "raw", "matched")},
        orient="row",
    )
    typed = {"item_make": "Mercedes_Benz", "item_model": "c_class"}
    out = run(
        STEP,
        vehicle=vehicles,
        vocabulary_match=spellings,
        web_events=rows(
            "web_events",
            event("asc_item_pageview", item_vin="X", item_year="1999", **typed),
            event("asc_item_pageview", 1, item_vin="Y", item_year="2019", **typed),
        ),
    )
    assert out.select("make", "model", "year").rows() == [("Honda", "Accord", 2020), ("Mercedes-Benz", "C-Class", 2019)]


def test_leads_by_who_sent_them(run, rows, policy):
    at = {"requested_at": datetime(2026, 11, 21, 14, tzinfo=UTC), "vendor_name": policy.group.rooftops[0].vendor_names[0]}
    out = run(
        STEP,
        crm_leads=rows(
            "crm_leads",
            {**at, "lead_id": "1", "provider_name": "Autotrader"},
            {**at, "lead_id": "2", "provider_name": at["vendor_name"].upper()},
            {**at, "lead_id": "3", "provider_name": "Rooftop site"},
            {**at, "lead_id": "4", "provider_name": "Manufacturer site"},
        ),
    )
    assert kinds(out) == ["lead_third_party", "lead", "lead", "lead_third_party"]
    assert out["rooftop_id"].to_list() == [policy.group.rooftops[0].rooftop_id] * 4


def test_calls_that_reached_somebody(run, rows, policy):
    rooftop = policy.group.rooftops[0]
    call = {
        "started_at": datetime(2026, 11, 21, 14, tzinfo=UTC),
        "caller": "6145550123",
        "tracked_number": rooftop.phones[0],
        "duration_seconds": 60,
    }
    out = run(
        STEP,
        call_tracking=rows(
            "call_tracking",
            {**call, "call_id": "1", "department": "service"},
            {**call, "call_id": "2", "outcome": "spam"},
            {**call, "call_id": "3", "outcome": "wrong_number"},
            {**call, "call_id": "4", "duration_seconds": 9},
            {**call, "call_id": "5", "outcome": "voicemail"},
        ),
    )
    assert out.select("touch_id", "kind", "detail").rows() == [
        ("call_tracking:1", "call_service", None),
        ("call_tracking:5", "call_sales", "voicemail"),
    ]
    assert out["rooftop_id"].unique().to_list() == [rooftop.rooftop_id]


def deal(**more) -> dict:
    said = {"transaction_id": "dms_sales:D1|1", "kind": "sale", "status": "closed", "sale_type": "retail", "record_id": "r"}
    return {**said, "occurred_on": date(2026, 7, 1), **more}


def transactions(*rows_of: dict) -> pl.DataFrame:
    schema = TRANSACTION.schema.create_empty().schema
    return pl.DataFrame([{**dict.fromkeys(schema), **row} for row in rows_of], schema=schema, orient="row")


def test_the_dms_is_a_touch_once_when_it_closes(run):
    order = {"kind": "service", "transaction_id": "dms_service:D1|2"}
    booked = {"kind": "appointment", "status": "open", "transaction_id": "dms_appointments:D1|3"}
    today = transactions(deal(), deal(**order), deal(**booked, opened_on=date(2026, 11, 20), occurred_on=date(2026, 12, 1)))
    out = run(STEP, transaction=today)
    assert out.select("touch_id", "kind").rows() == [
        ("dms_sales:D1|1", "purchase"),
        ("dms_service:D1|2", "service_visit"),
        ("dms_appointments:D1|3", "appointment"),
    ]
    assert out["occurred_at"][0].isoformat() == "2026-07-01T16:00:00+00:00"  # noon of a summer day in the group's time zone
    assert out["occurred_at"][2].date() == date(2026, 11, 20)
    assert run(STEP, transaction=today, previous_transaction=today).is_empty()
    opened = transactions(deal(status="open"), deal(**order, status="open") | {"status": "open"})
    assert kinds(run(STEP, transaction=today, previous_transaction=opened)) == ["purchase", "service_visit", "appointment"]


def test_wholesale_internal_and_future_deals_are_no_touches(run):
    future = deal(transaction_id="dms_sales:D1|4", occurred_on=date(2027, 1, 1))
    others = [deal(transaction_id=f"dms_sales:D1|{name}", sale_type=name) for name in ("wholesale", "internal")]
    assert run(STEP, transaction=transactions(future, *others)).is_empty()


def test_emails_and_exposures_belong_to_the_record_that_holds_the_address(run, rows):
    schema = CONTACT_RECORD.schema.create_empty().schema
    held = {**dict.fromkeys(schema), "emails": ["a@x.org"], "email_hashes": []}
    contacts = pl.DataFrame(
        [{**held, "record_id": "b", "is_first_party": False}, {**held, "record_id": "z", "is_first_party": True}],
        schema=schema,
        orient="row",
    )
    at = {"occurred_at": datetime(2026, 11, 21, 14, tzinfo=UTC)}
    seen = {"exposed_on": date(2026, 11, 20), "channel": "ctv", "campaign": "VAG_CQ_LUX_M1", "impressions": 3}
    out = run(
        STEP,
        contact_record=contacts,
        email_status=rows(
            "email_status",
            {**at, "event_id": "1", "email": "A@X.org", "status": "click"},
            {**at, "event_id": "2", "email": "unknown@x.org", "status": "open"},
            {**at, "event_id": "3", "email": "a@x.org", "status": "delivered"},
        ),
        campaign_exposures=rows(
            "campaign_exposures",
            {**seen, "exposure_id": "1", "email_sha256": sha256(b"a@x.org").hexdigest()},
            {**seen, "exposure_id": "2", "zip": "43017"},
            {**seen, "exposure_id": "3", "user_pseudo_id": "1.2"},
        ),
    )
    assert out.select("touch_id", "record_id").rows() == [
        ("campaign_exposures:1", "z"),
        ("campaign_exposures:3", "web_events:1.2"),
        ("email_status:1", "z"),
    ]


def test_slices_of_time_change_no_row(run, rows, monkeypatch):
    events = rows(
        "web_events", *(event("asc_item_pageview", at=(number * 37) % 60, batch_event_index=number) for number in range(60))
    )
    whole = run(STEP, web_events=events)
    monkeypatch.setattr("pipelines.records.touch.SLICE_ROWS", 7)
    assert run(STEP, web_events=events).equals(whole)
    assert whole["occurred_at"].is_sorted()


def test_every_kind_is_in_the_vocabulary():
    named = {kind for kind, *_ in [*touch_web_names._PLAIN.values(), *touch_web_names._TWINS.values()]}
    assert named <= set(TOUCH_KINDS)
