"""What happened to the audiences between two days, as frames of counts that add up: sizes, cells, causes, and what else changed.

before + entered - left + moved_in - moved_out = after, for every cell; entered and left are the sums of their causes. The cause
is the one that the day of the last entry or exit told; somebody whose day was not told (its table is lost) counts as `untold`.
"""

from collections.abc import Mapping

import polars as pl

PAIR = ["audience", "person_id"]
CELL = ["segment", "audience", "cell"]
UNTOLD = "untold"
ATTRIBUTES = ("tier", "arm", "brand", "market", "rooftop_id", "message")
MEMBER = (*PAIR, "segment", "cell", *ATTRIBUTES, "channels")
TOLD: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "rule": pl.String, "trait": pl.String, "before": pl.String, "after": pl.String, "winner": pl.String,
    "other_person_id": pl.String,
}  # fmt: skip


def moved_people(before: pl.DataFrame, after: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """audience, person_id, segment, change, cell_before, cell_after, on_day, cause, and the columns of TOLD.

    before, after: membership of the two days. changes: membership_change of every day after the first up to the second, with dt.
    change: enter, leave, or move for a member of both days in another cell (its cause is `cell`). Sorted by the first two.
    """
    sides = [_members(frame) for frame in (before, after)]
    entered = sides[1].join(sides[0], on=PAIR, how="anti")
    left = sides[0].join(sides[1], on=PAIR, how="anti")
    both = sides[1].join(sides[0], on=PAIR, suffix="_before").filter(pl.col("cell") != pl.col("cell_before"))
    nothing = pl.lit(None, pl.String)
    rows = pl.concat(
        [
            entered.select(*PAIR, "segment", change=pl.lit("enter"), cell_before=nothing, cell_after="cell"),
            left.select(*PAIR, "segment", change=pl.lit("leave"), cell_before="cell", cell_after=nothing),
            both.select(*PAIR, "segment", change=pl.lit("move"), cell_before="cell_before", cell_after="cell"),
        ]
    )
    told = rows.join(_last(changes), on=[*PAIR, "change"], how="left", maintain_order="left")
    cause = pl.when(pl.col("change") == "move").then(pl.lit("cell")).otherwise(pl.col("cause").fill_null(UNTOLD))
    shown = ("segment", "change", "cell_before", "cell_after", "on_day", "cause", *TOLD)
    return told.with_columns(cause=cause).select(*PAIR, *shown).sort(PAIR)


def figures(before: pl.DataFrame, after: pl.DataFrame, moved: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The frames sizes, cells, causes, moves and others: counts only. `moved` is that of moved_people."""
    sides = [_members(frame) for frame in (before, after)]
    return {
        "sizes": _sizes(sides[0], sides[1], moved, ["segment", "audience"]),
        "cells": _sizes(sides[0], sides[1], moved, CELL),
        "causes": _causes(moved),
        "moves": _cell_moves(moved),
        "others": others(sides[0], sides[1]),
    }


def others(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """audience, what, from, to, people: members of both days whose tier, arm, brand, place, message or channels changed."""
    both = before.join(after, on=PAIR, suffix="_after")
    frames = []
    for name in ATTRIBUTES:
        changed = both.filter(pl.col(name).ne_missing(pl.col(f"{name}_after")))
        frames.append(_counted(changed, name, pl.col(name), pl.col(f"{name}_after")))
    gained = pl.col("channels_after").list.set_difference("channels")
    lost = pl.col("channels").list.set_difference("channels_after")
    for what, names in (("channel gained", gained), ("channel lost", lost)):
        rows = both.with_columns(it=names).explode("it").filter(pl.col("it").is_not_null())
        none = pl.lit(None, pl.String)
        ends = (none, pl.col("it")) if what == "channel gained" else (pl.col("it"), none)
        frames.append(_counted(rows, what, *ends))
    return pl.concat(frames).sort("audience", "what", "people", "from", "to", descending=[False, False, True, False, False])


def _members(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.col(name) if name == "channels" else pl.col(name).cast(pl.String) for name in MEMBER)


def _last(changes: pl.DataFrame) -> pl.DataFrame:
    """The last entry and the last exit of each person and audience, with its day; columns that older days lack are blank."""
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in TOLD.items() if name not in changes.columns]
    every = changes.with_columns(missing).select(
        *PAIR, pl.col("change", "cause").cast(pl.String), *TOLD, pl.col("dt").alias("on_day")
    )
    return every.sort(*PAIR, "change", "on_day").unique([*PAIR, "change"], keep="last", maintain_order=True)


def _sizes(before: pl.DataFrame, after: pl.DataFrame, moved: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """by, before, after, entered, left and, of cells, moved_in and moved_out."""
    is_cell = "cell" in by
    of_change = {name: pl.col("change") == name for name in ("enter", "leave", "move")}
    parts = {
        "before": before,
        "after": after,
        "entered": moved.filter(of_change["enter"]).with_columns(cell="cell_after"),
        "left": moved.filter(of_change["leave"]).with_columns(cell="cell_before"),
    }
    if is_cell:
        parts["moved_in"] = moved.filter(of_change["move"]).with_columns(cell="cell_after")
        parts["moved_out"] = moved.filter(of_change["move"]).with_columns(cell="cell_before")
    every = pl.concat([frame.select(by) for frame in parts.values()]).unique()
    for name, frame in parts.items():
        counts = frame.group_by(by).agg(pl.len().cast(pl.Int64).alias(name))
        every = every.join(counts, on=by, how="left")
    return every.with_columns(pl.col(list(parts)).fill_null(0)).sort(by)


def _causes(moved: pl.DataFrame) -> pl.DataFrame:
    """segment, audience, change, cause, rule, people of entries and exits; largest first within audience and change."""
    by = ["segment", "audience", "change", "cause", "rule"]
    counts = moved.filter(pl.col("change") != "move").group_by(by).agg(people=pl.len().cast(pl.Int64))
    order = ["segment", "audience", "change", "people", "cause", "rule"]
    return counts.sort(order, descending=[False, False, False, True, False, False], nulls_last=True)


def _cell_moves(moved: pl.DataFrame) -> pl.DataFrame:
    """audience, cell_before, cell_after, people; largest first within the audience."""
    by = ["audience", "cell_before", "cell_after"]
    counts = moved.filter(pl.col("change") == "move").group_by(by).agg(people=pl.len().cast(pl.Int64))
    return counts.sort("audience", "people", "cell_before", "cell_after", descending=[False, True, False, False])


def _counted(rows: pl.DataFrame, what: str, from_: pl.Expr, to: pl.Expr) -> pl.DataFrame:
    named = rows.select("audience", pl.lit(what).alias("what"), from_.alias("from"), to.alias("to"))
    return named.group_by("audience", "what", "from", "to").agg(people=pl.len().cast(pl.Int64))
