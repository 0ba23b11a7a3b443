"""Web clients and their networks, a day at a time and at once."""

from datetime import date

from pipelines.identity.web.client import STEP
from pipelines.identity.web.own import own_network
from schemas.policy.web_identity import WebIdentityPolicy

FIRST, SECOND = date(2026, 11, 20), date(2026, 11, 21)


def events(micros) -> list[dict]:
    rows = [
        ("1.1", "s1", "2026-11-20T10:00", FIRST, "mobile", "aa", "28227", "land_rover", "Pickup"),
        ("1.1", "s1", "2026-11-20T10:01", FIRST, "mobile", "aa", "28227", "land_rover", "Pickup"),
        ("1.1", "s2", "2026-11-21T10:00", SECOND, "mobile", "bb", None, None, None),
        ("1.1", "s3", "2026-11-21T11:00", SECOND, "mobile", "aa", "28105", "Acura", "suv"),
        ("2.2", "s1", "2026-11-20T10:00", FIRST, "desktop", None, None, None, None),
    ]
    names = ("user_pseudo_id", "ga_session_id", "event_micros", "dt", "device_category", "ip_hash", "geo_zip")
    names += ("item_make", "item_category")
    made = [dict(zip(names, row, strict=True)) for row in rows]
    return [one | {"event_micros": micros(one["event_micros"]), "hostname": "WWW.alder-auto.example"} for one in made]


def test_a_client_is_what_most_of_its_sessions_say(run, micros):
    found = run(STEP, web_events=[one | {"dt": SECOND} for one in events(micros)])
    assert found["web_client"].rows() == [
        ("web_events:1.1", "mobile", "28105", "R01", "acura", "suv", 3, FIRST, SECOND),
        ("web_events:2.2", "desktop", None, "R01", None, None, 1, FIRST, FIRST),
    ]
    assert found["web_network"].rows() == [
        ("web_events:1.1", "aa", 2, FIRST, SECOND),
        ("web_events:1.1", "bb", 1, SECOND, SECOND),
    ]


def test_day_by_day_comes_to_the_same_as_at_once(run, micros):
    one_by_one = run(STEP, on=FIRST, web_events=[one for one in events(micros) if one["dt"] == FIRST])
    before = {f"previous_{name}": frame for name, frame in one_by_one.items()}
    again = run(STEP, on=SECOND, web_events=events(micros), **before)
    at_once = run(STEP, on=SECOND, web_events=[one | {"dt": SECOND} for one in events(micros)])
    assert all(again[name].equals(at_once[name]) for name in again)


def test_devices_that_never_left_the_network_of_a_crowded_one_are_the_rooftops(run, typed):
    days = [("kiosk", "roof", 90), ("tablet", "roof", 7), ("customer", "roof", 1), ("guest", "roof", 9), ("guest", "home", 1)]
    networks = typed(
        "web_network", [{"record_id": who, "ip_hash": ip, "days": n, "first_on": FIRST, "last_on": SECOND} for who, ip, n in days]
    )
    evidence = typed(
        "web_evidence",
        [{"record_id": "kiosk", "kind": "form", "value": str(n), "days": 1, "last_on": FIRST} for n in range(5)],
    )
    assert own_network(networks, evidence, WebIdentityPolicy(), 4).to_list() == ["kiosk", "tablet"]
    assert own_network(networks, evidence, WebIdentityPolicy(), 5).to_list() == []
    listed = WebIdentityPolicy(rooftop_ip_hashes=("home", "roof"))
    assert own_network(networks, evidence, listed, 5).to_list() == ["guest", "kiosk", "tablet"]
