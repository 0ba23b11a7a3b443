"""Everybody as somebody: profiles, nameless records and web clients together, a label per record and why it has it.

A steward's orders about records that the engine does not see are kept here: they join labels, or set a record apart.
"""

import polars as pl

from pipelines.identity.linkage.edges import CREATED, STEWARD, with_ends
from pipelines.identity.linkage.refine import components

SAME_RECORD = "same_record"  # the rule of records that say exactly the same
LABELS = pl.Schema({"record_id": pl.String(), "label": pl.String(), "tier": pl.String(), "rule": pl.String()})


def of_profiles(records: pl.DataFrame, profiles: pl.DataFrame) -> pl.DataFrame:
    """Labels of records of named profiles.

    Args:
        records: record_id, profile_id.
        profiles: profile_id, cluster_id, tier, rule.
    """
    told = records.join(profiles, on="profile_id")
    several = (pl.col("rule") == CREATED) & (pl.len().over("profile_id") > 1)
    rule = pl.when(several).then(pl.lit(SAME_RECORD)).otherwise("rule")
    return told.select("record_id", pl.col("tier").cast(pl.String), label="cluster_id", rule=rule).select(LABELS.names())


def of_nameless(records: pl.DataFrame, attached: pl.DataFrame) -> pl.DataFrame:
    """Labels of records without a given name. `attached` is what nameless.attach returns."""
    told = records.join(attached.rename({"record_id": "profile_id"}), on="profile_id")
    label = pl.coalesce("person_id", pl.lit("nameless:") + pl.col("leader"))
    loose = pl.when(pl.col("rule") == CREATED).then(pl.lit("exact")).otherwise(pl.lit("loose"))
    return told.select("record_id", label=label, tier=loose, rule="rule")


def of_clients(attached: pl.DataFrame) -> pl.DataFrame:
    """Labels of web clients. `attached` is the members frame of web.attach."""
    label = pl.coalesce("person_id", "leader_record_id")
    return attached.select("record_id", pl.col("tier").cast(pl.String), label=label, rule="rule").select(LABELS.names())


def ordered(labels: pl.DataFrame, orders: pl.DataFrame, is_sure: pl.Expr) -> pl.DataFrame:
    """Labels after a steward's orders that name a record the engine does not see.

    Args:
        labels: record_id, label, tier, rule.
        orders: left_record_id, right_record_id, kind.
        is_sure: of an order, whether both its ends are profiles of the engine, which has followed it already.
    """
    told = orders.with_columns(pl.col("kind").cast(pl.String))
    joins, parts = told.filter((pl.col("kind") == "must_link") & ~is_sure), told.filter(pl.col("kind") == "must_not_link")
    return _apart(_joined(labels, joins, parts), parts)


def _joined(labels: pl.DataFrame, joins: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    if joins.is_empty():
        return labels
    nodes = labels.select("label").unique().sort("label").with_row_index("node")
    places = labels.select("record_id", "label").join(nodes, on="label").select("record_id", "node")
    ends = with_ends(joins.join(parts, on=["left_record_id", "right_record_id"], how="anti"), places, "record_id")
    group = components(len(nodes), ends["node"].to_numpy(), ends["node_of"].to_numpy())
    named = nodes.with_columns(joined=nodes["label"].gather(group)).select("label", "joined")
    told = pl.concat([joins["left_record_id"], joins["right_record_id"]]).unique()
    rule = pl.when(pl.col("record_id").is_in(told.implode())).then(pl.lit(STEWARD)).otherwise("rule")
    moved = labels.join(named, on="label", maintain_order="left")
    return moved.select("record_id", label="joined", tier="tier", rule=rule)


def _apart(labels: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """The later of two records that an order parts stands alone, where they would be one person."""
    places = labels.select("record_id", node="label")
    broken = with_ends(parts, places, "record_id").filter(pl.col("node") == pl.col("node_of"))
    alone = broken.select(pl.max_horizontal("left_record_id", "right_record_id")).to_series()
    is_alone = pl.col("record_id").is_in(alone.implode())
    return labels.with_columns(
        label=pl.when(is_alone).then(pl.lit("alone:") + pl.col("record_id")).otherwise("label"),
        tier=pl.when(is_alone).then(pl.lit("exact")).otherwise("tier"),
        rule=pl.when(is_alone).then(pl.lit(STEWARD)).otherwise("rule"),
    )
