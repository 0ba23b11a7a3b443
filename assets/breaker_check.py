"""What the circuit breaker found, for people: an asset check that warns, lines for the terminal, rows of the validation page."""

import time
from datetime import date
from typing import Any

import dagster as dg
import polars as pl

from assets.house import House
from assets.lake import Lake
from assets.progress import tell

NAME = "nothing_blocked"
MOST_LINES = 12


def check() -> dg.AssetChecksDefinition:
    """The asset check. It warns and stops nothing: what is blocked is already withheld, and the rest of the day is right."""

    @dg.asset_check(
        asset="breaker",
        name=NAME,
        description="No platform or cell is kept as it was because a figure moved beyond its limit.",
        blocking=False,
    )
    def nothing_blocked(context: dg.AssetCheckExecutionContext, house: House) -> dg.AssetCheckResult:
        started = time.monotonic()
        found = blocked(house.tables, date.fromisoformat(context.partition_key))
        tell(NAME, found.height, started)
        return dg.AssetCheckResult(
            passed=found.is_empty(),
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"blocked": found.height, "says": dg.MetadataValue.md("\n".join(f"- {one}" for one in sentences(found)))},
        )

    return nothing_blocked


def blocked(lake: Lake, day: date) -> pl.DataFrame:
    """Rows of the table breaker that keep a platform or cell as it was."""
    return lake.read("breaker", day).filter(pl.col("is_blocked"))


def sentences(found: pl.DataFrame) -> list[str]:
    """A line per row: platform, cell, figure, limit and what to do."""
    return [f"{row['platform']} {row['cell']}: {row['says']}" for row in found.iter_rows(named=True)]


def breaker_rows(lake: Lake, day: date) -> list[str]:
    """Lines for the terminal: what is blocked, what is withheld by it, and what was released."""
    if not lake.part("breaker", day).is_file():
        return []
    rows, found = lake.read("breaker", day), blocked(lake, day)
    lines = [f"BLOCKED {one}" for one in sentences(found)[:MOST_LINES]]
    if found.height > MOST_LINES:
        lines.append(f"BLOCKED and {found.height - MOST_LINES} more; see table breaker")
    withheld = rows.filter(pl.col("figure") == "withheld").group_by("subject").agg(pl.col("value").sum()).sort("subject")
    counts = ", ".join(f"{subject} {int(value):,}" for subject, value in withheld.iter_rows() if value)
    if found.height:
        lines.append(f"withheld by the circuit breaker: {counts or 'nothing'}; opt-outs, deletions and ended licences went")
    let_go = rows.filter(pl.col("verdict").cast(pl.String) == "released").height
    return [*lines, f"released by hand: {let_go} figures over their limits, see table breaker_release"] if let_go else lines


def breaker_findings(lake: Lake, day: date) -> list[dict[str, Any]]:
    """Figures of whole platforms, and of cells those over a limit, in the shape of the expectations on the validation page."""
    if not lake.part("breaker", day).is_file():
        return []
    rows = lake.read("breaker", day).filter(pl.col("limit").is_not_null())
    shown = rows.filter((pl.col("cell") == "*") | pl.col("verdict").cast(pl.String).is_in(["over", "released"]))
    return [
        {
            "name": " ".join(one for one in (row["platform"], row["cell"], row["figure"], row["subject"]) if one),
            "success": row["verdict"] != "over",
            "observed": "not measured" if row["value"] is None else f"{row['value']:.4g} ({row['verdict'].replace('_', ' ')})",
            "expected": {"at most": row["limit"], "unit": row["unit"]},
        }
        for row in shown.iter_rows(named=True)
    ]
