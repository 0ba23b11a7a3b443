"""touch: literal rows of feeds in, touches out."""

import polars as pl

from pipelines.records.touch import STEP

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
