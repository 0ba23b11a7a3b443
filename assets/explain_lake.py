"""The product's own persons as a Source of explanations: tables of the lake, as of a day."""

from datetime import date
from pathlib import Path

import polars as pl

from assets.explain_source import EVENTS, ExplainError, Source
from assets.lake import Lake


def from_lake(root: Path, group: str, day: date | None, policy: Path) -> Source:
    """A Source over a group's lake as of a day, the newest where none is given. Raises ExplainError. Without weights: members, edges and events."""
    lake = Lake(root.resolve(), group)
    as_of = _as_of(lake, day, root)
    members, events = _members(lake, as_of), _events(lake, as_of)
    return Source(members, lake.read("edge", as_of), events, None, None, lambda _: pl.DataFrame())


def _as_of(lake: Lake, day: date | None, root: Path) -> date:
    known = lake.days("member")
    if not known:
        raise ExplainError(f"--lake {root}", f"no persons of the group {lake.group}", "a lake in which a day of it was run")
    if day is not None and day not in known:
        raise ExplainError("--date", str(day), f"a day that was run, such as {known[-1]}")
    return day or known[-1]


def _members(lake: Lake, as_of: date) -> pl.DataFrame:
    """The table member, with the household of each person."""
    told = lake.read("member", as_of)
    if as_of not in lake.days("person"):
        return told
    homes = lake.read("person", as_of).select("person_id", "household_id")
    return told.join(homes, on="person_id", how="left", maintain_order="left")


def _events(lake: Lake, as_of: date) -> pl.DataFrame:
    """The table id_event over all days; columns that older days lack are null."""
    parts = [
        pl.read_parquet(part).with_columns(pl.col("kind").cast(pl.String)) for part in lake.parts("id_event", "until", as_of)
    ]
    return pl.concat([EVENTS.to_frame(), *parts], how="diagonal").select(EVENTS.names())
