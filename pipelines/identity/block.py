"""Which records meet, and over which identifier.

Records that carry one value under one name need no comparison: they hang on the first of them. Only distinct names
under one value are paired, so that the number of pairs follows the names and not the records.
"""

from dataclasses import dataclass

import polars as pl

from pipelines.identity.encode import Encoded


@dataclass(frozen=True)
class Meetings:
    """nodes: node, kind, value, sig, is_hashed, rep (first record); members: node, rec; pairs: left, right (nodes), kind."""

    nodes: pl.DataFrame
    members: pl.DataFrame
    pairs: pl.DataFrame


def meetings(encoded: Encoded, shared: pl.DataFrame) -> Meetings:
    """Everybody who meets over an identifier that is not shared."""
    clients = shared.filter(pl.col("kind") == "web_client").select(record_id="web_events:" + pl.col("value"))
    kiosks = encoded.records.join(clients, on="record_id", how="semi").select("rec")
    usable = encoded.identifiers.join(shared, on=["kind", "value"], how="anti").join(kiosks, on="rec", how="anti")
    usable = usable.filter(pl.len().over("kind", "value") > 1)
    key = ["kind", "value", "sig", "is_hashed"]
    nodes = usable.group_by(key).agg(pl.col("rec").min().alias("rep")).sort("kind", "value", "rep", "sig", "is_hashed")
    nodes = nodes.with_row_index("node")
    members = usable.join(nodes, on=key).select("node", "rec").sort("node", "rec")
    slim = nodes.select("node", "kind", "value")
    pairs = slim.join(slim, on=["kind", "value"]).filter(pl.col("node") < pl.col("node_right"))
    pairs = pairs.select(left="node", right="node_right", kind="kind").sort("left", "right")
    return Meetings(nodes, members, pairs)
