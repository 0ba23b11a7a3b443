"""The product's own persons as a Source of explanations: tables of the lake, as of a day."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from assets.explain_source import EVENTS, ExplainError, Source
from assets.lake import Lake


def from_lake(root: Path, group: str, day: date | None, policy: Path) -> Source:
    """A Source over a group's lake as of a day, the newest where none is given. Raises ExplainError, PolicyError."""
    lake = Lake(root.resolve(), group)
    as_of = _as_of(lake, day, root)
    events = [pl.read_parquet(part) for part in lake.parts("id_event", "until", as_of)]
    shaped = [one.with_columns(pl.col("kind").cast(pl.String)).select(EVENTS.names()) for one in events]

    def rows(ids: Sequence[str]) -> pl.DataFrame:
        return pl.DataFrame()

    return Source(lake.read("member", as_of), lake.read("edge", as_of), pl.concat([EVENTS.to_frame(), *shaped]), None, None, rows)


def _as_of(lake: Lake, day: date | None, root: Path) -> date:
    known = lake.days("member")
    if not known:
        raise ExplainError(f"--lake {root}", f"no persons of the group {lake.group}", "a lake in which a day of it was run")
    if day is not None and day not in known:
        raise ExplainError("--date", str(day), f"a day that was run, such as {known[-1]}")
    return day or known[-1]
