"""How many members of each cell a platform could find: the consent gate, identifiers, the share found, its minimum.

The one formula: the table `reach` of a day and the preview of a changed policy both use `forecast`. Nothing is sent.
"""

from collections.abc import Mapping

import polars as pl

from pipelines.activation.consent import served_platforms
from pipelines.activation.pool import into_parents, pooled
from pipelines.activation.reach_words import says
from pipelines.engine import Engine, query_text
from pipelines.step import Day
from schemas.platforms import all_platforms
from schemas.tables.reach import REACH

REPORT_DAYS = 30  # days that what a platform reported stands for what it finds
EMAIL, PHONE = r"^email", r"^phone"
ADDRESS = r"^(?:address|zip|postal_code|street)"
NO_RATE = (0.0, 1.0, "no figure for this platform in channels.yaml reach: nobody to everybody")
Rates = Mapping[str, tuple[float, float, str]]


def forecast(
    engine: Engine, day: Day, verdict: pl.DataFrame, members: pl.DataFrame, parents: pl.DataFrame | None = None
) -> pl.DataFrame:  # fmt: skip
    """The rows of the table reach.

    Args:
        engine: knows drift, what platforms reported.
        day: the day.
        verdict: who may not go to a platform, by cell and cause; only refusals are read; see `identified`.
        members: those with something that may be sent, with their identifiers.
        parents: cells that are pooled; see `pooled`. Found out here where it is not given.
    """
    parents = pooled(day, members) if parents is None else parents
    counted = _counted(verdict, members).join(parents, on=["platform", "cell"], how="left", maintain_order="left")
    sent = into_parents(members.select("platform", "cell", "person_id"), parents)
    lists = sent.group_by("platform", sent_as_or_own="cell").agg(sent_people=pl.len())
    joined = counted.with_columns(sent_as_or_own=pl.coalesce("sent_as", "cell")).join(
        lists, on=["platform", "sent_as_or_own"], how="left", maintain_order="left"
    )
    told = _judged(_with_rates(joined.with_columns(pl.col("sent_people").fill_null(0)), day, match_rates(engine, day)))
    rows = [{**row, "says": says(row, day)} for row in told.iter_rows(named=True)]
    columns = {name: column.dtype for name, column in REACH.schema.columns().items()}
    shaped = pl.DataFrame(rows, schema=told.schema | {"says": pl.String}, orient="row")
    return shaped.select(pl.col(name).cast(dtype) for name, dtype in columns.items()).sort("platform", "cell")


def match_rates(engine: Engine, day: Day) -> Rates:
    """Low and high share found and where they come from, per platform: what it reported lately, else policy's interval."""
    rates: dict[str, tuple[float, float, str]] = {
        one.platform: (one.low, one.high, one.source) for one in day.policy.channels.reach.match_rates
    }
    reported = engine.sql(query_text(__package__, "reach_reports"), as_of=day.as_of, days=REPORT_DAYS)
    for (platform,), mine in reported.group_by("platform", maintain_order=True):
        shares = [one / of for one, of in mine.select("reported", "expected").iter_rows()]
        source = f"reported by the platform in {len(shares)} of the last {REPORT_DAYS} days, newest {mine['day'][0]}"
        rates[str(platform)] = (min(shares), max(shares), source)
    return rates


def _counted(verdict: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """people at each gate per platform and cell, the identifiers of those who pass, and the most frequent cause of a loss."""
    on = ["platform", "cell"]
    has = {
        "with_email": pl.col("identifiers").list.eval(pl.element().str.contains(EMAIL)).list.any(),
        "with_phone": pl.col("identifiers").list.eval(pl.element().str.contains(PHONE)).list.any(),
        "with_address": pl.col("identifiers").list.eval(pl.element().str.contains(ADDRESS)).list.any(),
    }
    known = members.select(*on, **has).with_columns(kinds=pl.sum_horizontal(pl.col(name).cast(pl.Int64) for name in has))
    passed = known.group_by(on).agg(
        matchable=pl.len(), **{name: pl.col(name).sum() for name in has}, with_two_kinds=(pl.col("kinds") > 1).sum()
    )
    refused = verdict.filter(pl.col("cause").is_not_null())
    causes = (
        refused.group_by(*on, "cause").agg(lost=pl.len()).sort([*on, "lost", "cause"], descending=[False, False, True, False])
    )
    worst = causes.group_by(on, maintain_order=True).first()
    everybody = pl.concat([refused.select(*on, "segment"), members.select(*on, "segment")])
    every = everybody.group_by(on).agg(segment=pl.col("segment").min(), members=pl.len())
    nameless = refused.filter(pl.col("cause") == "no_identifier").group_by(on).agg(nameless=pl.len())
    joined = every.join(passed, on=on, how="left").join(worst, on=on, how="left").join(nameless, on=on, how="left")
    numbers = ("matchable", *has, "with_two_kinds", "lost", "nameless")
    filled = joined.with_columns(pl.col(numbers).fill_null(0).cast(pl.Int64))
    return filled.with_columns(allowed=pl.col("matchable") + pl.col("nameless")).sort(on)


def _with_rates(counted: pl.DataFrame, day: Day, rates: Rates) -> pl.DataFrame:
    names = [name for name, _, _ in served_platforms(day)]
    known = [(name, *rates.get(name, NO_RATE), *_minima(day, name)) for name in names]
    columns = ("platform", "match_low", "match_high", "match_source", "minimum", "served_minimum")
    return counted.join(pl.DataFrame(known, schema=columns, orient="row"), on="platform", how="left", maintain_order="left")


def _minima(day: Day, name: str) -> tuple[int, int]:
    return day.policy.channels.platforms[name].min_members, all_platforms()[name].min_people


def _judged(told: pl.DataFrame) -> pl.DataFrame:
    """Verdict and what is missing. A list is judged as it is sent: a pooled cell by the people of its parent."""
    found = told.with_columns(
        matched_low=(pl.col("matchable") * pl.col("match_low")).floor().cast(pl.Int64),
        matched_high=(pl.col("matchable") * pl.col("match_high")).ceil().cast(pl.Int64),
        list_low=pl.col("sent_people") * pl.col("match_low"),
        list_high=pl.col("sent_people") * pl.col("match_high"),
    )
    verdict = (
        pl.when(pl.col("matchable") == 0)
        .then(pl.lit("nobody"))
        .when(pl.col("sent_people") < pl.col("minimum"))
        .then(pl.lit("not_sent"))
        .when(pl.col("list_high") < pl.col("served_minimum"))
        .then(pl.lit("too_small"))
        .when(pl.col("list_low") < pl.col("served_minimum"))
        .then(pl.lit("uncertain"))
        .otherwise(pl.lit("enough"))
    )
    # With no share at all the number that is served for certain cannot be told; then every one of those sent is taken as found.
    per_found = pl.when(pl.col("match_low") > 0).then(pl.col("match_low")).otherwise(1.0)
    needed = pl.max_horizontal(pl.col("minimum").cast(pl.Float64), (pl.col("served_minimum") / per_found).ceil())
    short = pl.max_horizontal(needed - pl.col("sent_people"), pl.lit(0.0)).cast(pl.Int64)
    judged = found.with_columns(verdict=verdict).with_columns(is_enough=pl.col("verdict") == "enough")
    return judged.with_columns(short_people=pl.when("is_enough").then(0).otherwise(short))
