"""Tables that describe arrivals as a whole. The accepted table and quarantine of a feed come from its own module."""

import dataframely as dy
import polars as pl

from schemas.contract import Table


class FeedFile(dy.Schema):
    """One row per file that was looked at on a day. Row accounting lives here."""

    feed = dy.String(primary_key=True, description="the feed; unclaimed where no feed recognises the file")
    file_name = dy.String(primary_key=True, description="name of the file below the feed's folder")
    file_sha256 = dy.String(primary_key=True, description="content hash, hex; empty where the feed's file is missing")
    status = dy.Enum(
        ["accepted", "rejected", "redelivered", "missing", "too_late", "unclaimed"],
        description="rejected: not one row was used; redelivered: the same bytes came before; missing: the feed sent nothing",
    )
    version_at = dy.Datetime(nullable=True, time_unit="us", description="the file's stamp in the group's time zone")
    bytes = dy.Int64(min=0, description="size of the file")
    rows_read = dy.Int64(min=0, description="data rows found in the file")
    rows_accepted = dy.Int64(min=0, description="rows in the accepted table that were news")
    rows_quarantined = dy.Int64(min=0, description="rows in the quarantine")
    rows_superseded = dy.Int64(min=0, description="rows that repeated or were older than what was known")
    rows_forgotten = dy.Int64(min=0, description="rows left out because they are of somebody who was forgotten")
    columns_dropped = dy.List(dy.String(), description="headers that must never enter and were dropped at the door")
    error = dy.String(nullable=True, description="why the file was not used, with the fix; no personal data")

    @dy.rule()
    def rows_add_up(cls) -> pl.Expr:
        """Every row that was read is accepted, quarantined, superseded or of somebody who was forgotten."""
        taken = pl.col("rows_accepted") + pl.col("rows_quarantined") + pl.col("rows_superseded")
        return pl.col("rows_read") == taken + pl.col("rows_forgotten")


FEED_FILE = Table(
    name="feed_file",
    stage="sources",
    schema=FeedFile,
    kind="log",
    is_personal=False,
    description="Every file of the day with its row accounting: read = accepted + quarantined + superseded + forgotten.",
)
