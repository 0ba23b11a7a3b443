"""A run that keeps a state: what it leaves in the folder of the result and in that of the state, both whole or not at all.

Both are written beside their places before either is moved. The result goes first: a run that is killed between the two has the
former state, and the same call gives the same result again.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from assets.identity_result_files import stage_result
from assets.identity_state_files import Kept, StateFolderError, stage_state
from assets.whole_folder import put_in_place
from pipelines.identity.id_events import id_events, retired_ids
from pipelines.identity.resolve import FIRST_DAY
from pipelines.identity.state import State

NOBODY = pl.Series("record_id", [], dtype=pl.String)
SEED = "velocity"  # key of ids of files; the product's own are keyed by the seed of a lake


@dataclass(frozen=True)
class Told:
    """What a run says about ids: events, ids that are no more, and records that are new, gone, or in another person or home."""

    events: pl.DataFrame
    retired: pl.DataFrame
    changes: pl.DataFrame

    def frames(self) -> dict[str, pl.DataFrame]:
        """The tables, by the name of their file."""
        return {"events": self.events, "retired": self.retired, "changes": self.changes}


def day_of(run: int) -> date:
    """The engine counts days; a run is one. So an id made today cannot be one that was retired before."""
    return FIRST_DAY + timedelta(days=run)


def next_of(before: Kept, after: State, changed: pl.Series = NOBODY) -> tuple[Kept, Told]:
    """What a state that follows another keeps, and what it says about ids. `changed`: ids of records whose row is another."""
    run = before.run + 1
    events = id_events(before.state, after, seed=SEED, as_of=day_of(run))
    retired = retired_ids(before.retired, events, after, day_of(run))
    told = Told(_by_run(events, "on_day"), _by_run(retired, "retired_on"), _changes(before.state, after, changed))
    return replace(before, state=after, run=run, retired=retired), told


def _by_run(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    number = (pl.col(column) - pl.lit(FIRST_DAY)).dt.total_days()
    return frame.with_columns(number.alias(column)).rename({column: column.replace("on_day", "run").replace("_on", "_run")})


def _changes(before: State, after: State, changed: pl.Series) -> pl.DataFrame:
    """record_id, change (new, deleted, changed, moved, rehoused), and its person and household before and now, sorted."""
    was, now = (one.members.select("record_id", "person_id", "household_id") for one in (before, after))
    old = was.rename({"person_id": "previous_person_id", "household_id": "previous_household_id"})
    both = now.join(old, on="record_id", how="full", coalesce=True)
    change = (
        pl.when(pl.col("previous_person_id").is_null()).then(pl.lit("new"))
        .when(pl.col("person_id").is_null()).then(pl.lit("deleted"))
        .when(pl.col("record_id").is_in(changed.implode())).then(pl.lit("changed"))
        .when(pl.col("person_id") != pl.col("previous_person_id")).then(pl.lit("moved"))
        .when(pl.col("household_id") != pl.col("previous_household_id")).then(pl.lit("rehoused"))
    )  # fmt: skip
    told = both.with_columns(change=change).filter(pl.col("change").is_not_null()).sort("record_id")
    return told.select("record_id", "change", "person_id", "previous_person_id", "household_id", "previous_household_id")


def written(
    out: Path, frames: dict[str, pl.DataFrame], summary: dict[str, Any], kept: Kept | None = None, state: Path | None = None
) -> None:
    """Put a result, and with it a state, in their places. Raises ResultFolderError and StateFolderError."""
    staged = [(stage_result(out, frames, summary), out.resolve())]
    if kept and state:
        staged.append((stage_state(kept, state), state.resolve()))
    for beside, place in staged:
        put_in_place(beside, place)


def check_apart(out: Path, state: Path) -> None:
    """Raise StateFolderError where the folders of result and state are one, or one is in the other."""
    one, other = out.resolve(), state.resolve()
    if one == other or one in other.parents or other in one.parents:
        raise StateFolderError(state, f"the folder of --out {out}, or one inside the other", "two folders, side by side")
