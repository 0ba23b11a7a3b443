"""How many members of each cell a platform could match: the consent gate, then identifiers, then its minimum. Nothing is sent."""

import polars as pl

from pipelines.activation.consent import served_platforms, verdicts
from pipelines.activation.exports import identified
from pipelines.engine import Engine
from pipelines.step import Day
from schemas.platforms import all_platforms

REACH: dict[str, pl.DataType | type[pl.DataType]] = {
    "platform": pl.String,
    "cell": pl.String,
    "members": pl.Int64,
    "allowed": pl.Int64,
    "matchable": pl.Int64,
    "minimum": pl.Int64,
    "is_enough": pl.Boolean,
}


def reach(engine: Engine, day: Day) -> pl.DataFrame:
    """platform, cell, members, allowed, matchable, minimum, is_enough of every cell and platform that we draw files for.

    allowed: the consent gate, the plan and the arm let them go there. matchable: of those, with an identifier that the platform
    takes and that may be sent. minimum: people below which a cell is not sent, or below which the platform does not serve it.
    Reads what the exports read, all three audiences among them; whether the platform is switched on plays no part.
    """
    verdict = verdicts(engine, day)
    matchable = identified(engine, day, verdict)[0]
    counts = [
        verdict.group_by("platform", "cell").agg(members=pl.len()),
        verdict.filter(pl.col("cause").is_null()).group_by("platform", "cell").agg(allowed=pl.len()),
        matchable.group_by("platform", "cell").agg(matchable=pl.len()),
    ]
    joined = counts[0].join(counts[1], on=["platform", "cell"], how="left").join(counts[2], on=["platform", "cell"], how="left")
    least = {name: max(one.min_members, all_platforms()[name].min_people) for name, _, one in served_platforms(day)}
    smallest = pl.col("platform").replace_strict(least, default=0, return_dtype=pl.Int64)
    told = joined.with_columns(pl.col("allowed", "matchable").fill_null(0), minimum=smallest)
    told = told.with_columns(is_enough=pl.col("matchable") >= pl.col("minimum"))
    return told.select(pl.col(name).cast(dtype) for name, dtype in REACH.items()).sort("platform", "cell")
