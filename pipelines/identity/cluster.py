"""Edges into clusters: connected components, and the search for components that hold people who must stay apart."""

import numpy as np
import polars as pl
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from pipelines.identity.compare import DIFFERENT, compare
from pipelines.identity.constrain import constrained
from pipelines.identity.encode import Encoded


def components(total: int, left: pl.Series, right: pl.Series) -> np.ndarray:
    """Label of each of `total` nodes: the smallest node of its connected component."""
    ends = (left.to_numpy(), right.to_numpy())
    graph = coo_matrix((np.ones(len(left), dtype=np.int8), ends), shape=(total, total))
    _, labels = connected_components(graph, directed=False)
    smallest = np.full(labels.max(initial=-1) + 1, total, dtype=np.int64)
    np.minimum.at(smallest, labels, np.arange(total))
    return smallest[labels]


def clusters(encoded: Encoded, edges: pl.DataFrame, similar_from: float) -> pl.DataFrame:
    """Cluster of each record: columns rec, cluster (its smallest rec). Nobody who must stay apart shares one.

    Whole components are taken as they are unless they hold a steward's must_not_link, two birth dates, two generations
    or two different names; those are built edge by edge instead.
    """
    joining = edges.filter(pl.col("kind") != "must_not_link")
    label = components(len(encoded.records), joining["left"], joining["right"])
    records = encoded.records.select("rec", "sig", component=pl.Series(label)).join(encoded.signatures, on="sig").sort("rec")
    clashes = _name_clashes(records, similar_from)
    suspicious = _suspicious(records, edges, clashes)
    inner = records.join(suspicious, on="component", how="semi")
    ours = edges.filter(pl.col("left").is_in(inner["rec"].implode()) & pl.col("right").is_in(inner["rec"].implode()))
    cut = constrained(inner, ours, clashes)
    merged = records.select("rec", "component").join(cut, on="rec", how="left")
    return merged.select("rec", cluster=pl.coalesce("cluster", "component").cast(pl.UInt32)).sort("rec")


def _name_clashes(records: pl.DataFrame, similar_from: float) -> pl.DataFrame:
    """Pairs of different full given names, or family names, that share a component: component, part, a, b."""
    people = records.filter(~pl.col("is_business"))
    found = []
    for part in ("first", "last"):
        names = people.filter(pl.col(part).str.len_chars() > 1).select("component", name=part).unique()
        names = names.filter(pl.len().over("component") > 1).sort("component", "name")
        pairs = names.join(names, on="component", suffix="_of").filter(pl.col("name") < pl.col("name_of"))
        found.append(_judged(pairs, part, similar_from))
    return pl.concat(found)


def _judged(pairs: pl.DataFrame, part: str, similar_from: float) -> pl.DataFrame:
    names = pl.concat([pairs["name"], pairs["name_of"]]).unique().sort()
    coded = pl.DataFrame({"name": names}).with_row_index("sig")
    signatures = coded.select(
        "sig",
        first=pl.col("name") if part == "first" else pl.lit(None, pl.String),
        last=pl.col("name") if part == "last" else pl.lit(None, pl.String),
        generation=pl.lit(None, pl.Int8),
        birth_date=pl.lit(None, pl.Date),
        is_business=pl.lit(False),
    )
    keyed = pairs.join(coded, on="name").join(coded, left_on="name_of", right_on="name", suffix="_of")
    keyed = keyed.select("component", "name", "name_of", left="sig", right="sig_of")
    told = keyed.join(compare(signatures, keyed, similar_from), on=["left", "right"])
    apart = told.filter(pl.col(f"{part}_state") == DIFFERENT)
    return apart.select("component", pl.lit(part).alias("part"), a="name", b="name_of").sort("component", "a", "b")


def _suspicious(records: pl.DataFrame, edges: pl.DataFrame, clashes: pl.DataFrame) -> pl.DataFrame:
    """Components to be built edge by edge: one column, component."""
    doubled = records.group_by("component").agg(
        pl.col("birth_date").drop_nulls().n_unique().alias("births"), pl.col("generation").drop_nulls().n_unique().alias("ages")
    )
    doubled = doubled.filter((pl.col("births") > 1) | (pl.col("ages") > 1)).select("component")
    apart = edges.filter(pl.col("kind") == "must_not_link")
    forbidden = records.join(apart.select(rec="left"), on="rec", how="semi").select("component")
    return pl.concat([doubled, clashes.select("component"), forbidden]).unique().sort("component")
