"""All that a preview tells, as frames by name. Counts only: who moved is preview_moves."""

from collections.abc import Mapping

import polars as pl

from pipelines.audiences.channel_funnel import channel_funnel
from pipelines.audiences.preview import Side, cells, intent_tiers, member_tiers, overlaps, sizes, triggers
from pipelines.audiences.preview_budget import budget
from pipelines.audiences.preview_funnel import Counted, funnel
from pipelines.audiences.preview_moves import counted, moves
from pipelines.engine import Engine


def figures(engine: Engine, before: Side, after: Side) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """The frames sizes, cells, causes, member_tiers, intent_tiers, triggers, overlaps, budget, funnel, channels; and who moved.

    budget, funnel and channels hold both sides, told apart by `side` (before, after). Registers `candidate` and `radius` at the
    engine.
    """
    moved = moves(engine, before, after)
    counted_before: dict[str, Counted] = {}
    counted_after = counted_before if before["candidate"] is after["candidate"] else {}
    told = {
        "sizes": sizes(before, after),
        "cells": cells(before, after),
        "causes": counted(moved),
        "member_tiers": member_tiers(before, after),
        "intent_tiers": intent_tiers(before, after),
        "triggers": triggers(before, after),
        "overlaps": overlaps(before, after),
        "budget": both(budget(before.policy, before["membership"]), budget(after.policy, after["membership"])),
        "channels": both(
            *(channel_funnel(one.policy, one["eligibility"], one["channel_loss"], one["membership"]) for one in (before, after))
        ),
        "funnel": both(funnel(engine, before, counted_before), funnel(engine, after, counted_after)),
    }
    return told, moved


def both(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Two frames of the same columns below each other, told apart by `side`."""
    return pl.concat(
        [before.select(pl.lit("before").alias("side"), pl.all()), after.select(pl.lit("after").alias("side"), pl.all())]
    )


def side_by_side(frame: pl.DataFrame, key: list[str], values: list[str]) -> pl.DataFrame:
    """A frame of `both` with one row per key: each value as <value>_before and <value>_after, null where a side lacks the key.

    Rows come in the order of after, then what only before has.
    """
    sides: Mapping[str, pl.DataFrame] = {
        name: frame.filter(pl.col("side") == name).select(*key, *(pl.col(one).alias(f"{one}_{name}") for one in values))
        for name in ("before", "after")
    }
    joined = sides["after"].with_row_index("place").join(sides["before"], on=key, how="full", coalesce=True, nulls_equal=True)
    return joined.sort("place", *key, nulls_last=True, maintain_order=True).drop("place")
