"""Records as codes: each distinct standard text of a field gets a number, and every record holds numbers.

Records are sorted by their id first, so that nothing after depends on the order in which they came.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl

from pipelines.identity.linkage.errors import MissingColumns, RecordIdNull, RecordIdRepeated, UnreadableColumn
from pipelines.identity.linkage.standard import standard
from pipelines.identity.linkage.texts import is_text, spread, texts_of
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
    """Code the columns that a model names; the frame may have others. Raises RecordsError where it cannot be linked."""
    checked(records, model)
    ordered = records.sort(pl.col(model.record_id).cast(pl.String))
    ids = ordered[model.record_id].cast(pl.String).rename("record_id")
    fields = {name: coded(ordered, name, spec) for name, spec in model.fields.items()}
    sources = _codes(ordered[model.source]) if model.source else None
    return Records(ids, fields, sources, tuple(_codes(ordered[one]) for one in model.never_across))


def checked(records: pl.DataFrame, model: IdentityModel) -> None:
    """Raises MissingColumns, UnreadableColumn, RecordIdNull or RecordIdRepeated."""
    uses = [(model.record_id, "record_id")]
    uses += [(column, f"the field {name!r}") for name in model.fields for column in model.columns_of(name)]
    uses += [(model.source, "source")] if model.source else []
    uses += [(column, "never_across") for column in model.never_across]
    if missing := [one for one in uses if one[0] not in records.columns]:
        raise MissingColumns(missing, records.columns)
    for column, _ in uses:
        if not is_text(records.schema[column]):
            raise UnreadableColumn(column, str(records.schema[column]))
    ids = records[model.record_id].cast(pl.String)
    if nulls := ids.null_count():
        raise RecordIdNull(model.record_id, nulls, len(ids))
    if (held := ids.n_unique()) < len(ids):
        again = ids.is_duplicated()
        raise RecordIdRepeated(model.record_id, held - int((~again).sum()), int(again.sum()))


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
        parts = pl.DataFrame([texts_of(records[one]) for one in spec.columns])
        return [parts.select(pl.concat_str(pl.all(), separator=" ", ignore_nulls=True).alias("x")).to_series()]
    found = [one for column in spec.any_of or (spec.column or name,) for one in spread(records[column], MAX_SLOTS)]
    return found[:MAX_SLOTS]


def _codes(column: pl.Series) -> np.ndarray:
    told = texts_of(column).to_arrow().dictionary_encode()
    return told.indices.fill_null(MISSING).to_numpy(zero_copy_only=False).astype(np.int32)
