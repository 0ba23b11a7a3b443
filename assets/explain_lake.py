"""The product's own persons as a Source of explanations: tables of the lake, as of a day."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from assets.engine import DuckDBEngine
from assets.explain_source import EVENTS, ExplainError, Source
from assets.lake import Lake
from assets.policy_files import load_policy
from assets.table import read_input
from pipelines.identity.explain_daily import INPUTS, compared_records, daily_edges
from pipelines.identity.linkage.learned import PARAMETERS, SHARES, Learned
from pipelines.step import Day

LEARNED = ("identity_parameter", "identity_value_share", "identity_rule", "profile_edge", "identity_record")


def from_lake(root: Path, group: str, day: date | None, policy: Path) -> Source:
    """A Source over a group's lake as of a day, the newest where none is given. Raises ExplainError, PolicyError.

    A day of which no learned model is known has persons, edges and events, and no weights.
    """
    lake = Lake(root.resolve(), group)
    as_of = _as_of(lake, day, root)
    members, events = _members(lake, as_of), _events(lake, as_of)
    if any(as_of not in lake.days(table) for table in LEARNED):
        return Source(members, lake.read("edge", as_of), events, None, None, lambda _: pl.DataFrame())
    rules = load_policy(group, policy)

    @cache
    def every() -> pl.DataFrame:
        engine = DuckDBEngine()
        try:
            for one in INPUTS:
                read_input(lake, engine, one, as_of)
            return compared_records(engine, Day(as_of, rules, ""))
        finally:
            engine.close()

    def records(ids: Sequence[str]) -> pl.DataFrame:
        return every().filter(pl.col("record_id").is_in(list(ids)))

    edges = daily_edges(*(lake.read(table, as_of) for table in ("edge", "profile_edge", "identity_record")))
    return Source(members, edges, events, rules.identity_model, _learned(lake, as_of), records)


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


def _learned(lake: Lake, as_of: date) -> Learned:
    rules = lake.read("identity_rule", as_of).sort("place")["rule"]
    shares = lake.read("identity_value_share", as_of).select(SHARES.names())
    return Learned(lake.read("identity_parameter", as_of).select(PARAMETERS.names()), shares, tuple(rules))
