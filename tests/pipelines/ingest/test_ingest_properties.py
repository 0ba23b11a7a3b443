"""Whatever arrives, ingestion answers: no exception, every row accounted for, the same answer in every order."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest_case import FEEDS, assert_adds_up, drop, known_after, take

NAMES = sorted(FEEDS)
FRAGMENTS = {
    "csv": ['"', ",", "\n", "\r\n", '""', "\t", "x", "2026-11-21", "a@b.co", "\ufeff", " ", "\u00a0", "NULL", ";"],
    "tsv": ["\t", "\n", "\r\n", '"', "x", "0", "1/2/2026", "|", "^", " "],
    "adf": ["<adf>", "</adf>", "<prospect>", "</prospect>", "<id a=b>", "&", "&amp;", "<![CDATA[", "]]>", "<!--", "-->", "<",
            ">", "<requestdate>", "2026-11-21T00:00:00", "</requestdate>", "<ssn>", "<name>", "</name>",
            "<customer><contact>", "<?x?>"],
    "ga4": ["{", "}", "[", "]", '"event_name"', ":", ",", "null", '"1"', "\n", '"event_params"', '"user_pseudo_id"', "5", "\\"],
}  # fmt: skip


def header(name: str) -> str:
    feed = FEEDS[name]
    if feed.layout.value in {"csv", "tsv"}:
        return ("," if feed.layout.value == "csv" else "\t").join(one.raw for one in feed.fields) + "\n"
    return '{"event_name": "x"}\n' if feed.layout.value == "ga4" else "<adf><prospect>"


def judge(name: str, content: bytes, other: bytes) -> None:
    feed = FEEDS[name]
    files = [drop(feed.example.removesuffix(".gz"), content), drop("later_20261122_" + feed.example.removesuffix(".gz"), other)]
    result = take(feed, *files)
    assert_adds_up(result)
    assert result.accepted.schema == feed.schema().create_empty().schema
    feed.schema().validate(result.accepted)
    turned = take(feed, *reversed(files))
    assert turned.accepted.equals(result.accepted)
    assert turned.quarantine.equals(result.quarantine)
    again = take(feed, *files, known=known_after(result))
    assert again.accepted.filter(~again.accepted["is_superseded"]).is_empty() or feed.history == "keyed"
    assert_adds_up(again)


BYTES = st.binary(max_size=200) | st.binary(max_size=60).map(gzip.compress) | st.text(max_size=60).map(str.encode)
OF_BYTES = pytest.mark.parametrize("name", ["call_tracking", "dms_service", "crm_leads", "web_events"])
OF_TEXT = pytest.mark.parametrize("name", ["call_tracking", "crm_contacts", "dms_service", "crm_leads", "web_events"])
FEW, MANY = settings(max_examples=20, deadline=None), settings(max_examples=200, deadline=None)


def below_header(name: str, data: st.DataObject) -> bytes:
    pieces = st.lists(st.sampled_from(FRAGMENTS[FEEDS[name].layout.value]) | st.text(max_size=4), max_size=40).map("".join)
    return (header(name) + data.draw(pieces)).encode("utf-8", "replace")


@OF_BYTES
@FEW
@given(content=BYTES)
def test_any_bytes(name: str, content: bytes) -> None:
    judge(name, content, b"")


@OF_TEXT
@FEW
@given(data=st.data())
def test_any_text_below_a_good_header(name: str, data: st.DataObject) -> None:
    judge(name, below_header(name, data), below_header(name, data))


@pytest.mark.slow
@OF_BYTES
@MANY
@given(content=BYTES)
def test_many_bytes(name: str, content: bytes) -> None:
    judge(name, content, b"")


@pytest.mark.slow
@OF_TEXT
@MANY
@given(data=st.data())
def test_many_texts_below_a_good_header(name: str, data: st.DataObject) -> None:
    judge(name, below_header(name, data), below_header(name, data))
