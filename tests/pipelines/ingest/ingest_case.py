# ruff: noqa: DTZ001  file stamps are naive, in the group's time zone
"""Short ways to put a file in and look at what comes out. Every test here speaks through them."""

import hashlib
from datetime import datetime

import polars as pl

from pipelines.ingest import DropFile, Ingested, ingest, stamp_of
from schemas.contract import Feed
from schemas.sources import all_feeds

FEEDS = all_feeds()
TIME_ZONE = "America/Chicago"
NOTHING_KNOWN = pl.DataFrame(schema={"row_key": pl.String, "row_hash": pl.UInt64, "version_at": pl.Datetime("us")})


def drop(name: str, content: str | bytes) -> DropFile:
    data = content.encode() if isinstance(content, str) else content
    return DropFile(name, stamp_of(name) or datetime(2026, 11, 21), hashlib.sha256(data).hexdigest(), data)


def take(feed: Feed | str, *files: DropFile, known: pl.DataFrame = NOTHING_KNOWN) -> Ingested:
    one = FEEDS[feed] if isinstance(feed, str) else feed
    return ingest(one, files, known, time_zone=TIME_ZONE, seed="a seed for tests")


def known_after(*results: Ingested) -> pl.DataFrame:
    return pl.concat([one.accepted.select("row_key", "row_hash", "version_at") for one in results])


def calls(*rows: str, header: str = "call_id,started_at,caller,tracked_number,duration_seconds,outcome") -> str:
    return "\n".join([header, *rows]) + "\n"


GOOD_CALL = "c1,2026-11-20T10:00:00Z,8005550100,8005550199,30,answered"


def deal_file(*deals: dict[str, str], header: tuple[str, ...] = FEEDS["dms_sales"].header) -> str:
    rows = ["\t".join({"DV Dealer ID": "DVD1", **deal}.get(name, "") for name in header) for deal in deals]
    return "\r\n".join(["\t".join(header), *rows]) + "\r\n"


def assert_adds_up(result: Ingested) -> None:
    for row in result.files.to_dicts():
        assert row["rows_read"] == row["rows_accepted"] + row["rows_quarantined"] + row["rows_superseded"], row
    rows = result.quarantine.filter(pl.col("line_number") > 0)
    assert rows.height == result.files["rows_quarantined"].sum()
    assert result.accepted.filter(~pl.col("is_superseded")).height == result.files["rows_accepted"].sum()
    assert result.quarantine["quarantine_id"].n_unique() == result.quarantine.height
