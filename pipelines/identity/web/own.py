"""Clients that belong to a rooftop: devices that were never seen off its own network."""

import polars as pl

from schemas.policy.web_identity import WebIdentityPolicy

MOSTLY = 0.8  # of a crowded device's days on one network make that network the rooftop's


def own_network(networks: pl.DataFrame, evidence: pl.DataFrame, policy: WebIdentityPolicy, max_people: int) -> pl.Series:
    """record_id of clients of the rooftops' own networks, sorted.

    Args:
        networks: web_network: record_id, ip_hash, days.
        evidence: web_evidence: record_id, kind, value.
        policy: the networks it lists, and how long a device must have stayed.
        max_people: people on a client above which it is a shared device. Where such a one lives, the network is the rooftop's.
    """
    crowd = evidence.group_by("record_id").agg(pl.col("value").n_unique().alias("values")).filter(pl.col("values") > max_people)
    of_days = networks.with_columns(share=pl.col("days") / pl.col("days").sum().over("record_id"))
    learned = of_days.join(crowd, on="record_id", how="semi").filter(pl.col("share") >= MOSTLY)
    theirs = [*policy.rooftop_ip_hashes, *learned["ip_hash"].unique().to_list()]
    inside = pl.col("ip_hash").is_in(theirs)
    stayed = networks.group_by("record_id").agg(inside.all().alias("is_inside"), pl.col("days").sum())
    return stayed.filter(pl.col("is_inside") & (pl.col("days") >= policy.own_network_days))["record_id"].sort()
