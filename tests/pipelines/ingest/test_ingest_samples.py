from pathlib import Path

from ingest_case import drop, take


def test_an_adf_lead_made_by_others(samples: Path) -> None:
    result = take("crm_leads", drop("adf_20261121.xml", (samples / "adf_fetch_auto.xml").read_bytes()))
    row = result.accepted.row(0, named=True)
    assert (row["full_name"], row["phone_1"], row["zip"], row["provider_name"]) == (
        "Test user",
        "778-555-4474",
        "V5Y1V4",
        "Fetch Auto",
    )
    assert "Telus" not in str(row), "employment is never read"


def test_a_ga4_event_made_by_others(samples: Path) -> None:
    result = take("web_events", drop("events_20261121.json", (samples / "ga4_event_velir.json").read_bytes()))
    row = result.accepted.row(0, named=True)
    assert (row["event_micros"], row["ga_session_id"], row["hostname"]) == (1617691790431476, "1617691775", "www.velir.com")


def test_contacts_made_by_others(samples: Path) -> None:
    result = take("crm_contacts", drop("crm_contacts_20261121.csv", (samples / "google_audience_members_1.csv").read_bytes()))
    assert result.files.select("rows_read", "rows_accepted").rows() == [(4, 4)]
    assert result.accepted["email_2"].to_list()[2] == "baklavainthebalkans@gmail.com"
    assert result.accepted["phone_1"].to_list()[1] == "+1-800‑555‑0100"
