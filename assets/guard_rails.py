"""Guard rails as asset checks: a check per declared metric, judged by the rows that the step made of it on the day.

What is measured stands on the table's declaration, the limits and what they stop in policy; nothing here knows a metric.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import dagster as dg
import polars as pl

from schemas.contract import Table

COLUMNS = ("metric", "value", "limit", "is_within", "is_blocking")
Rails = Mapping[str, Mapping[str, Any]]  # rows of COLUMNS by metric


def rail_specs(tables: Iterable[Table]) -> list[dg.AssetCheckSpec]:
    """The checks that the guard rails of tables declare."""
    rails = [rail for table in tables for rail in table.guard_rails]
    return [dg.AssetCheckSpec(rail.metric, asset=rail.asset, description=rail.description) for rail in rails]


def measured(table: Table, frame: pl.DataFrame) -> Rails:
    """The rows of a day by metric. ValueError where a row has a limit that no declaration shows."""
    if not table.guard_rails:
        return {}
    rows = {row["metric"]: row for row in frame.select(COLUMNS).to_dicts()}
    declared = {rail.metric for rail in table.guard_rails}
    unknown = sorted(metric for metric, row in rows.items() if row["limit"] is not None and metric not in declared)
    if unknown:
        raise ValueError(f"table {table.name}: limits of {unknown}, and guard rails of {sorted(declared)} only; declare them")
    return rows


def rail_results(table: Table, rows: Rails) -> Iterator[dg.AssetCheckResult]:
    """A result per declared guard rail. One that was not measured on the day holds, and says so."""
    for rail in table.guard_rails:
        row = rows.get(rail.metric)
        yield dg.AssetCheckResult(
            asset_key=rail.asset,
            check_name=rail.metric,
            passed=row is None or row["is_within"],
            severity=dg.AssetCheckSeverity.ERROR if row and row["is_blocking"] else dg.AssetCheckSeverity.WARN,
            description=None if row else "not measured on this day",
            metadata={} if row is None else {name: row[name] for name in ("value", "limit") if row[name] is not None},
        )


def broken(rows: Rails) -> list[str]:
    """Each limit that was broken and keeps the day from being published, in words."""
    stopped = [row for _, row in sorted(rows.items()) if row["is_blocking"] and not row["is_within"]]
    way_out = "where the day is right all the same, raise the limit in policy or let it warn only"
    return [f"{row['metric']} is {row['value']:.4g} against a limit of {row['limit']:.4g}; {way_out}" for row in stopped]


def rail_findings(rows: Rails) -> list[dict[str, Any]]:
    """The guard rails of a day in the shape of the expectations on the validation page."""
    limited = [row for _, row in sorted(rows.items()) if row["limit"] is not None]
    return [
        {
            "name": row["metric"],
            "success": row["is_within"],
            "observed": f"{row['value']:.4g}",
            "expected": {"limit": row["limit"], "stops the day": row["is_blocking"]},
        }
        for row in limited
    ]
