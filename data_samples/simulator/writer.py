"""The only module of the simulator that touches the disk."""

import gzip
import hashlib
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import polars as pl

GZIP_LEVEL = 1


@dataclass
class Writer:
    """Writes below one folder and counts what it wrote, per feed."""

    out: Path
    files: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    sizes: Counter[str] = field(default_factory=Counter)
    links: list[pl.DataFrame] = field(default_factory=list)

    def put(self, feed: str, name: str, content: bytes, rows: int) -> None:
        """One file of a feed, as it is."""
        folder = self.out / "drop" / feed
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        self.files[feed] += 1
        self.rows[feed] += rows
        self.sizes[feed] += len(content)

    def link(self, frame: pl.DataFrame, feed: str, key: list[str], role: str, person: str = "person") -> None:
        """Remembers whose record each row of a feed is; `key` are the columns of the natural key."""
        record = pl.concat_str(pl.lit(f"{feed}:"), pl.concat_str(key, separator="|"), pl.lit(f":{role}"))
        self.links.append(
            frame.select(record.alias("record_id"), pl.col(person).alias("person")).drop_nulls().unique(maintain_order=True)
        )

    def truth(self, name: str, frame: pl.DataFrame) -> None:
        """One table of the truth, as Parquet."""
        folder = self.out / "truth"
        folder.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(folder / f"{name}.parquet", compression="zstd", statistics=False)


def as_lines(frame: pl.DataFrame, header: tuple[str, ...], separator: str) -> bytes:
    """A table with a header row; columns that the frame lacks stay empty. Tab-separated files are never quoted."""
    columns = [pl.col(name) if name in frame.columns else pl.lit(None, pl.String).alias(name) for name in header]
    sink = BytesIO()
    frame.select(columns).write_csv(sink, separator=separator, quote_style="never" if separator == "\t" else "necessary")
    return sink.getvalue()


def spoil(content: bytes, every: int, key: str) -> bytes:
    """Cuts a line short in about one of `every` files (of more than twelve lines); which one depends on `key` only."""
    digest = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "little")
    lines = content.split(b"\n")
    if digest % every or len(lines) < 12:
        return content
    place = 2 + digest // every % (len(lines) - 4)
    lines[place] = lines[place][: max(4, len(lines[place]) // 3)]
    return b"\n".join(lines)


def zipped(content: bytes) -> bytes:
    """gzip without a time stamp, so that equal content gives equal bytes."""
    return gzip.compress(content, compresslevel=GZIP_LEVEL, mtime=0)
