"""Identifiers that may no longer be at a platform, though the breaker keeps the cell: suppressed, or a licence ended."""

from dataclasses import replace

import polars as pl

from pipelines.activation.consent import evidence, served_platforms
from pipelines.activation.diff import FORCED, STRONG
from pipelines.activation.identifiers import member_identifiers
from pipelines.engine import Engine
from pipelines.step import Day

ENDED = ("suppressed", "licence_expired", "licence_channel", "bought_list", "no_grant")
MOST = 10  # of a kind and person; more are never sent


def forced(engine: Engine, day: Day, blocked: pl.DataFrame) -> pl.DataFrame:
    """platform, person_id, identifier that must leave blocked cells (platform, cell). A null person: whoever carries it.

    Who is there by a licence alone leaves whole where no licence in force is left; that fails closed.
    """
    held = engine.sql("SELECT platform, cell, person_id, segment, basis, identifiers FROM previous_delivered").with_columns(
        pl.col("segment").cast(pl.String)
    )
    held = held.join(blocked, on=["platform", "cell"])
    if held.is_empty():
        return FORCED.to_frame()
    known = evidence(engine, held, day.as_of)
    ended = known.filter(pl.col("denied").is_in(ENDED) | (pl.col("kind") == "name"))
    parts = [_told(engine, day, ended), _by_licence(held, known)]
    return pl.concat(parts).unique().sort("platform", "person_id", "identifier")


def _told(engine: Engine, day: Day, ended: pl.DataFrame) -> pl.DataFrame:
    """The ended values in each platform's spelling."""
    is_suppressed = pl.col("denied") == "suppressed"
    free = ended.with_columns(
        segment=pl.when(is_suppressed.fill_null(value=False)).then(pl.lit("suppressed")).otherwise("segment"),
        denied=pl.lit(None, pl.String),
    )
    states = free.select("person_id", state=pl.lit("")).unique()
    found = [FORCED.to_frame()]
    for name, contract, _ in served_platforms(day):
        mine = free.filter(pl.col("platform") == name)
        if mine.height:
            told = member_identifiers(engine, replace(contract, max_per_kind=0), mine, states, MOST)
            told = told.explode("identifiers", empty_as_null=True)
            person = pl.when(pl.col("segment") == "suppressed").then(pl.lit(None, pl.String)).otherwise("person_id")
            strong = told.filter(pl.col("identifiers").str.contains(STRONG))
            found.append(strong.select(platform=pl.lit(name), person_id=person, identifier="identifiers"))
    return pl.concat(found)


def _by_licence(held: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """All identifiers of those who are there by a licence and have no evidence left that may go."""
    on = ["platform", "segment", "person_id"]
    free = known.filter(pl.col("denied").is_null() & (pl.col("kind") != "name") & pl.col("segment").is_not_null())
    ended = held.filter(pl.col("basis") == "licence").join(free.select(on).unique(), on=on, how="anti")
    return ended.explode("identifiers").drop_nulls("identifiers").select("platform", "person_id", identifier="identifiers")
