import gzip
import json

import pytest
from ingest_case import assert_adds_up, drop, take

NAME = "events_20261121.ndjson"


def value(text: object = None, kind: str = "string_value") -> dict[str, object]:
    return {"string_value": None, "int_value": None, "float_value": None, "double_value": None} | {kind: text}


def event(at: int | str = 1, **more: object) -> dict[str, object]:
    return {
        "event_date": "20261120",
        "event_timestamp": str(at),
        "event_name": "asc_item_pageview",
        "user_pseudo_id": "1.2",
        "event_params": [],
        "items": [],
    } | more


def lines(*events: object) -> str:
    return "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in events)


def test_params_take_whichever_value_is_set_and_the_first_of_a_repeated_key() -> None:
    params = [
        {"key": "ga_session_id", "value": value("17", "int_value")},
        {"key": "page_type", "value": value("item")},
        {"key": "page_type", "value": value("home")},
        {"key": "gpc", "value": value(1, "int_value")},
        {"key": "form_name", "value": value(1.5, "double_value")},
        {"key": "lead_key", "value": None},
        {"key": "never_declared", "value": value("x")},
    ]
    row = take("web_events", drop(NAME, lines(event(), event(2, event_params=params)))).accepted.row(1, named=True)
    assert (row["ga_session_id"], row["page_type"], row["gpc"], row["form_name"]) == ("17", "item", "1", "1.5")
    assert row["lead_key"] is None


def test_nested_columns_and_the_first_item() -> None:
    one = event(
        privacy_info={"ads_storage": "No"},
        device={"category": "mobile", "web_info": {"hostname": "www.example.com"}},
        geo=None,
        items=[
            {"item_id": "1hgcm82633a004352", "item_price": 25000, "item_params": [{"key": "item_make", "value": value("honda")}]},
            {"item_id": "second"},
        ],
    )
    row = take("web_events", drop(NAME, lines(one))).accepted.row(0, named=True)
    assert (row["ads_storage"], row["hostname"], row["geo_region"]) == ("No", "www.example.com", None)
    assert (row["item_vin"], row["item_price"], row["item_make"]) == ("1HGCM82633A004352", "25000", "honda")


def test_one_bad_line_is_quarantined_and_the_others_are_taken() -> None:
    text = lines(
        event(1), '{"event_date": "2026', "", event(2), "[]", "null", '"x"', event("soon"), event(3, user_pseudo_id=None)
    )
    result = take("web_events", drop(NAME, text))
    assert result.accepted.select("line_number", "event_micros").rows() == [(1, 1), (4, 2)]
    assert result.quarantine.select("line_number", "rule", "column_name").rows() == [
        (2, "row|json", None),
        (5, "row|json", None),
        (6, "row|json", None),
        (7, "row|json", None),
        (8, "event_micros|integer", "event_timestamp"),
        (9, "user_pseudo_id|required", "user_pseudo_id"),
    ]
    assert result.quarantine["raw_text"][0] == '{"event_date": "2026'
    assert_adds_up(result)


def test_a_bad_first_line_is_a_row_and_no_json_at_all_is_another_type() -> None:
    result = take("web_events", drop(NAME, lines("Exported by hand", event(1))))
    assert result.quarantine.select("line_number", "rule").rows() == [(1, "row|json")]
    assert result.accepted.height == 1
    assert "plain text" in take("web_events", drop(NAME, "event_date,event_name\n20261120,x\n")).files["error"][0]


@pytest.mark.parametrize(
    "odd",
    [
        {"event_params": {"a": 1}},
        {"items": "x"},
        {"device": []},
        {"geo": "Texas"},
        {"event_params": [None, 5]},
        {"items": [None]},
    ],
)
def test_values_of_another_shape_do_not_spoil_the_file(odd: dict[str, object]) -> None:
    result = take("web_events", drop(NAME, lines(event(1), event(2, **odd))))
    assert result.accepted["event_micros"].to_list() == [1, 2]


def test_the_fast_way_and_the_slow_way_agree() -> None:
    many = [event(i, event_value=i / 3, stream_id=i, user_id=i % 2 == 0, items=[{"item_price": 1e3 + i / 7}]) for i in range(50)]
    fast = take("web_events", drop(NAME, lines(*many)))
    slow = take("web_events", drop(NAME, lines(*many, "broken")))
    assert fast.accepted.equals(slow.accepted)


@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_and_a_single_printed_object(indent: int | None) -> None:
    result = take("web_events", drop(NAME, json.dumps([event(1), event(2), 5], indent=indent)))
    assert result.accepted.select("line_number", "event_micros").rows() == [(1, 1), (2, 2)]
    assert result.quarantine["line_number"].to_list() == [3]
    assert take("web_events", drop(NAME, json.dumps(event(1), indent=indent))).accepted.height == 1


def test_a_damaged_document_is_one_error() -> None:
    result = take("web_events", drop(NAME, json.dumps(event(1), indent=2)[:-20]))
    assert result.quarantine["rule"].to_list() == ["file|damaged_json"]
    assert take("web_events", drop(NAME, "[]")).files.select("status", "rows_read").rows() == [("accepted", 0)]


def test_gzip_and_repeats_over_days() -> None:
    text = lines(event(1), event(2), event(1))
    result = take("web_events", drop(NAME + ".gz", gzip.compress(text.encode())), drop("events_20261122.ndjson", lines(event(2))))
    assert result.accepted["event_micros"].to_list() == [1, 2]
    assert result.files["rows_superseded"].to_list() == [1, 1]


def test_keys_that_must_never_enter() -> None:
    secret = event(
        "bad", ssn="123-45-6789", event_params=[{"key": "credit_score", "value": value("777")}], geo={"card_number": "4111"}
    )
    result = take("web_events", drop(NAME, lines(event(1), secret, '{"ssn": "123-45-6789", ')))
    everything = str(result.accepted.to_dicts()) + str(result.quarantine.to_dicts())
    for one in ("6789", "777", "4111"):
        assert one not in everything
    assert result.files["columns_dropped"].to_list() == [["card_number", "credit_score", "ssn"]]
