from dataclasses import replace

import polars as pl
from ingest_case import FEEDS, GOOD_CALL, NOTHING_KNOWN, TIME_ZONE, assert_adds_up, calls, drop, known_after, take

from pipelines.ingest import Ingested, replay
from schemas.contract import Feed


def again(feed: Feed, quarantine: pl.DataFrame, known: pl.DataFrame = NOTHING_KNOWN) -> Ingested:
    return replay(feed, quarantine, known, time_zone=TIME_ZONE, seed="a seed for tests")


def accepting(value: str) -> Feed:
    feed = FEEDS["call_tracking"]
    fields = (replace(one, accepted=(*one.accepted, value)) if one.name == "outcome" else one for one in feed.fields)
    return replace(feed, fields=tuple(fields))


def test_rows_pass_after_the_contract_is_mended() -> None:
    text = calls(
        GOOD_CALL,
        'c2,2026-11-20T10:00:00Z,"a,\nb",1,1,transfer',
        "c3,bad,x,1,1,transfer",
        "c4,2026-11-20T10:00:00Z,x,1,1,transfer",
    )
    first = take("call_tracking", drop("calls_20261121.csv", text))
    assert first.quarantine.height == 3
    result = again(accepting("transfer"), first.quarantine, known_after(first))
    assert result.accepted.select("line_number", "call_id", "caller", "file_name").rows() == [
        (3, "c2", "a,\nb", "calls_20261121.csv"),
        (6, "c4", "x", "calls_20261121.csv"),
    ]
    assert result.quarantine.select("line_number", "rule").rows() == [(5, "started_at|timestamp")]
    assert_adds_up(result)
    assert again(accepting("transfer"), first.quarantine, known_after(first, result)).accepted.is_empty()


def test_rows_pass_after_their_text_is_mended() -> None:
    first = take("call_tracking", drop("calls_20261121.csv", calls(GOOD_CALL.replace("30", "thirty"))))
    mended = first.quarantine.with_columns(pl.col("raw_text").str.replace("thirty", "30"))
    assert again(FEEDS["call_tracking"], mended).accepted["duration_seconds"].to_list() == [30]


def test_rows_that_are_still_broken_come_back_as_they_were() -> None:
    for feed, content in {
        "call_tracking": calls("c1,bad,x,1,1,sale", "a,b", 'c2,"open'),
        "web_events": '{"event_name": "x"}\n{broken\n',
        "crm_leads": "<adf><prospect><requestdate>x</requestdate></prospect><prospect>cut",
    }.items():
        first = take(feed, drop(FEEDS[feed].example.removesuffix(".gz"), content))
        result = again(FEEDS[feed], first.quarantine)
        assert result.quarantine.equals(first.quarantine), feed
        assert_adds_up(result)


def test_files_as_a_whole_are_not_replayed() -> None:
    first = take("call_tracking", drop("calls_20261121.csv", b""))
    assert again(FEEDS["call_tracking"], first.quarantine).files.is_empty()


def test_a_header_that_no_longer_fits_leaves_the_rows_where_they_are() -> None:
    first = take("call_tracking", drop("calls_20261121.csv", calls("c1,bad,x,1,1,sale")))
    other = replace(FEEDS["privacy_requests"], name="call_tracking")
    result = again(other, first.quarantine)
    assert result.quarantine.equals(first.quarantine)
    assert result.files["status"].to_list() == ["rejected"]
