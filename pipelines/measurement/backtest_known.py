"""What was known of a deal, a repair order or an appointment on a past day, from the versions that files gave of it since.

A version counts from its file's stamp. Where a lake begins with a load of old rows, even the first version came after the
day; it stands in, for the row itself happened before. A later version never speaks for an earlier day.
"""

from datetime import date, datetime, time, timedelta

import polars as pl

VERSION = "version"


def numbered(rows: pl.DataFrame) -> pl.DataFrame:
    """Accepted rows of a feed with `version`: 1 for the first of its key, in the order in which rows are folded."""
    order = ["version_at", "file_name", "line_number", "row_hash"]
    return rows.sort("row_key", *order).with_columns(pl.int_range(1, pl.len() + 1).over("row_key").alias(VERSION))


def versions_until(rows: pl.DataFrame, most: int) -> pl.DataFrame:
    """The first `most` versions of every key that has as many. `rows` are numbered."""
    enough = rows.filter(pl.col(VERSION) == most).select("row_key")
    return rows.filter(pl.col(VERSION) <= most).join(enough, on="row_key", how="semi")


def transactions_on(versions: pl.DataFrame, day: date) -> pl.DataFrame:
    """The transactions that were known on the day, as they were known, sorted by transaction_id, without `version`.

    versions: rows of transaction with `version`; updated_at is the stamp of that version. A row counts once it was opened, or
    happened where no opening is stated; a row that is closed only after the day is open, and its later date is not there yet.
    """
    by_then = pl.col("updated_at") < midnight_after(day)
    latest = (
        versions.filter(by_then | (pl.col(VERSION) == 1))
        .sort("transaction_id", VERSION)
        .unique("transaction_id", keep="last", maintain_order=True)
        .filter(pl.min_horizontal("opened_on", "occurred_on").is_not_null())
        .filter(pl.min_horizontal("opened_on", "occurred_on") <= day)
    )
    is_ahead = (pl.col("occurred_on") > day).fill_null(False) & (pl.col("kind").cast(pl.String) != "appointment")
    was_open = is_ahead & (pl.col("status").cast(pl.String) == "closed")
    came = (pl.col("kind").cast(pl.String) == "appointment") & (pl.col("occurred_on") >= day).fill_null(False)
    reopened = came & (pl.col("status").cast(pl.String) == "closed")
    return latest.with_columns(
        occurred_on=pl.when(~is_ahead).then("occurred_on"),
        status=pl.when(was_open | reopened).then(pl.lit("open")).otherwise(pl.col("status").cast(pl.String)),
    ).drop(VERSION)


def rows_on(rows: pl.DataFrame, day: date) -> pl.DataFrame:
    """Accepted rows of a feed whose files bore a stamp of the day or before, as if taken in on the day."""
    return rows.filter(pl.col("version_at") < midnight_after(day)).with_columns(dt=pl.lit(day))


def happened_by(rows: pl.DataFrame, day: date, time_zone: str) -> pl.DataFrame:
    """Rows of a log of ours that happened on the day or before, as if taken in on it.

    By local_day or on_day where there is one, else by occurred_at (UTC), else by dt. Rows that a later day brought late are
    there: when each came is not kept where a lake begins with a load of old rows.
    """
    if "occurred_at" in rows.columns:
        ends = pl.lit(midnight_after(day)).dt.replace_time_zone(time_zone).dt.convert_time_zone("UTC")
        kept = rows.filter(pl.col("occurred_at") < ends)
    else:
        column = next((one for one in ("local_day", "on_day", "dt") if one in rows.columns), None)
        kept = rows.filter(pl.col(column) <= day) if column else rows
    return kept.with_columns(dt=pl.lit(day))


def midnight_after(day: date) -> datetime:
    """The end of a day in group time, as file stamps are."""
    return datetime.combine(day + timedelta(days=1), time())
