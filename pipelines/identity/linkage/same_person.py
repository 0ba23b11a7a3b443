"""One id, one person: records that carry one value of an id are joined after linking, never before.

Joining first would bridge chains; a value on too many records joins nobody, and nobody is joined whom a steward parted or who
differ in what may never differ.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl

from pipelines.identity.linkage.edges import EDGES
from pipelines.identity.linkage.encode import MISSING, Coded, Records
from pipelines.identity.linkage.keys import hashes
from pipelines.identity.linkage.refine import Edges, components
from schemas.identity_language import Key
from schemas.identity_model import IdentityModel


def same_person(
    records: Records,
    model: IdentityModel,
    cluster: np.ndarray,
    orders: Edges,
    held: Mapping[str, np.ndarray] | None = None,
) -> tuple[np.ndarray, pl.DataFrame]:
    """Clusters joined by the ids of a model, and the edges that joined them.

    `held` counts the records of each value where these are not all records, as in holders.
    """
    found = [_stars(records, model, name, None if held is None else held[name]) for name in model.same_person]
    if not found:
        return cluster, EDGES.to_frame()
    left, right = (np.concatenate([one[end] for one in found]) for end in (0, 1))
    label = components(len(cluster), np.append(cluster[left], np.arange(len(cluster))), np.append(cluster[right], cluster))
    label = _unless_parted(records, cluster, label, orders)
    holds = (cluster[left] != cluster[right]) & (label[left] == label[right])
    rules = np.concatenate([np.full(len(one[0]), f"same {name}") for name, one in zip(model.same_person, found, strict=True)])
    return label, _table(records, left[holds], right[holds], rules[holds])


def holders(field: Coded, keys: list[np.ndarray]) -> np.ndarray:
    """How many of these keys, which are those of the rule of the field alone, stand for each distinct value."""
    asked = pl.DataFrame({"key": hashes(field, Key(None, field.name))[:-1]}, schema={"key": pl.UInt64})
    every = pl.DataFrame({"key": np.concatenate(keys)}, schema={"key": pl.UInt64})
    counted = every.join(asked, on="key", how="semi").group_by("key").len("held")
    return asked.join(counted, on="key", how="left", maintain_order="left")["held"].fill_null(0).to_numpy()


def _stars(records: Records, model: IdentityModel, name: str, held_by_all: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Every record with the first record that carries the same value; between sources only where a model links sources."""
    field = records.fields[name]
    held = [np.flatnonzero(slot != MISSING) for slot in field.slots]
    record = np.concatenate(held)
    value = np.concatenate([slot[places] for slot, places in zip(field.slots, held, strict=True)])
    counts = field.counts if held_by_all is None else held_by_all
    usable = counts[value] <= model.max_same_person
    record, value = record[usable], value[usable]
    left = _first(records, field, value, record)[value]
    if model.mode == "link" and records.sources is not None:
        other = records.sources[left] != records.sources[record]
        left = np.where(other, left, _first(records, field, value[other], record[other])[value])
    known = (left != record) & (left < len(records))
    return left[known], record[known]


def _first(records: Records, field: Coded, value: np.ndarray, record: np.ndarray) -> np.ndarray:
    """The first record that carries each value; the number of records where none does."""
    out = np.full(len(field.values), len(records), dtype=np.int64)
    np.minimum.at(out, value, record)
    return out


def _unless_parted(records: Records, before: np.ndarray, label: np.ndarray, orders: Edges) -> np.ndarray:
    """Clusters go back to what they were where joining them would put together what a steward or a barrier keeps apart."""
    parted = orders.odds < 0
    a, b = orders.left[parted], orders.right[parted]
    broken = [label[a[label[a] == label[b]]], *(_crossed(label, one) for one in records.barriers)]
    return np.where(np.isin(label, np.concatenate(broken)), before, label)


def _crossed(label: np.ndarray, barrier: np.ndarray) -> np.ndarray:
    """Clusters in which two known values of a barrier meet."""
    known = np.flatnonzero(barrier != MISSING)
    least, most = np.full(len(label), np.iinfo(np.int32).max), np.full(len(label), MISSING)
    np.minimum.at(least, label[known], barrier[known])
    np.maximum.at(most, label[known], barrier[known])
    return np.flatnonzero(least < most)


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
