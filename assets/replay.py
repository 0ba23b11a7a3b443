"""Puts quarantined rows back into the drop folder, so that the next run judges them again under today's contract.

The files land in DROP/<feed>/replay-<day>/<original name>: they belong to <day>, and keep the stamp of the original file,
so a replayed row never overwrites a newer one. They can be edited before the run.
"""

from datetime import date
from itertools import count
from pathlib import Path

import polars as pl

from assets.lake import Lake, replace_durably
from schemas.contract import Feed, Layout

WHOLE_FILE = 0  # the line number of a quarantine row that stands for a whole refused file


class NothingToReplay(Exception):
    """No quarantined row answers the question."""

    def __init__(self, feed: str, rule: str | None) -> None:
        what = f" broken rule {rule}" if rule else ""
        super().__init__(f"feed {feed} has no quarantined row{what} to replay; see table {feed}_quarantine for what there is")


def write_replay(lake: Lake, drop: Path, feed: Feed, into: date, rule: str | None = None) -> list[tuple[Path, int]]:
    """Write the quarantined rows of a feed as files of day `into`; return each file and its rows. Errors: NothingToReplay.

    Rows of files that were refused whole are not here: mend the file itself and deliver it again under its own name.
    """
    parts = lake.parts(feed.quarantine, "until", into)
    rows = pl.concat([pl.read_parquet(part) for part in parts]) if parts else pl.DataFrame(schema={"line_number": pl.Int64})
    rows = rows.filter(pl.col("line_number") > WHOLE_FILE)
    if rule:
        rows = rows.filter(pl.col("rule") == rule)
    if rows.is_empty():
        raise NothingToReplay(feed.name, rule)
    latest = rows.unique(["file_name", "line_number", "raw_text"], keep="last", maintain_order=True)
    written: list[tuple[Path, int]] = []
    folder = drop / feed.name / f"replay-{into:%Y%m%d}"
    for (name, _), group in sorted(latest.group_by("file_name", "header_text"), key=lambda one: str(one[0])):
        place = _free(folder / _original(str(name)), {one for one, _ in written})
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = place.with_name(f".{place.name}.part")
        beside.write_text(_content(feed, group.sort("line_number")), encoding="utf-8")
        replace_durably(beside, place)
        written.append((place, group.height))
    return written


def _free(place: Path, taken: set[Path]) -> Path:
    """The place, in a folder of its own where files of one name came under several headers or from several folders."""
    places = (place if n == 1 else place.parent / str(n) / place.name for n in count(1))
    return next(one for one in places if one not in taken)


def _original(name: str) -> str:
    plain = Path(name).name
    return plain.removesuffix(".gz")


def _content(feed: Feed, rows: pl.DataFrame) -> str:
    lines = rows["raw_text"].to_list()
    if feed.layout is Layout.ADF:
        return '<?xml version="1.0" encoding="UTF-8"?>\n<adf>\n' + "\n".join(lines) + "\n</adf>\n"
    header = rows["header_text"].to_list()[0]
    return "\n".join(([header] if header else []) + lines) + "\n"
