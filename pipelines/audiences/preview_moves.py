"""Who enters and who leaves under a changed policy, each with one cause. The data are the same, so the policy is the cause.

audience     the audience is new, switched on or off, or gone
exclusion    an exclusion took or released the person; `what` is its name
arbitration  another audience lost or won the person; `what` is the key that decided, `other` the audience
rule         a condition that was changed, added or dropped turned; `what` is its name
trigger      an unchanged condition turned because a trigger fires, or fires no more; `what` names the triggers
tier         ... because the intent tier changed; `what` says from and to
trait        ... because another trait changed; `what` names the column
candidate    the person became, or is no longer, a candidate at all
cell         same audience, another cell; `what` is the cell of before
"""

import polars as pl

from pipelines.audiences.eligible import running
from pipelines.audiences.preview import Side
from pipelines.audiences.preview_turned import turned
from pipelines.engine import Engine

PAIR = ["audience", "person_id"]
MOVE: dict[str, pl.DataType | type[pl.DataType]] = {
    "audience": pl.String,
    "person_id": pl.String,
    "change": pl.String,
    "cell": pl.String,
    "cause": pl.String,
    "what": pl.String,
    "other": pl.String,
}


def moves(engine: Engine, before: Side, after: Side) -> pl.DataFrame:
    """audience, person_id, change (enter, leave, move), cell, cause, what, other: everybody whose membership differs; see MOVE.

    `other` is the audience that has the person on the other side: had before for who enters, has now for who leaves.
    """
    entered = one_way(engine, here=after, there=before).with_columns(change=pl.lit("enter"))
    left = one_way(engine, here=before, there=after).with_columns(change=pl.lit("leave"))
    frames = [
        frame.select(pl.col(name).cast(dtype) for name, dtype in MOVE.items()) for frame in (entered, left, _cells(before, after))
    ]
    return pl.concat(frames).sort("audience", "change", "person_id")


def counted(moved: pl.DataFrame) -> pl.DataFrame:
    """audience, change, cause, what, other, people; largest first within audience and change."""
    groups = moved.group_by("audience", "change", "cause", "what", "other").agg(people=pl.len().cast(pl.Int64))
    order = ["audience", "change", "people", "cause", "what", "other"]
    return groups.sort(order, descending=[False, False, True, False, False, False], nulls_last=True)


def _cells(before: Side, after: Side) -> pl.DataFrame:
    """Members of the same audience in another cell."""
    sides = [side["membership"].select(*PAIR, "cell") for side in (before, after)]
    both = sides[1].join(sides[0], on=PAIR, suffix="_before").filter(pl.col("cell") != pl.col("cell_before"))
    return both.with_columns(
        change=pl.lit("move"), cause=pl.lit("cell"), what=pl.col("cell_before"), other=pl.lit(None, pl.String)
    )


def one_way(engine: Engine, here: Side, there: Side) -> pl.DataFrame:
    """Members here who are not there, with why they are not there. Who enters is here after; who leaves is here before."""
    members = here["membership"].select(*PAIR, "brand", "cell")
    only = members.join(there["membership"], on=PAIR, how="anti").with_columns(is_running=pl.col("audience").is_in(there.names))
    # A person may be in several audiences, each with channels of its own: the one that is on the other side only, first by name.
    moved = there["membership"].select(*PAIR).join(here["membership"].select(PAIR), on=PAIR, how="anti")
    elsewhere = moved.group_by("person_id").agg(other=pl.col("audience").min())
    joined = only.join(_verdict(there), on=PAIR, how="left").join(elsewhere, on="person_id", how="left")
    known = joined.with_columns(
        cause=pl.when(~pl.col("is_running")).then(pl.lit("audience")).when(pl.col("is_lost")).then(pl.lit("arbitration"))
        .when(pl.col("exclusion").is_not_null()).then(pl.lit("exclusion")),
        what=pl.when(~pl.col("is_running")).then(pl.lit(None, pl.String)).otherwise(pl.coalesce("lost_by", "exclusion")),
    )  # fmt: skip
    by_rules = known.filter(pl.col("cause").is_null()).drop("cause", "what")
    told = [_turned_in(engine, here, there, by_rules, audience.audience) for audience in running(here.policy)]
    return pl.concat([known.filter(pl.col("cause").is_not_null()), *told], how="diagonal")


def _turned_in(engine: Engine, here: Side, there: Side, people: pl.DataFrame, audience: str) -> pl.DataFrame:
    mine = people.filter(pl.col("audience") == audience)
    if mine.is_empty():
        return mine.with_columns(cause=pl.lit(None, pl.String), what=pl.lit(None, pl.String))
    found = turned(engine, here, there, audience, mine.select("person_id", "brand"))
    return mine.join(found, on=["person_id", "brand"], how="left")


def _verdict(side: Side) -> pl.DataFrame:
    """What became of everybody who met an audience's rules, over the own brands: a loss says more than an exclusion."""
    lost, out = pl.col("outcome") == "lost", pl.col("outcome") == "excluded"
    return (
        side["eligibility"]
        .group_by(PAIR)
        .agg(is_lost=lost.any(), lost_by=pl.col("cause").filter(lost).min(), exclusion=pl.col("cause").filter(out).min())
    )
