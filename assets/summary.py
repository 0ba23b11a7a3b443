"""What a person at the terminal wants to know after a day: sizes, reasons, what was refused, where the files are."""

from collections import Counter
from datetime import date
from typing import Any

import polars as pl

from assets.lake import Lake
from schemas.sources import all_feeds

SEGMENTS = ("in_market", "loyalty", "conquest")
TOP_REASONS = 3


def audience_rows(lake: Lake, day: date) -> list[tuple[str, str, str, str]]:
    """Segment, audience, people and most frequent reasons, a row per audience and one per segment."""
    rows: list[tuple[str, str, str, str]] = []
    for segment in SEGMENTS:
        members = lake.read(f"audience_{segment}", day)
        rows.append((segment, "", f"{members.height:,}", ""))
        for (audience,), group in sorted(members.group_by("audience"), key=lambda one: str(one[0])):
            rows.append(("", str(audience), f"{group.height:,}", _reasons(group)))
    return rows


def _reasons(members: pl.DataFrame) -> str:
    counted = Counter(reason["rule"] for reasons in members["reasons"].to_list() for reason in reasons)
    return ", ".join(
        f"{rule} {count:,}" for rule, count in sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:TOP_REASONS]
    )


def refused_files(lake: Lake, day: date) -> list[str]:
    """A line per file that was not used, per required feed that is missing, and per file of one with quarantined rows."""
    files = lake.read("feed_file", day) if lake.part("feed_file", day).is_file() else None
    if files is None:
        return []
    bad = files.filter(pl.col("status").is_in(["rejected", "too_late", "unclaimed"]))
    required = pl.col("feed").is_in(_required())
    missing = files.filter((pl.col("status") == "missing") & required)
    partly = files.filter((pl.col("rows_quarantined") > 0) & required)
    lines = [f"{row['feed']}/{row['file_name'] or '(no file)'}: {row['error']}" for row in pl.concat([bad, missing]).to_dicts()]
    return lines + [_unread_rows(row) for row in partly.to_dicts()]


def _unread_rows(row: dict[str, Any]) -> str:
    feed, count = row["feed"], row["rows_quarantined"]
    return (
        f"{feed}/{row['file_name']}: {count} of {row['rows_read']} rows were not used; table {feed}_quarantine says why, "
        f"and velocity replay --feed {feed} puts them back to be mended"
    )


def _required() -> list[str]:
    return [feed.name for feed in all_feeds().values() if feed.on_missing == "fail"]


def export_rows(lake: Lake, day: date) -> list[str]:
    """Where the day's files are, and what went to each platform."""
    lines = []
    sent = lake.read("export_member", day)
    for (platform, action), group in sorted(sent.group_by("platform", "action"), key=lambda one: str(one[0])):
        lines.append(f"{platform}: {action} {group.height:,} in {group['cell'].n_unique()} cells")
    kept = lake.read("gate_refusal", day)
    lines.append(
        f"kept in the house by the consent gate: {kept['people'].sum() or 0:,} member-platform pairs, see table gate_refusal"
    )
    lines.append(f"exports:   {lake.home / '_exports' / day.isoformat()}")
    lines.append(f"pages:     {lake.home / '_site' / day.isoformat()}")
    lines.append(f"warehouse: {lake.home / 'warehouse.duckdb'}")
    return lines
