"""Records as codes: each distinct standard text of a field gets a number, and every record holds numbers.

Records are sorted by their id first, so that nothing after depends on the order in which they came.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl

from pipelines.identity.linkage.standard import standard
from schemas.identity_model import IdentityField, IdentityModel

MISSING = -1
MAX_SLOTS = 4  # values of one field that a record may hold; further ones are not compared


@dataclass(frozen=True)
class Coded:
    """One field: `values` are its distinct texts; `slots` hold, per value that a record may have, a code per record."""

    name: str
    spec: IdentityField
    values: pl.Series
    slots: tuple[np.ndarray, ...]

    @cached_property
    def texts(self) -> np.ndarray:
        """The distinct texts as Python strings."""
        return np.array(self.values.to_list(), dtype=object)

    @cached_property
    def counts(self) -> np.ndarray:
        """Records that hold each distinct text."""
        held = [slot[slot != MISSING] for slot in self.slots]
        return np.bincount(np.concatenate(held), minlength=len(self.values))


@dataclass(frozen=True)
class Records:
    """Sorted, coded records. sources and barriers are codes (MISSING where unknown)."""

    ids: pl.Series
    fields: dict[str, Coded]
    sources: np.ndarray | None
    barriers: tuple[np.ndarray, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def taken(self, places: np.ndarray) -> "Records":
        """Some of the records, in the same order; codes and texts stay."""
        fields = {name: replace(one, slots=tuple(slot[places] for slot in one.slots)) for name, one in self.fields.items()}
        sources = None if self.sources is None else self.sources[places]
        return Records(self.ids.gather(places), fields, sources, tuple(one[places] for one in self.barriers))


def encode(records: pl.DataFrame, model: IdentityModel) -> Records:
    """Code the columns that a model names; the frame may have others."""
    ordered = records.sort(pl.col(model.record_id).cast(pl.String))
    ids = ordered[model.record_id].cast(pl.String).rename("record_id")
    fields = {name: coded(ordered, name, spec) for name, spec in model.fields.items()}
    sources = _codes(ordered[model.source]) if model.source else None
    return Records(ids, fields, sources, tuple(_codes(ordered[one]) for one in model.never_across))


def coded(records: pl.DataFrame, name: str, spec: IdentityField) -> Coded:
    """One field of some records."""
    slots = _slots(records, name, spec)
    raw = pl.concat([one.rename("x") for one in slots]).to_arrow()
    told = raw.dictionary_encode()
    texts = standard(spec.kind, pl.Series("x", told.dictionary, dtype=pl.String))
    again = texts.to_arrow().dictionary_encode()
    of_raw = again.indices.fill_null(MISSING).to_numpy(zero_copy_only=False).astype(np.int32)
    padded = np.append(of_raw, np.int32(MISSING))
    codes = padded[told.indices.fill_null(len(of_raw)).to_numpy(zero_copy_only=False)]
    values = pl.Series(name, again.dictionary, dtype=pl.String)
    return Coded(name, spec, values, tuple(np.split(codes, len(slots))))


def _slots(records: pl.DataFrame, name: str, spec: IdentityField) -> list[pl.Series]:
    """The texts of a field, one series per value that a record may hold."""
    if spec.columns:
        joined = pl.concat_str([pl.col(one).cast(pl.String) for one in spec.columns], separator=" ", ignore_nulls=True)
        return [records.select(joined.alias("x")).to_series()]
    found = [one for column in spec.any_of or (spec.column or name,) for one in _spread(records[column])]
    return found[:MAX_SLOTS]


def _spread(column: pl.Series) -> list[pl.Series]:
    if not isinstance(column.dtype, pl.List):
        return [column.cast(pl.String)]
    longest = min(int(column.list.len().max() or 1), MAX_SLOTS)  # type: ignore[arg-type]  # the length of a list is an integer
    return [column.list.get(place, null_on_oob=True).cast(pl.String) for place in range(max(longest, 1))]


def _codes(column: pl.Series) -> np.ndarray:
    told = column.cast(pl.String).to_arrow().dictionary_encode()
    return told.indices.fill_null(MISSING).to_numpy(zero_copy_only=False).astype(np.int32)
