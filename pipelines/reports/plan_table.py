"""A segment's figures beside the plan, as a table of a page."""

from collections.abc import Mapping

import polars as pl

from pipelines.measurement.kpi import KPIS
from pipelines.reports.page import TableBlock, in_words, mark, number


def plan_table(kpi: pl.DataFrame, segment: str) -> TableBlock:
    """Figures of the group in the order of KPIS, with the plan's interval and whether it is reached."""
    rows = []
    held = kpi.filter((pl.col("segment").cast(pl.String) == segment) & (pl.col("scope") == "group"))
    figures = {row["kpi"]: row for row in held.to_dicts()}
    for (of, name), (unit, meaning) in KPIS.items():
        if of == segment and name in figures:
            row = figures[name]
            low, high = row["target_low"], row["target_high"]
            rows.append(
                (in_words(_without_window(name)), number(row["value"], unit), _plan(low, high, unit), _reached(row), meaning)
            )
    heads = ("Figure", "Today", "Plan", "Against the plan", "What is counted")
    note = "Plans per month or year are shown for the window of the figure. Figures are of the whole group."
    return TableBlock("Figures against the plan", heads, rows, numeric=(1, 2), note=note)


def _without_window(name: str) -> str:
    stem, _, last = name.rpartition("_")
    return stem if last.endswith("d") and last[:-1].isdigit() else name


def _plan(low: float | None, high: float | None, unit: str) -> str:
    if low is None:
        return "–"
    if high is None:
        return f"{number(low, unit)} or more"
    return number(low, unit) if low == high else f"{number(low, unit)} to {number(high, unit)}"


def _reached(row: Mapping[str, float | None]) -> object:
    value, low, high = row["value"], row["target_low"], row["target_high"]
    if low is None or value is None:
        return "–"
    if value < low:
        return mark(f"below, {value / low:.0%} of it" if low else "below", "warn")
    return mark("above", "good") if high is not None and value > high > low else mark("reached", "good")
