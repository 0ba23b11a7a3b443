"""What is asked of the platforms after the circuit breaker has spoken: the day's changes, less what it withholds."""

from dataclasses import dataclass

import polars as pl

from pipelines.activation.breaker import NOTHING_JUDGED, blocked_cells, judge, withheld
from pipelines.activation.breaker_forced import forced
from pipelines.activation.diff import changes
from pipelines.activation.export_names import is_named
from pipelines.engine import Engine
from pipelines.step import Day

HELD_BACK = pl.Schema(dict.fromkeys(("platform", "cell", "person_id", "segment", "state", "cause"), pl.String))


@dataclass(frozen=True)
class Decision:
    """What the consent gate decided: see `changes` for eligible and refused. `also`: refusals by the names of pooled lists."""

    eligible: pl.DataFrame
    refused: pl.DataFrame
    also: pl.DataFrame

    @property
    def verdict(self) -> pl.DataFrame:
        """Every refusal under every name that its member may be held by."""
        both = pl.concat([self.refused, self.also])
        return both.unique(["platform", "cell", "person_id"], keep="first", maintain_order=True)


@dataclass(frozen=True)
class Decided:
    """`rows` as `changes` gives them, the table breaker, and who was to be added and is not, in the shape of refusals."""

    rows: pl.DataFrame
    breaker: pl.DataFrame
    held_back: pl.DataFrame


def decided(engine: Engine, day: Day, found: Decision) -> Decided:
    """The day's changes. Where the breaker blocks nothing they are what they would be without it."""
    rows = changes(engine, day, found.eligible, found.verdict)
    if not day.policy.channels.breaker.limits:
        return Decided(rows, NOTHING_JUDGED.to_frame(), HELD_BACK.to_frame())
    cells = _cells(rows, day)
    breaker = judge(engine, day, rows, _allowed(found), cells)
    blocked = blocked_cells(breaker, cells)
    if blocked.is_empty():
        return Decided(rows, breaker, HELD_BACK.to_frame())
    still = changes(engine, day, found.eligible, found.verdict, still=blocked, forced=forced(engine, day, blocked))
    on = ["platform", "cell"]
    still, moved = _without_moves(rows.join(blocked, on=on), still)
    adds = rows.filter((pl.col("action") == "add") & ~pl.col("is_held")).join(blocked, on=on)
    back = pl.concat([adds.select(*on, "person_id", "segment"), moved.select(*on, "person_id", "segment")])
    held_back = back.with_columns(state=pl.lit(""), cause=pl.lit("breaker"))
    return Decided(still, pl.concat([breaker, withheld(rows, still, blocked)]), held_back)


def _without_moves(blocked: pl.DataFrame, still: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows without, and rows of, adds of people whom a blocked list of the platform still holds in place of letting them move."""
    leaving = blocked.filter((pl.col("action") == "remove") & ~pl.col("goes_at_once")).select("platform", "person_id").unique()
    is_new = (pl.col("action") == "add") & ~pl.col("is_held")
    moved = still.filter(is_new).join(leaving, on=["platform", "person_id"])
    kept = still.join(moved.select("platform", "cell", "person_id"), on=["platform", "cell", "person_id"], how="anti")
    return kept.sort("platform", "cell", "person_id"), moved


def _allowed(found: Decision) -> pl.DataFrame:
    """Members whom only their identifiers could keep in the house, with those that may go; null where there is none."""
    key = ("platform", "cell", "person_id", "identifiers")
    nothing = found.refused.filter(pl.col("cause") == "no_identifier")
    return pl.concat([found.eligible.select(key), nothing.with_columns(identifiers=pl.lit(None, pl.List(pl.String))).select(key)])


def _cells(rows: pl.DataFrame, day: Day) -> pl.DataFrame:
    """platform, cell of what policy still names: a list that it does not name any more is taken back by policy, not by data."""
    cells = rows.select("platform", "cell").unique().sort("platform", "cell")
    return cells.filter([is_named(day.policy, cell) for cell in cells.get_column("cell")])
