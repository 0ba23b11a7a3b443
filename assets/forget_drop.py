"""The drop folder is not ours to change: which files still hold somebody, by line; and cleaned copies for who wants them."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assets.arrivals import files_of
from assets.lake import replace_durably
from pipelines.activation.forget_match import Tombstones
from pipelines.ingest.batch import READERS
from pipelines.ingest.errors import FileError
from pipelines.ingest.forgotten import without_forgotten
from pipelines.ingest.rows import LINE
from pipelines.ingest.text import text_of
from schemas.contract import Feed, Layout
from schemas.sources import all_feeds


@dataclass(frozen=True)
class Held:
    """A delivered file that still holds somebody: the feed, the file, and the lines (rows of XML are counted, not lines)."""

    feed: Feed
    name: str
    path: Path
    lines: tuple[int, ...]
    rows: int


def still_held(drop: Path, stones: Tombstones) -> Iterator[Held]:
    """Every file of the drop folder with rows of the forgotten. Files that cannot be read are passed over, as in a day."""
    for feed in all_feeds().values():
        for name, path in files_of(drop, feed):
            try:
                raw = READERS[feed.layout](feed, text_of(feed, name, path.read_bytes()))
            except (FileError, OSError):
                continue
            before = [*raw.cells[LINE], *raw.broken[LINE]]
            kept, _ = without_forgotten(feed, raw, stones)
            gone = set(before) - {*kept.cells[LINE], *kept.broken[LINE]}
            blanked = [line for line, text in zip(kept.cells[LINE], kept.texts, strict=True) if text == ""]
            if gone or blanked:
                yield Held(feed, name, path, tuple(sorted(gone | set(blanked))), raw.count)


def write_cleaned(held: Held, folder: Path) -> Path | None:
    """A copy without the lines, under the file's own name below `folder`; None for a file whose rows are not its lines."""
    content = held.path.read_bytes()
    is_packed = content[:2] == b"\x1f\x8b"
    lines = (gzip.decompress(content) if is_packed else content).splitlines(keepends=True)
    if held.feed.layout not in (Layout.TSV, Layout.CSV) or sum(bool(line.strip()) for line in lines) != held.rows + 1:
        return None
    cut = b"".join(line for number, line in enumerate(lines, start=1) if number not in set(held.lines))
    place = folder / held.feed.name / held.name
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}.part")
    beside.write_bytes(gzip.compress(cut, mtime=0) if is_packed else cut)
    beside.chmod(0o600)
    replace_durably(beside, place)
    return place
