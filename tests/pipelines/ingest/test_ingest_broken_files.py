"""Each kind of broken file, its own error; the files beside it are still taken."""

import gzip
import io
import zipfile

import pytest
from ingest_case import FEEDS, GOOD_CALL, assert_adds_up, calls, drop, take

GOOD = calls(GOOD_CALL)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()


WHOLE = gzip.compress(GOOD.encode() * 50)
CORPUS = {
    "empty": (b"", "file|empty", "0 bytes"),
    "blank lines": (b"\n\r\n  \n", "file|empty", "not one line"),
    "truncated gzip": (WHOLE[:-20], "file|truncated_gzip", "ends early"),
    "damaged gzip": (WHOLE[:20] + b"\xff" * 30 + WHOLE[50:], "file|damaged_gzip", "damaged"),
    "utf-16 with mark": (GOOD.encode("utf-16"), "file|encoding", "UTF-16"),
    "utf-16 without mark": (GOOD.encode("utf-16-le"), "file|encoding", "UTF-16 (little"),
    "utf-16 big endian": (GOOD.encode("utf-16-be"), "file|encoding", "UTF-16 (big"),
    "cp1252": (calls(GOOD_CALL, GOOD_CALL.replace("8005550100", "“José”")).encode("cp1252"), "file|encoding", "cp1252"),
    "latin-1": (calls(GOOD_CALL.replace("8005550100", "José")).encode("latin-1"), "file|encoding", "line 2"),
    "nul bytes": (GOOD.encode().replace(b"answered", b"ans\x00\x00red"), "file|nul_bytes", "2 NUL bytes"),
    "pdf": (b"%PDF-1.7\n...", "file|wrong_type", "a PDF"),
    "excel": (zipped(), "file|wrong_type", "Excel"),
    "html": (b"<!DOCTYPE html><html><body>Log in</body></html>", "file|wrong_type", "HTML"),
    "xml": (b'<?xml version="1.0"?><calls/>', "file|wrong_type", "XML"),
    "json": (b'[{"call_id": 1}]', "file|wrong_type", "JSON"),
    "tsv": (GOOD.replace(",", "\t").encode(), "file|wrong_type", "tab-separated"),
    "semicolons": (GOOD.replace(",", ";").encode(), "file|wrong_type", "semicolon-separated"),
    "no header": (b"c1,2026-11-20T10:00:00Z,8005550100,8005550199,30,answered\n", "file|no_header", "6 cells"),
    "unknown column": (GOOD.replace("outcome", "outcom_e2").encode(), "file|unknown_column", "nearest: 'outcome'"),
    "missing column": (b"call_id,started_at\n1,2\n", "file|missing_column", "'tracked_number'"),
    "duplicate column": (GOOD.replace("caller", "call_id", 1).encode(), "file|duplicate_column", "'call_id'"),
    "two names for one column": (GOOD.replace("caller", "Call Time", 1).encode(), "file|duplicate_column", "'Call Time'"),
}


@pytest.mark.parametrize("name", CORPUS)
def test_each_broken_file_has_its_own_error(name: str) -> None:
    content, rule, said = CORPUS[name]
    result = take("call_tracking", drop("calls_20261121.csv", content), drop("calls_20261122.csv", GOOD))
    files = {row["file_name"]: row for row in result.files.to_dicts()}
    assert files["calls_20261121.csv"]["status"] == "rejected"
    assert said in files["calls_20261121.csv"]["error"]
    assert result.quarantine.select("line_number", "rule").rows() == [(0, rule)]
    assert files["calls_20261122.csv"]["status"] == "accepted"
    assert result.accepted.height == 1
    assert_adds_up(result)


def test_the_name_says_gzip_and_the_content_does_not() -> None:
    result = take("web_events", drop("events_20261121.ndjson.gz", b"{}"))
    assert "not gzip" in result.files["error"][0]


def test_gzip_is_known_by_its_content() -> None:
    result = take("call_tracking", drop("calls_20261121.csv", gzip.compress(GOOD.encode()) + gzip.compress(b"\n")))
    assert result.accepted.height == 1


def test_encoding_error_says_where() -> None:
    content = calls(GOOD_CALL, GOOD_CALL.replace("8005550100", "José")).encode("cp1252")
    error = take("call_tracking", drop("calls_20261121.csv", content)).files["error"][0]
    assert f"byte {content.index(0xE9):,}, line 3" in error


def test_byte_order_mark_of_utf8_is_fine() -> None:
    assert take("call_tracking", drop("calls_20261121.csv", b"\xef\xbb\xbf" + GOOD.encode())).accepted.height == 1


def test_a_header_without_rows_is_an_accepted_file() -> None:
    result = take("call_tracking", drop("calls_20261121.csv", calls()))
    assert result.files.select("status", "rows_read").rows() == [("accepted", 0)]


def test_a_missing_header_is_not_repeated_in_the_error() -> None:
    result = take("crm_contacts", drop("crm_contacts_20261121.csv", "Ann,Lee,ann@example.com,8005550100\n"))
    assert "ann" not in result.files["error"][0].lower()
    result = take("crm_contacts", drop("crm_contacts_20261121.csv", "first_name,ann@example.com,8005550100\n"))
    assert "ann@" not in result.files["error"][0]
    assert "withheld" in result.files["error"][0]


@pytest.mark.parametrize("feed", sorted(FEEDS))
@pytest.mark.parametrize("content", [b"", b"\x1f\x8b\x08", b"%PDF", b"<html>", b"\xff\xfea\x00", b"\xe9\n", b"\x00\x01", b"zzz"])
def test_every_feed_refuses_every_kind_of_rubbish(feed: str, content: bytes) -> None:
    result = take(feed, drop(FEEDS[feed].example, content))
    assert result.files["status"].to_list() == ["rejected"]
    assert result.files["error"][0]
    assert result.quarantine["rule"][0].startswith("file|")
