"""Stage `sources`: one asset per feed (accepted rows and quarantine), and the account of every file of the day."""

import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import dagster as dg
import polars as pl
import pyarrow.parquet as pq

from assets.arrivals import Arrival, arrivals, shown, unclaimed, write_manifest
from assets.catalogue import accepted_table, quarantine_table
from assets.forget_tombstones import in_force
from assets.house import House
from assets.lake import ROW_GROUP_ROWS
from assets.progress import tell, tell_so_far
from assets.table import (
    CHECKS,
    Staged,
    audit,
    check_results,
    check_specs,
    day_of,
    judge_staged,
    publish,
    published_metadata,
    spec_of,
    write_verdict,
)
from pipelines.ingest import DropFile, Ingested, ingest
from schemas.contract import Feed
from schemas.tables.forgotten import FORGOTTEN
from schemas.tables.sources import FEED_FILE, FeedFile

BATCH_BYTES = 192 << 20  # of text per batch; bounds memory, not results
GZIP_RATIO = 12  # event JSON is about this much larger than its gzip
NO_FILES: pl.DataFrame = FeedFile.create_empty()

FEED_CHECKS = {
    "rows_add_up": "For every file, rows read = accepted + quarantined + superseded + forgotten.",
    "files_are_readable": "Every file of the day was used, none came too late, and a feed that must come did.",
}
RETRIES, WAIT_SECONDS = 2, 5  # a network drive may blink; whatever else fails stays wrong and is not tried again


