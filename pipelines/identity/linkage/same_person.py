"""One id, one person: records that carry one value of an id are joined after linking, never before.

Joining first would bridge chains; a value on too many records joins nobody, and nobody is joined whom a steward parted.
"""

import numpy as np
import polars as pl

from pipelines.identity.linkage.edges import EDGES
from pipelines.identity.linkage.encode import MISSING, Records
from pipelines.identity.linkage.refine import Edges, components
from schemas.identity_model import IdentityModel


def same_person(records: Records, model: IdentityModel, cluster: np.ndarray, orders: Edges) -> tuple[np.ndarray, pl.DataFrame]:
    """Clusters joined by the ids of a model, and the edges that joined them."""
    found = [_stars(records, name, model.max_same_person) for name in model.same_person]
    if not found:
        return cluster, EDGES.to_frame()
    left, right = (np.concatenate([one[end] for one in found]) for end in (0, 1))
    label = components(len(cluster), np.append(cluster[left], np.arange(len(cluster))), np.append(cluster[right], cluster))
    label = _unless_parted(cluster, label, orders)
    holds = (cluster[left] != cluster[right]) & (label[left] == label[right])
    rules = np.concatenate([np.full(len(one[0]), f"same {name}") for name, one in zip(model.same_person, found, strict=True)])
    return label, _table(records, left[holds], right[holds], rules[holds])


def _stars(records: Records, name: str, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Every record with the first record that carries the same value."""
    ends = []
    for slot in records.fields[name].slots:
        held = np.flatnonzero(slot != MISSING)
        first = np.full(len(records.fields[name].values), len(slot), dtype=np.int64)
        np.minimum.at(first, slot[held], held)
        usable = held[records.fields[name].counts[slot[held]] <= most]
        ends.append((first[slot[usable]], usable))
    left, right = (np.concatenate([one[end] for one in ends]) for end in (0, 1))
    return left[left != right], right[left != right]


def _unless_parted(before: np.ndarray, label: np.ndarray, orders: Edges) -> np.ndarray:
    """Clusters go back to what they were where joining them would put together what a steward keeps apart."""
    parted = orders.odds < 0
    a, b = orders.left[parted], orders.right[parted]
    broken = np.unique(label[a[label[a] == label[b]]])
    return np.where(np.isin(label, broken), before, label)


def _table(records: Records, left: np.ndarray, right: np.ndarray, rules: np.ndarray) -> pl.DataFrame:
    a, b = np.minimum(left, right), np.maximum(left, right)
    frame = pl.DataFrame(
        {
            "left_record_id": records.ids.gather(a),
            "right_record_id": records.ids.gather(b),
            "rule": pl.Series(rules.tolist(), dtype=pl.String),
        }
    )
    told = frame.unique(maintain_order=True).with_columns(kind=pl.lit("matched"), tier=pl.lit("exact"))
    blank = {name: pl.lit(None) for name in ("weight", "match", "household", "levels")}
    return told.with_columns(**blank).select(EDGES.names()).cast(EDGES)
