"""Edges between records, for people to read: of profiles by their first record, of nameless records, of web clients."""

import polars as pl

from pipelines.identity.clusters import Clustered
from pipelines.identity.linkage.edges import STEWARD

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
ORDERS = ("must_link", "must_not_link")


def record_edges(told: Clustered, records: pl.DataFrame, labels: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """The table edge.

    Args:
        told: clustered profiles.
        records: record_id, profile_id.
        labels: record_id, label, tier, rule of every record.
        orders: a steward's, between records.
    """
    first = records.group_by("profile_id").agg(pl.col("record_id").min())
    scored = told.edges.filter(~pl.col("kind").cast(pl.String).is_in(list(ORDERS)))
    ends = scored.join(first, left_on="left_record_id", right_on="profile_id").join(
        first, left_on="right_record_id", right_on="profile_id", suffix="_of"
    )
    left, right = pl.min_horizontal("record_id", "record_id_of"), pl.max_horizontal("record_id", "record_id_of")
    of_profiles = ends.with_columns(left_record_id=left, right_record_id=right, model_version=pl.lit(told.version))
    every = [
        _shaped(of_profiles),
        _tied(labels, records, told.profiles),
        _shaped(orders.with_columns(rule=pl.lit(STEWARD), tier=pl.lit("exact"))),
    ]
    return pl.concat(every).sort(*_KEY, "kind").unique(_KEY, keep="first", maintain_order=True)


def _tied(labels: pl.DataFrame, records: pl.DataFrame, profiles: pl.DataFrame) -> pl.DataFrame:
    """Records that the engine does not see, tied to the first record of their label."""
    seen = records.join(profiles.select("profile_id"), on="profile_id", how="semi").select("record_id")
    others = labels.join(seen, on="record_id", how="anti")
    firsts = labels.group_by("label").agg(first=pl.col("record_id").min())
    ends = others.join(firsts, on="label").filter(pl.col("record_id") != pl.col("first"))
    left, right = pl.min_horizontal("record_id", "first"), pl.max_horizontal("record_id", "first")
    return _shaped(ends.with_columns(left_record_id=left, right_record_id=right, kind=pl.lit("matched")))


def _shaped(frame: pl.DataFrame) -> pl.DataFrame:
    blank = {name: pl.lit(None) for name in EDGE.names() if name not in frame.columns}
    return frame.with_columns(**blank).select(EDGE.names()).cast(EDGE)