def feed_asset(feed: Feed, partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    """The Dagster definition of a feed: its accepted table, its quarantine and their checks."""
    accepted, quarantine = accepted_table(feed), quarantine_table(feed)

    @dg.multi_asset(
        name=f"{feed.name}_feed",
        specs=[spec_of(accepted, deps=[FORGOTTEN.name]), spec_of(quarantine, deps=[FORGOTTEN.name])],
        check_specs=check_specs(feed.name, CHECKS | FEED_CHECKS),
        partitions_def=partitions,
    )
    def body(context: dg.AssetExecutionContext, house: House) -> Iterator[Any]:
        try:
            yield from take_in(context, house, feed)
        except OSError as blink:
            raise dg.RetryRequested(max_retries=RETRIES, seconds_to_wait=WAIT_SECONDS) from blink

    return body


def take_in(context: dg.AssetExecutionContext, house: House, feed: Feed) -> Iterator[Any]:
    """Read the day's files of a feed, judge what came of them, publish."""
    started, day, lake = time.monotonic(), day_of(context), house.tables
    seen = arrivals(house.inbox, lake, feed, day)
    staged, quarantined, files = stage_feed(house, feed, day, seen)
    yield from check_results(staged)
    yield from _file_checks(feed, files)
    write_verdict(lake, staged, day)
    if not staged.passed:
        raise dg.Failure(description=f"feed {feed.name} was not published: {staged.verdict.failures}", allow_retries=False)
    refused = audit(house, quarantine_table(feed), lake.stage(feed.quarantine, day, quarantined), quarantined, day)
    place = lake.publish(refused.path, feed.quarantine, day)
    yield dg.MaterializeResult(asset_key=feed.quarantine, metadata=published_metadata(refused, place))
    place = lake.publish(staged.path, feed.name, day)
    lake.write_json(_accounts(feed, day), {"files": files.write_json()})
    write_manifest(lake, feed, day, seen)
    yield dg.MaterializeResult(asset_key=feed.name, metadata={**published_metadata(staged, place), **_account(files)})
    tell(feed.name, staged.rows, started)


def stage_feed(house: House, feed: Feed, day: date, seen: list[Arrival]) -> tuple[Staged, pl.DataFrame, pl.DataFrame]:
    """Parse the day's files batch by batch into one staged file; return it with the quarantine and the account."""
    lake, schema = house.tables, feed.schema().create_empty()
    path = lake.staged(feed.name, day)
    quarantined, files, known = [], [_unused(feed, seen)], [_history(house, feed, day)]
    arrow = schema.to_arrow().schema
    with pq.ParquetWriter(path, arrow, compression="zstd") as writer:
        batches = list(_batches([one for one in seen if one.verdict == "take"]))
        for number, batch in enumerate(batches, start=1):
            taken = _read(house, feed, batch, known)
            writer.write_table(taken.accepted.to_arrow().cast(arrow), row_group_size=ROW_GROUP_ROWS)
            known.append(taken.accepted.select("row_key", "row_hash", "version_at"))
            quarantined.append(taken.quarantine)
            files.append(taken.files)
            if number < len(batches):
                tell_so_far(feed.name, sum(one.height for one in known[1:]))
    account = pl.concat([one.select(NO_FILES.columns).cast(NO_FILES.schema) for one in files])
    if account.is_empty():
        account = _missing(feed)
    rows = pq.ParquetFile(path).metadata.num_rows
    # The rows passed their contract one batch ago, inside ingest; only the table as a whole is judged here.
    staged = Staged(accepted_table(feed), path, rows, {}, judge_staged(house, accepted_table(feed), path, day))
    empty = quarantine_table(feed).schema.create_empty()
    return staged, pl.concat([empty, *quarantined]), account.sort("file_name", "file_sha256")


def _batches(taken: list[Arrival]) -> Iterator[list[Arrival]]:
    batch: list[Arrival] = []
    held = 0
    for one in taken:
        text = one.bytes * (GZIP_RATIO if one.name.endswith(".gz") else 1)
        if batch and held + text > BATCH_BYTES:
            yield batch
            batch, held = [], 0
        batch.append(one)
        held += text
    if batch:
        yield batch


def _read(house: House, feed: Feed, batch: list[Arrival], known: list[pl.DataFrame]) -> Ingested:
    files = [DropFile(one.name, one.version_at, one.sha256, one.path.read_bytes()) for one in batch]
    before = pl.concat(known)
    if feed.repeat_days is not None:
        low, high = (edge(one.version_at for one in batch) for edge in (min, max))
        reach = timedelta(days=feed.repeat_days + 1)
        before = before.filter(pl.col("version_at").is_between(low - reach, high + reach))
    stones = in_force(house.tables)
    return ingest(feed, files, before, time_zone=house.rules.group.time_zone, seed=house.seed, forgotten=stones)


def _history(house: House, feed: Feed, day: date) -> pl.DataFrame:
    columns = ["row_key", "row_hash", "version_at"]
    parts = [one for one in house.tables.parts(feed.name, "until", day) if one != house.tables.part(feed.name, day)]
    if not parts:
        return feed.schema().create_empty().select(columns)
    return pl.scan_parquet(parts).select(columns).collect()


def _unused(feed: Feed, seen: list[Arrival]) -> pl.DataFrame:
    says = {
        "redelivered": "the same bytes were taken before under another name; nothing was taken again",
        "too_late": f"it came more than {feed.late_days} days after its day; rebuild from that day on to take it up",
        "unreadable": "nothing can be read: a link that leads nowhere, a pipe, or a file without permission; copy the file"
        " itself into the folder and let this user read it",
    }
    rows = [
        _file_row(
            feed,
            one.name,
            one.sha256,
            "rejected" if one.verdict == "unreadable" else one.verdict,
            says[one.verdict],
            one.version_at,
            one.bytes,
        )
        for one in seen
        if one.verdict in says
    ]
    return pl.DataFrame(rows, schema=NO_FILES.schema) if rows else NO_FILES


def _missing(feed: Feed) -> pl.DataFrame:
    why = f"no file of feed {feed.name} for this day; expected a name such as {feed.example} in the feed's folder"
    return pl.DataFrame([_file_row(feed, "", "", "missing", why, None, 0)], schema=NO_FILES.schema)


def _file_row(feed: Feed, name: str, sha: str, status: str, error: str, at: datetime | None, size: int) -> dict[str, Any]:
    zeros = dict.fromkeys(("rows_read", "rows_accepted", "rows_quarantined", "rows_superseded", "rows_forgotten"), 0)
    about = {"feed": feed.name, "file_name": name, "file_sha256": sha, "status": status, "version_at": at, "bytes": size}
    return {**about, **zeros, "columns_dropped": [], "error": error}


def _file_checks(feed: Feed, files: pl.DataFrame) -> Iterator[dg.AssetCheckResult]:
    sums = files.select(pl.col("^rows_.*$").sum()).to_dicts()[0]
    accounted = sums["rows_accepted"] + sums["rows_quarantined"] + sums["rows_superseded"] + sums["rows_forgotten"]
    yield dg.AssetCheckResult(
        asset_key=feed.name, check_name="rows_add_up", passed=sums["rows_read"] == accounted, metadata={**sums}
    )
    must_be_whole = feed.on_missing == "fail"
    awaited = ["missing"] if must_be_whole or feed.cadence == "daily" else []  # a monthly list is not late on a Tuesday
    unread = pl.col("status").is_in(["rejected", "too_late", *awaited])
    bad = files.filter(unread | ((pl.col("rows_quarantined") > 0) & must_be_whole))
    must = must_be_whole or bad.filter(pl.col("status") != "missing").height
    yield dg.AssetCheckResult(
        asset_key=feed.name,
        check_name="files_are_readable",
        passed=bad.is_empty(),
        severity=dg.AssetCheckSeverity.ERROR if must else dg.AssetCheckSeverity.WARN,
        metadata={"files": _markdown(bad)},
    )


def _account(files: pl.DataFrame) -> dict[str, Any]:
    sums = files.select(pl.col("^rows_.*$").sum()).to_dicts()[0]
    dropped = sorted({one for row in files["columns_dropped"].to_list() for one in row})
    shown: dict[str, Any] = {"files": files.filter(pl.col("status") == "accepted").height, **sums, "account": _markdown(files)}
    return {**shown, "columns_dropped_at_the_door": ", ".join(dropped)} if dropped else shown


def _markdown(files: pl.DataFrame) -> dg.MarkdownMetadataValue:
    head = "| file | status | read | accepted | quarantined | superseded | error |\n|---|---|---|---|---|---|---|\n"
    shown_as = pl.col("file_name").str.replace_all("|", "&#124;", literal=True)  # a bar would end the cell
    lines = [
        f"| {row['file_name']} | {row['status']} | {row['rows_read']} | {row['rows_accepted']} | {row['rows_quarantined']} | "
        f"{row['rows_superseded']} | {row['error'] or ''} |"
        for row in files.head(200).with_columns(shown_as).to_dicts()
    ]
    return dg.MetadataValue.md(head + "\n".join(lines))


def _accounts(feed: Feed, day: date) -> str:
    return f"_accounts/{feed.name}/{day.isoformat()}.json"


def feed_file_asset(feeds: list[Feed], partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    """The account of every file of the day, over all feeds, with files that nobody claims."""

    @dg.multi_asset(
        name="feed_file_account",
        specs=[spec_of(FEED_FILE, deps=[feed.name for feed in feeds])],
        check_specs=check_specs(FEED_FILE.name, CHECKS),
        partitions_def=partitions,
    )
    def body(context: dg.AssetExecutionContext, house: House) -> Iterator[Any]:
        day = day_of(context)
        frame = account_of(house, feeds, day)
        path = house.tables.stage(FEED_FILE.name, day, frame)
        yield from publish(context, house, [audit(house, FEED_FILE, path, frame, day)])

    return body


def account_of(house: House, feeds: list[Feed], day: date) -> pl.DataFrame:
    """All files of the day, in the columns of feed_file."""
    frames: list[pl.DataFrame] = [NO_FILES]
    for feed in feeds:
        kept = house.tables.read_json(_accounts(feed, day))
        if kept:
            frames.append(pl.read_json(kept["files"].encode(), schema=NO_FILES.schema))
    strays = [
        {
            **_file_row(feeds[0], shown(path.relative_to(house.inbox)), "", "unclaimed", _nobody(), None, path.lstat().st_size),
            "feed": "unclaimed",
        }
        for path in unclaimed(house.inbox)
    ]
    frames.append(pl.DataFrame(strays, schema=NO_FILES.schema) if strays else NO_FILES)
    return pl.concat(frames).sort("feed", "file_name", "file_sha256")


def _nobody() -> str:
    return "no feed claims this file; put it into the folder of its feed (see docs/feeds.md)"
