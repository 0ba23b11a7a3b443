"""Counts behind the page of audiences. Frames in, rows of figures out; nothing here knows HTML, nothing holds a person."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.audiences.holdouts import is_held_back

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Size:
    """How large a segment is today, and how it changed."""

    members: int
    addressable: int
    held_back: int
    entered: int
    left: int


def of_segment(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """The rows of a table that carry an audience of a segment."""
    return frame.filter(pl.col("audience").is_in(names))


def size(members: pl.DataFrame, changes: pl.DataFrame) -> Size:
    """Figures of one segment's members and changes. Who changes the audience within the segment counts in both directions."""
    held = members.select(is_held_back()).to_series()
    addressable = members.select((pl.col("channels").list.len() > 0) & ~is_held_back()).to_series()
    entered = changes.filter(pl.col("change") == "enter").height
    return Size(members.height, int(addressable.sum()), int(held.sum()), entered, changes.height - entered)


def counts(frame: pl.DataFrame, *columns: str) -> Rows:
    """Rows per distinct combination, largest first, names in order where counts tie. Blanks read `unknown`."""
    named = frame.select(pl.col(one).cast(pl.String).fill_null("unknown") for one in columns)
    counted = named.group_by(columns).len()
    return counted.sort(["len", *columns], descending=[True, *(False for _ in columns)]).rows()


def cells(members: pl.DataFrame) -> Rows:
    """cell, audience, members, hot, warm, cold, held back; by cell. Tiers are 0 where the audience has none."""
    tiers = [(pl.col("tier") == tier).sum().alias(tier) for tier in ("hot", "warm", "cold")]
    grouped = members.group_by("cell", "audience").agg(pl.len().alias("members"), *tiers, is_held_back().sum().alias("held"))
    return grouped.sort("members", "cell", "audience", descending=[True, False, False]).rows()


def reasons(members: pl.DataFrame) -> Rows:
    """audience, rule, members who meet it; largest first within an audience."""
    listed = members.select("audience", "reasons").explode("reasons", empty_as_null=False, keep_nulls=False)
    named = listed.with_columns(pl.col("reasons").struct.field("rule").alias("rule"))
    return named.group_by("audience", "rule").len().sort("audience", "len", "rule", descending=[False, True, False]).rows()


def once(eligibility: pl.DataFrame) -> pl.DataFrame:
    """One row per audience and person over the own brands: a member is lost nowhere, and a loss says more than an exclusion."""
    place = pl.col("outcome").cast(pl.String).replace_strict({"member": 0, "lost": 1, "excluded": 2}, return_dtype=pl.Int64)
    ordered = eligibility.sort("audience", "person_id", place, "brand")
    return ordered.unique(["audience", "person_id"], keep="first", maintain_order=True)


def causes(eligibility: pl.DataFrame, outcome: str) -> Rows:
    """audience, cause, winner, people who met the rules and were excluded or lost, each counted once; largest first."""
    rows = once(eligibility).filter(pl.col("outcome") == outcome)
    grouped = rows.group_by("audience", "cause", "winner").agg(people=pl.len())
    return grouped.sort("people", "audience", "cause", "winner", descending=[True, False, False, False], nulls_last=True).rows()
