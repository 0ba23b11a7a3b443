"""What a row is called and what it says: `row_key` from the feed's key, `row_hash` from the row's own content.

The hash is 64 bits of BLAKE2b over the trimmed cells with their names, so that it holds across processes, machines,
column orders and library versions; blank cells are left out, so that a new column changes no old hash.
"""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import polars as pl

from pipelines.ingest.files import accepted_schema, dtypes
from pipelines.ingest.rows import LINE
from schemas.contract import Feed

_BETWEEN = "\x1f"


def with_identity(feed: Feed, text: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """The typed rows with every field of the feed, `row_key` and `row_hash`; origin columns hold placeholders."""
    schema = dtypes(accepted_schema(feed))
    given = {LINE, *values.columns}
    blank = [pl.lit(None, schema[one.name]).alias(one.name) for one in feed.fields if one.name not in given]
    rows = values.with_columns(*blank, row_hash=row_hashes(feed, text)).with_columns(row_key=_key(feed))
    origin = {
        "version_at": pl.lit(0, pl.Int64).cast(pl.Datetime("us")),
        "file_name": pl.lit(""),
        "is_superseded": pl.lit(False),
    }
    return rows.with_columns(**origin).select(*schema).cast(schema)  # type: ignore[arg-type]  # a mapping's keys are invariant


def row_hashes(feed: Feed, text: pl.DataFrame) -> pl.Series:
    """A UInt64 per row over its cells as text."""
    names = [one.name for one in feed.fields if one.name in text.columns and one.name not in feed.outside_content]
    filled = [name for name in names if text[name].null_count() < text.height]
    if not filled:
        return hashes(pl.repeat("", text.height, dtype=pl.String, eager=True))
    tagged = [pl.lit(f"{name}=") + pl.col(name) for name in sorted(filled)]
    return hashes(text.select(line=pl.concat_str(tagged, separator=_BETWEEN, ignore_nulls=True))["line"])


def hashes(texts: pl.Series) -> pl.Series:
    """64 bits of BLAKE2b per text."""
    digests = b"".join([blake2b(one, digest_size=8).digest() for one in texts.cast(pl.Binary).to_list()])
    return pl.Series("row_hash", np.frombuffer(digests, dtype="<u8"), pl.UInt64)


def _key(feed: Feed) -> pl.Expr:
    own = pl.format("{}", pl.col("row_hash").cast(pl.String).str.zfill(20))
    if not feed.key:
        return own
    parts = [pl.col(one).cast(pl.String).fill_null("") for one in feed.key]
    joined = pl.concat_str(parts, separator="|")
    return pl.when(_all_there(feed.key_needs)).then(joined).otherwise(own) if feed.key_needs else joined


def _all_there(names: Sequence[str]) -> pl.Expr:
    return pl.all_horizontal(pl.col(one).is_not_null() for one in names)
