"""Which rows are news, which repeat what is known and which are older than it. The order of files never matters."""

import polars as pl

from pipelines.ingest.rows import LINE
from schemas.contract import Feed

ORDER = ("version_at", "file_name", LINE, "file_sha256")
KNOWN: dict[str, pl.DataType] = {"row_key": pl.String(), "row_hash": pl.UInt64(), "version_at": pl.Datetime("us")}


def settled(feed: Feed, rows: pl.DataFrame, known: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows to store, sorted and with `is_superseded`, and counts per file: file_name, file_sha256, news, superseded.

    `rows` are accepted rows and the file_sha256 that they came from.

    event: a key that is known is a repeat. keyed: a row that says what the newest version of its key says is a repeat; a row
    older than the newest known version is stored as superseded, unless that content is known.
    """
    ordered = rows.sort(ORDER, maintain_order=True)
    known = known.select(*KNOWN).cast(KNOWN)  # type: ignore[arg-type]
    marked = _event(ordered, known) if feed.history == "event" else _keyed(ordered, known)
    counts = marked.group_by("file_name", "file_sha256").agg(
        news=(~pl.col("is_repeat") & ~pl.col("is_superseded")).sum().cast(pl.Int64),
        superseded=(pl.col("is_repeat") | pl.col("is_superseded")).sum().cast(pl.Int64),
    )
    return marked.filter(~pl.col("is_repeat")).select(rows.columns).drop("file_sha256"), counts


def _event(rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    first = pl.col("row_key").is_first_distinct()
    if known.is_empty():
        return rows.with_columns(is_repeat=~first)
    seen = rows.select("row_key").with_row_index("at").join(known.select("row_key"), on="row_key", how="semi")["at"]
    return rows.with_columns(is_repeat=~first | pl.int_range(pl.len()).is_in(seen.implode()))


def _keyed(rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    newest = (
        known.sort("version_at", "row_hash")
        .group_by("row_key", maintain_order=True)
        .agg(newest_at=pl.col("version_at").last(), newest_hash=pl.col("row_hash").last())
    )
    seen = known.select("row_key", "row_hash", is_seen=pl.lit(True)).unique()
    late = pl.col("version_at") < pl.col("newest_at")
    return (
        rows.join(newest, on="row_key", how="left", maintain_order="left")
        .join(seen, on=["row_key", "row_hash"], how="left", maintain_order="left")
        .with_columns(is_superseded=late.fill_null(False))
        .with_columns(is_repeat=pl.when("is_superseded").then(_late_repeat()).otherwise(_repeat()))
        .drop("newest_at", "newest_hash", "is_seen")
    )


def _late_repeat() -> pl.Expr:
    """An older row repeats when its content is known for its key, at whatever version."""
    return pl.col("is_seen").fill_null(False) | ~pl.struct("row_key", "row_hash", "is_superseded").is_first_distinct()


def _repeat() -> pl.Expr:
    """A row repeats when it says what the version just before it said."""
    before = pl.col("row_hash").shift(1).over("row_key", "is_superseded").fill_null(pl.col("newest_hash"))
    return (pl.col("row_hash") == before).fill_null(False)
