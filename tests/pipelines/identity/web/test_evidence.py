"""What web clients told, from literal events."""

import hashlib
from datetime import UTC, date, datetime

import pytest

from pipelines.identity.web.evidence import STEP, click_pattern

NOON = "2026-11-20T12:00"
ANN = "ann@example.com"
HASH = hashlib.sha256(ANN.encode()).hexdigest()


def record(record_id: str, **values: object) -> dict:
    feed = record_id.partition(":")[0]
    role = {"crm_leads": "lead", "call_tracking": "caller"}.get(feed, "contact")
    plain = {"is_business": False, "is_address_valid": False, "is_first_party": True, "created_on": date(2026, 1, 1)}
    return {"record_id": record_id, "feed": feed, "role": role, **plain, **values}


def booking(record_id: str, rooftop: str = "R01") -> dict:
    return {
        "transaction_id": f"dms_appointments:{record_id}", "kind": "appointment", "status": "open", "number": "1",
        "rooftop_id": rooftop, "opened_on": date(2026, 11, 20), "record_id": record_id,
    }  # fmt: skip


def told(found) -> list[tuple]:
    return found["web_evidence"].select("record_id", "kind", "value", "days").rows()


def form(micros, client: str = "1.1", at: str = NOON) -> dict:
    return {"user_pseudo_id": client, "event_micros": micros(at), "lead_key": HASH.upper(), "hostname": "www.alder-auto.example"}


def test_a_login_counts_once_a_day(run, micros):
    days = ("2026-11-19T10:00", "2026-11-20T10:00", "2026-11-20T18:00")
    events = [{"user_pseudo_id": "1.1", "event_micros": micros(one), "web_user_id": "u"} for one in days]
    assert told(run(STEP, web_events=events)) == [("web_events:1.1", "login", "u", 2)]


def test_a_form_tells_an_email_in_lower_case(run, micros):
    assert told(run(STEP, web_events=[form(micros)])) == [("web_events:1.1", "form", HASH, 1)]


def test_a_form_with_the_lead_that_it_made_tells_the_lead(run, micros):
    leads = [
        {"row_key": "near", "requested_at": datetime(2026, 11, 20, 12, 4, tzinfo=UTC)},
        {"row_key": "echo", "requested_at": datetime(2026, 11, 20, 12, 8, tzinfo=UTC)},
        {"row_key": "other", "requested_at": datetime(2026, 11, 20, 14, 4, tzinfo=UTC)},
    ]
    contacts = [record(f"crm_leads:{one['row_key']}:lead", emails=[ANN]) for one in leads]
    found = run(STEP, web_events=[form(micros)], crm_leads=leads, contact_record=contacts)
    assert told(found) == [("web_events:1.1", "lead", "crm_leads:near:lead", 1)]


def test_a_booking_form_tells_who_of_the_house_booked(run, micros):
    home = {"last_name": "lee", "zip": "28227"}
    contacts = [record("crm_contacts:ann", emails=[ANN], **home), record("dms_appointments:bob", **home)]
    found = run(STEP, web_events=[form(micros)], contact_record=contacts, transaction=[booking("dms_appointments:bob")])
    assert told(found) == [("web_events:1.1", "lead", "dms_appointments:bob", 1)]


@pytest.mark.parametrize(
    ("name", "rooftop"), [("dms_appointments:bob", "R02"), ("dms_appointments:stranger", "R01")], ids=["elsewhere", "stranger"]
)
def test_a_booking_elsewhere_or_of_a_stranger_tells_nothing(run, micros, name, rooftop):
    contacts = [
        record("crm_contacts:ann", emails=[ANN], last_name="lee", zip="28227"),
        record("dms_appointments:bob", last_name="lee", zip="28227"),
        record("dms_appointments:stranger", last_name="lee", zip="28105"),
    ]
    found = run(STEP, web_events=[form(micros)], contact_record=contacts, transaction=[booking(name, rooftop)])
    assert told(found) == [("web_events:1.1", "form", HASH, 1)]


def test_leads_and_calls_that_carry_a_client_id_tell_themselves(run):
    at = datetime(2026, 11, 20, 12, 4, tzinfo=UTC)
    calls = [
        {"row_key": "c1", "started_at": at, "caller": "+17045550001", "web_client": "2.2", "outcome": "answered"},
        {"row_key": "c2", "started_at": at, "caller": "+17045550001", "web_client": "3.3", "outcome": "spam"},
        {"row_key": "c3", "started_at": at, "web_client": "4.4"},
    ]
    found = run(STEP, crm_leads=[{"row_key": "l", "requested_at": at, "web_client": "1.1"}], call_tracking=calls)
    assert told(found) == [
        ("web_events:1.1", "lead", "crm_leads:l:lead", 1),
        ("web_events:2.2", "call", "call_tracking:c1:caller", 1),
    ]


def test_a_click_tells_the_email_of_the_newsletter(run, micros):
    page = "https://www.alder-auto.example/?utm_medium=email&mail_event=E1"
    events = [
        {"user_pseudo_id": "1.1", "event_micros": micros(NOON), "page_location": page},
        {"user_pseudo_id": "2.2", "event_micros": micros(NOON), "page_location": page.replace("E1", "E2")},
    ]
    status = [
        {"event_id": "E1", "email": " Ann@Example.com", "status": "click"},
        {"event_id": "E2", "email": ANN, "status": "open"},
    ]
    assert told(run(STEP, web_events=events, email_status=status)) == [("web_events:1.1", "click", HASH, 1)]


def test_parameters_of_clicks_are_those_of_the_policy():
    assert click_pattern(("a", "b")) == "[?&](?:a|b)=([A-Za-z0-9_-]+)"
