"""The records of a day as the daily step compared them, so that its pairs can be explained from the tables it left."""

import polars as pl

from pipelines.engine import Engine
from pipelines.identity.daily import CONTACTS, TRANSACTIONS
from pipelines.identity.encode import encode
from pipelines.identity.fanout import shared_identifiers
from pipelines.identity.linkable import linkable
from pipelines.identity.stated_vins import INPUTS as STATED
from pipelines.identity.stated_vins import stated_vins
from pipelines.identity.whole import SAME_RECORD
from pipelines.step import Day, Input

INPUTS = (Input("contact_record"), Input("transaction"), *STATED)


def compared_records(engine: Engine, day: Day) -> pl.DataFrame:
    """Every record that names somebody, in the columns of the model of identity; the engine knows INPUTS. No web clients."""
    contacts = engine.sql(CONTACTS)
    encoded = encode(contacts, engine.sql(TRANSACTIONS), stated_vins(engine, day.as_of), day.as_of)
    shared = shared_identifiers(encoded, day.policy.identity, day.policy.group)
    return linkable(encoded, contacts, shared)


def daily_edges(edges: pl.DataFrame, scored: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """The table edge with the levels of what was scored, and a tie from each record to the first that says the same.

    Args:
        edges: the table edge; scored pairs stand between the first records of two profiles.
        scored: the table profile_edge.
        records: the table identity_record.
    """
    first = pl.col("record_id").min().over("profile_id")
    named = records.with_columns(first=first)
    firsts = named.select("profile_id", "first").unique()
    ends = scored.join(firsts, left_on="left_record_id", right_on="profile_id").join(
        firsts, left_on="right_record_id", right_on="profile_id", suffix="_of"
    )
    left, right = pl.min_horizontal("first", "first_of"), pl.max_horizontal("first", "first_of")
    known = ends.filter(pl.col("levels").is_not_null())
    levels = known.select("rule", "levels", left_record_id=left, right_record_id=right)
    on = ["left_record_id", "right_record_id", "rule"]
    told = edges.with_columns(pl.col("kind", "tier").cast(pl.String)).join(
        levels.unique(on, keep="first", maintain_order=True), on=on, how="left", maintain_order="left"
    )
    tied = {name: pl.lit(text) for name, text in (("rule", SAME_RECORD), ("kind", "matched"), ("tier", "exact"))}
    others = named.filter(pl.col("record_id") != pl.col("first"))
    same = others.select(left_record_id="first", right_record_id="record_id", **tied)
    return pl.concat([told, same], how="diagonal")
