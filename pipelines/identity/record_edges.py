"""Edges between records, for people to read: of profiles by their first record, of nameless records, of web clients."""

import polars as pl

from pipelines.identity.clusters import Clustered
from pipelines.identity.linkage.edges import ORDER_KINDS, STEWARD, with_ends
from pipelines.identity.whole import SAME_RECORD

EDGE = pl.Schema(
    {
        "left_record_id": pl.String(),
        "right_record_id": pl.String(),
        "rule": pl.String(),
        "kind": pl.String(),
        "tier": pl.String(),
        "weight": pl.Float64(),
        "match": pl.Float64(),
        "household": pl.Float64(),
        "model_version": pl.String(),
    }
)
_KEY = ("left_record_id", "right_record_id", "rule")


def record_edges(told: Clustered, records: pl.DataFrame, labels: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """The table edge.

    Args:
        told: clustered profiles.
        records: record_id, profile_id.
        labels: record_id, label, tier, rule of every record.
        orders: a steward's, between records.
    """
    first = records.group_by("profile_id").agg(pl.col("record_id").min())
    scored = told.edges.filter(~pl.col("kind").cast(pl.String).is_in(list(ORDER_KINDS)))
    ends = with_ends(scored, first, "profile_id")
    left, right = pl.min_horizontal("record_id", "record_id_of"), pl.max_horizontal("record_id", "record_id_of")
    of_profiles = ends.with_columns(left_record_id=left, right_record_id=right, model_version=pl.lit(told.version))
    every = [
        _shaped(of_profiles),
        _tied(labels, records, told.profiles),
        _shaped(orders.with_columns(rule=pl.lit(STEWARD), tier=pl.lit("exact"))),
    ]
    return pl.concat(every).sort(*_KEY, "kind").unique(_KEY, keep="first", maintain_order=True)


def _tied(labels: pl.DataFrame, records: pl.DataFrame, profiles: pl.DataFrame) -> pl.DataFrame:
    """Records that the engine does not see, tied to the first record of their label that it sees; else to the first."""
    seen = records.join(profiles.select("profile_id"), on="profile_id", how="semi").select("record_id")
    others = labels.join(seen, on="record_id", how="anti")
    of_label = labels.with_columns(is_seen=pl.col("record_id").is_in(seen["record_id"].implode()))
    first_seen = pl.col("record_id").filter("is_seen").min()
    firsts = of_label.group_by("label").agg(first=pl.coalesce(first_seen, pl.col("record_id").min()))
    ends = others.join(firsts, on="label").filter(pl.col("record_id") != pl.col("first"))
    left, right = pl.min_horizontal("record_id", "first"), pl.max_horizontal("record_id", "first")
    return _shaped(ends.with_columns(left_record_id=left, right_record_id=right, kind=pl.lit("matched")))


def alike(records: pl.DataFrame, member: pl.DataFrame) -> pl.DataFrame:
    """Edges of records that went to another person, to the first record that says the same and was not with them.

    Args:
        records: record_id, profile_id.
        member: record_id, person_id, previous_person_id (null: none).
    """
    told = records.join(member.select("record_id", "person_id", "previous_person_id"), on="record_id")
    went = told.filter(pl.col("previous_person_id") != pl.col("person_id"))
    on = ["profile_id", "person_id"]
    firsts = told.join(went, on=on, how="semi").group_by(*on, "previous_person_id").agg(first=pl.col("record_id").min())
    met = went.join(firsts, on=on, suffix="_of").filter(pl.col("previous_person_id").ne_missing(pl.col("previous_person_id_of")))
    nearest = met.group_by("record_id").agg(pl.col("first").min())
    left, right = pl.min_horizontal("record_id", "first"), pl.max_horizontal("record_id", "first")
    edge = nearest.select(left_record_id=left, right_record_id=right).unique()
    return _shaped(edge.with_columns(rule=pl.lit(SAME_RECORD), kind=pl.lit("matched"), tier=pl.lit("exact")))


def _shaped(frame: pl.DataFrame) -> pl.DataFrame:
    blank = {name: pl.lit(None) for name in EDGE.names() if name not in frame.columns}
    return frame.with_columns(**blank).select(EDGE.names()).cast(EDGE)
