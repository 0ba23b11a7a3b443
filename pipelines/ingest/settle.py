"""Which rows are news, which repeat what is known and which are older than it. The order of files never matters."""

import polars as pl

from pipelines.ingest.rows import LINE
from schemas.contract import Feed

ORDER = ("version_at", "file_name", LINE, "file_sha256")
KNOWN: dict[str, pl.DataType] = {"row_key": pl.String(), "row_hash": pl.UInt64(), "version_at": pl.Datetime("us")}


def settled(feed: Feed, rows: pl.DataFrame, known: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows to store, sorted and with `is_superseded`, and counts per file: file_name, file_sha256, news, superseded.

    `rows` are accepted rows and the file_sha256 that they came from. `known` may carry file_name and line_number, which
    decide between rows of one version.

    event: a key that is known is a repeat. keyed: a row that says what the newest version of its key says is a repeat; a row
    older than the newest known version is stored as superseded, unless that content is known.
    """
    ordered = rows.sort(ORDER, maintain_order=True)
    known = known.cast(KNOWN)  # type: ignore[arg-type]  # a mapping's keys are invariant
    known = known.select("row_key", *(one for one in ORDER if one in known.columns), "row_hash")
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
        known.sort(known.columns)
        .group_by("row_key", maintain_order=True)
        .agg(newest_at=pl.col("version_at").last(), newest_hash=pl.col("row_hash").last())
    )
    contents = known.select("row_key", "row_hash", is_known=pl.lit(True)).unique()
    late, same = pl.col("version_at") < pl.col("newest_at"), pl.col("version_at") == pl.col("newest_at")
    return (
        rows.join(newest, on="row_key", how="left", maintain_order="left")
        .join(contents, on=["row_key", "row_hash"], how="left", maintain_order="left")
        .with_columns(pl.col("is_known").fill_null(False), is_superseded=late.fill_null(False))
        .with_columns(is_redelivered=same.fill_null(False) & pl.col("is_known"))
        .with_columns(is_repeat=pl.when("is_superseded").then(_late_repeat()).otherwise(_repeat()))
        .drop("newest_at", "newest_hash", "is_known", "is_redelivered")
    )


def _late_repeat() -> pl.Expr:
    """An older row repeats when its content is known for its key, at whatever version."""
    return pl.col("is_known") | ~pl.struct("row_key", "row_hash", "is_superseded").is_first_distinct()


def _repeat() -> pl.Expr:
    """A row repeats when it says what the version just before it said, or what is known where it is of the newest version."""
    chain = ("row_key", "is_superseded", "is_redelivered")
    before = pl.col("row_hash").shift(1).over(chain).fill_null(pl.col("newest_hash"))
    return pl.col("is_redelivered") | (pl.col("row_hash") == before).fill_null(False)
