"""Broken drops through the machinery of a feed asset: arrivals, ingest, publish, account. No other stage runs."""

import gzip
import os
from datetime import date
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from assets.arrivals import late_days
from assets.house import PROJECT, SAMPLE_GROUP, House
from assets.partitions import daily
from assets.replay import NothingToReplay, write_replay
from assets.sources import feed_asset, feed_file_asset
from assets.summary import refused_files
from schemas.sources import all_feeds

DAY = date(2026, 11, 21)
CALLS, REQUESTS = all_feeds()["call_tracking"], all_feeds()["privacy_requests"]
CALL_HEADER = "call_id,started_at,caller,tracked_number,duration_seconds,outcome\n"
CALL = "c1,2026-11-20T10:00:00Z,8005550100,8005550199,30,answered\n"
REQUEST_HEADER = "request_id,received_at,request,email\n"
REQUEST = "r1,2026-11-20T10:00:00Z,opt_out,jo@example.com\n"
BAD_REQUEST = "r2,yesterday,opt_out,jim@example.com\n"


class Drop:
    """A drop folder, a lake, and runs of both feeds and their account in this process."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "drop"
        self.house = House(group=SAMPLE_GROUP, drop=str(self.folder), lake=str(home / "lake"), policy=str(PROJECT / "policy"))
        self.put("privacy_requests/privacy_requests_20261121.csv", REQUEST_HEADER + REQUEST)

    def put(self, name: str, content: str | bytes) -> Path:
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
        return place

    def run(self, day: date = DAY) -> dg.ExecuteInProcessResult:
        partitions = daily(self.house.rules, DAY)
        feeds = [CALLS, REQUESTS]
        assets = [*(feed_asset(one, partitions) for one in feeds), feed_file_asset(feeds, partitions)]
        with dg.DagsterInstance.ephemeral() as instance:
            return dg.materialize(
                assets, partition_key=day.isoformat(), instance=instance, resources={"house": self.house}, raise_on_error=False
            )

    def account(self, day: date = DAY) -> dict[str, tuple[str, int, int, int, int]]:
        files = self.house.tables.read("feed_file", day)
        columns = ("status", "rows_read", "rows_accepted", "rows_quarantined", "rows_superseded")
        return {row["file_name"]: tuple(row[one] for one in columns) for row in files.to_dicts()}

    def refused(self, day: date = DAY) -> list[str]:
        return refused_files(self.house.tables, day)


@pytest.fixture
def drop(tmp_path: Path) -> Drop:
    return Drop(tmp_path)


def said(result: dg.ExecuteInProcessResult, feed: str, check: str) -> dg.AssetCheckEvaluation:
    return next(one for one in result.get_asset_check_evaluations() if (one.asset_key.path[-1], one.check_name) == (feed, check))


def test_what_cannot_be_used_is_told_by_name_and_the_rest_is_published(drop: Drop) -> None:
    drop.put("call_tracking/calls_20261121.csv", CALL_HEADER + CALL + "c2,bad,1,1,1,answered\n")
    drop.put("call_tracking/cut_20261121.csv.gz", gzip.compress((CALL_HEADER + CALL * 50).encode())[:-20])
    drop.put("call_tracking/wide_20261121.csv", (CALL_HEADER + CALL).encode("utf-16"))
    drop.put("call_tracking/drift_20261121.csv", CALL_HEADER.replace("outcome", "outcom") + CALL)
    drop.put("call_tracking/long_20261121.csv", "x" * 1_000_000)
    drop.put("nobody/readme.txt", "x")
    result = drop.run()
    assert result.success
    assert drop.house.tables.read("call_tracking", DAY)["call_id"].to_list() == ["c1"]
    account = drop.account()
    assert account["calls_20261121.csv"] == ("accepted", 2, 1, 1, 0)
    assert account["nobody/readme.txt"][0] == "unclaimed"
    lines = {line.split(":")[0]: line for line in drop.refused()}
    assert sorted(lines) == [
        "call_tracking/cut_20261121.csv.gz",
        "call_tracking/drift_20261121.csv",
        "call_tracking/long_20261121.csv",
        "call_tracking/wide_20261121.csv",
        "unclaimed/nobody/readme.txt",
    ]
    assert "nearest: 'outcome'" in lines["call_tracking/drift_20261121.csv"]
    check = said(result, "call_tracking", "files_are_readable")
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert said(result, "call_tracking", "rows_add_up").passed


def test_a_link_that_leads_nowhere_and_a_pipe_are_told_and_stop_nothing(drop: Drop) -> None:
    drop.put("call_tracking/calls_20261121.csv", CALL_HEADER + CALL)
    (drop.folder / "call_tracking" / "link_20261121.csv").symlink_to("/nonexistent/calls.csv")
    (drop.folder / "call_tracking" / "self_20261121.csv").symlink_to("self_20261121.csv")
    (drop.folder / "stray.txt").symlink_to("/nonexistent/calls.csv")
    os.mkfifo(drop.folder / "call_tracking" / "pipe_20261121.csv")
    assert drop.run().success
    account = drop.account()
    assert account["calls_20261121.csv"][0] == "accepted"
    assert {account[name][0] for name in ("link_20261121.csv", "self_20261121.csv", "pipe_20261121.csv")} == {"rejected"}
    assert account["stray.txt"][0] == "unclaimed"
    assert late_days(drop.folder, drop.house.tables) == {}
    (drop.folder / "call_tracking" / "link_20261121.csv").unlink()
    drop.put("call_tracking/link_20261121.csv", CALL_HEADER + CALL.replace("c1", "c2"))
    drop.run()
    assert drop.account()["link_20261121.csv"] == ("accepted", 1, 1, 0, 0)


def test_names_that_do_not_print_are_kept_as_escapes_on_one_line(drop: Drop) -> None:
    (drop.folder / "call_tracking").mkdir()
    for name in (b"bad\xff_20261121.csv", b"two\nlines [red]\x1b[31m_20261121.csv", "ünï 100% 'q'_20261121.csv".encode()):
        Path(os.fsdecode(os.fsencode(drop.folder / "call_tracking") + b"/" + name)).write_text("nothing known\n1\n")
    assert drop.run().success
    assert [line.split(":")[0] for line in drop.refused()] == [
        "call_tracking/bad\\xff_20261121.csv",
        "call_tracking/two\\nlines [red]\\x1b[31m_20261121.csv",
        "call_tracking/ünï 100% 'q'_20261121.csv",
    ]


@pytest.mark.parametrize("rows", [REQUEST + BAD_REQUEST, BAD_REQUEST])
def test_a_privacy_request_that_was_not_read_is_an_error_and_told_without_its_values(drop: Drop, rows: str) -> None:
    drop.put("privacy_requests/privacy_requests_20261121.csv", REQUEST_HEADER + rows)
    result = drop.run()
    check = said(result, "privacy_requests", "files_are_readable")
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.ERROR)
    (line,) = drop.refused()
    assert line.startswith(f"privacy_requests/privacy_requests_20261121.csv: 1 of {rows.count('@')} rows were not used")
    assert "jim" not in line


def test_a_privacy_request_is_taken_however_late(drop: Drop) -> None:
    drop.run()
    drop.put("privacy_requests/privacy_requests_20261001.csv", REQUEST_HEADER + REQUEST.replace("r1", "r0"))
    later = date(2026, 11, 22)
    drop.run(later)
    assert drop.account(later)["privacy_requests_20261001.csv"][:3] == ("accepted", 1, 1)


def test_mended_rows_come_back_under_the_files_own_age(drop: Drop) -> None:
    place = drop.put("call_tracking/calls_20261120.csv", CALL_HEADER + CALL.replace("30", "thirty"))
    drop.put("call_tracking/other/calls_20261120.csv", CALL_HEADER.replace("caller", "Caller") + CALL.replace("c1,2026", "c2,x"))
    drop.run()
    assert drop.account()["calls_20261120.csv"] == ("accepted", 1, 0, 1, 0)
    before = place.read_bytes()
    written = write_replay(drop.house.tables, drop.folder, CALLS, DAY)
    assert [rows for _, rows in written] == [1, 1]
    assert len({path for path, _ in written}) == 2
    for path, _ in written:
        path.write_text(path.read_text().replace("thirty", "30").replace(",x-", ",2026-"))
    drop.run()
    rows = drop.house.tables.read("call_tracking", DAY).sort("call_id")
    assert rows.select("call_id", pl.col("version_at").dt.date()).rows() == [(one, date(2026, 11, 20)) for one in ("c1", "c2")]
    assert place.read_bytes() == before


def test_nothing_to_replay_is_said(drop: Drop) -> None:
    drop.put("call_tracking/calls_20261121.csv", CALL_HEADER + CALL)
    drop.run()
    with pytest.raises(NothingToReplay, match="no quarantined row"):
        write_replay(drop.house.tables, drop.folder, CALLS, DAY)
