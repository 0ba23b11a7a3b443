"""What a changed policy would make of the same people on the same day: sizes, entries and exits, tiers, triggers, overlap.

Two sides of one day are compared: what was published, and what was rehearsed. Frames of counts come out; who moved is a frame
of ids with the cause, in preview_moves. Why people are lost on the way is preview_funnel.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.audiences.eligible import running
from schemas.policy import Policy

TABLES = ("candidate", "eligibility", "membership", "channel_loss", "overlap", "trigger_event", "intent", "zip_distance")
TIERS = ("hot", "warm", "cold")
CELL = ("segment", "audience", "cell")
NOBODY = "none"


@dataclass(frozen=True)
class Side:
    """One policy and the tables of the day under it; `tables` holds TABLES, with enumerations as text (`as_text`)."""

    policy: Policy
    as_of: date
    tables: Mapping[str, pl.DataFrame]
    is_after: bool = False

    def __getitem__(self, table: str) -> pl.DataFrame:
        """A table by name."""
        return self.tables[table]

    @property
    def names(self) -> list[str]:
        """The audiences that run."""
        return [one.audience for one in running(self.policy)]


def as_text(table: pl.DataFrame) -> pl.DataFrame:
    """A table with its enumerations as text, so that tables of two policies can be compared."""
    return table.with_columns(pl.selectors.enum().cast(pl.String))


def sizes(before: Side, after: Side) -> pl.DataFrame:
    """segment, audience, is_running_before, is_running_after, before, after, entered, left: people per audience."""
    every = {one.audience: one.segment for side in (before, after) for one in side.policy.audiences}
    rows = [(segment, name, name in before.names, name in after.names) for name, segment in sorted(every.items())]
    schema = {"segment": pl.String, "audience": pl.String, "is_running_before": pl.Boolean, "is_running_after": pl.Boolean}
    base = pl.DataFrame(rows, schema=schema, orient="row")
    counted = _counted(before["membership"], after["membership"], ("audience",))
    return _whole(base.join(counted, on="audience", how="left")).sort("segment", "audience")


def cells(before: Side, after: Side) -> pl.DataFrame:
    """segment, audience, cell, before, after, entered, left: people per cell, exact. Who changes the cell counts in both."""
    return _whole(_counted(before["membership"], after["membership"], CELL)).sort(CELL)


def member_tiers(before: Side, after: Side) -> pl.DataFrame:
    """audience, tier, before, after, entered, left: members per tier of the audience's score, where it has tiers."""
    told = pl.col("tier").is_not_null()
    counted = _counted(before["membership"].filter(told), after["membership"].filter(told), ("audience", "tier"))
    return _whole(counted).sort("audience", pl.col("tier").cast(pl.Enum(TIERS)))


def intent_tiers(before: Side, after: Side) -> pl.DataFrame:
    """from_tier, to_tier, people: everybody with a tier of intent over all brands, by tier before and after.

    NOBODY stands for a person without a scored touch on that side.
    """
    sides = [side["intent"].filter(pl.col("brand") == "all").select("person_id", "tier") for side in (before, after)]
    both = sides[0].join(sides[1], on="person_id", how="full", coalesce=True, suffix="_after")
    named = both.select(from_tier=pl.col("tier").fill_null(NOBODY), to_tier=pl.col("tier_after").fill_null(NOBODY))
    order = pl.Enum([*TIERS, NOBODY])
    return named.group_by("from_tier", "to_tier").agg(people=pl.len()).sort(pl.col("from_tier", "to_tier").cast(order))


def triggers(before: Side, after: Side) -> pl.DataFrame:
    """trigger, before, after, entered, left: moments in force, one per person, vehicle and trigger."""
    counted = _counted(before["trigger_event"], after["trigger_event"], ("trigger",), ("person_id", "vin", "trigger"))
    return _whole(counted).sort("trigger")


def overlaps(before: Side, after: Side) -> pl.DataFrame:
    """left_audience, right_audience, before, after: people eligible for both before arbitration, where there are any."""
    pair = ["left_audience", "right_audience"]
    both = before["overlap"].join(after["overlap"], on=pair, how="full", coalesce=True, suffix="_after")
    filled = both.select(*pair, before=pl.col("people").fill_null(0), after=pl.col("people_after").fill_null(0))
    return filled.filter((pl.col("before") > 0) | (pl.col("after") > 0)).sort(
        "after", "before", *pair, descending=[True, True, False, False]
    )


def _counted(before: pl.DataFrame, after: pl.DataFrame, by: tuple[str, ...], key: tuple[str, ...] = ()) -> pl.DataFrame:
    """Per group: rows before and after, those that are new and those that are gone. `key` says what makes a row the same."""
    same = list(key or ("person_id", *by))
    sides = (before.select(same).unique(), after.select(same).unique())
    parts = {
        "before": sides[0],
        "after": sides[1],
        "entered": sides[1].join(sides[0], on=same, how="anti"),
        "left": sides[0].join(sides[1], on=same, how="anti"),
    }
    found = [frame.group_by(by).agg(pl.len().alias("people")).with_columns(of=pl.lit(name)) for name, frame in parts.items()]
    wide = pl.concat(found).pivot("of", index=list(by), values="people", aggregate_function="sum")
    missing = [pl.lit(0, pl.Int64).alias(name) for name in parts if name not in wide.columns]
    return wide.with_columns(missing).select(*by, *parts)


def _whole(frame: pl.DataFrame) -> pl.DataFrame:
    """Counts as whole numbers; a group without people counts 0."""
    counts = [name for name in ("before", "after", "entered", "left") if name in frame.columns]
    return frame.with_columns(pl.col(counts).fill_null(0).cast(pl.Int64))
