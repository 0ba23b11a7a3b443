"""Models and records in few words, for the tests of linking."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from hypothesis import settings

from pipelines.identity.linkage.encode import Coded, coded
from pipelines.identity.resolve import Resolution
from schemas.identity_model import IdentityField, IdentityModel

quick = settings(deadline=None, max_examples=40, derandomize=True)


def model(fields: dict, **rest: object) -> IdentityModel:
    """A model over columns; a field is given by its kind alone, or in full."""
    full = {name: {"kind": one} if isinstance(one, str) else one for name, one in fields.items()}
    return IdentityModel.model_validate({"model": "test", "record_id": "id", "fields": full, **rest})


def people(*rows: dict, **dtypes: pl.DataType) -> pl.DataFrame:
    """Records r0, r1, ... of text columns; what a row does not say is null."""
    names = {name: pl.String for row in rows for name in row}
    told = [{"id": f"r{place:04}", **dict.fromkeys(names), **row} for place, row in enumerate(rows)]
    return pl.DataFrame(told, schema={"id": pl.String, **names, **dtypes})


def field(kind: str, values: Sequence[object], **spec: object) -> Coded:
    """One coded field of records that hold these values."""
    return coded(pl.DataFrame({"x": values}), "x", IdentityField.model_validate({"kind": kind, **spec}))


def groups(found: Resolution, key: str = "person_id") -> set[frozenset[str]]:
    """The partition of the records."""
    told = found.members.group_by(key).agg("record_id")["record_id"].to_list()
    return {frozenset(one) for one in told}


def packed(left: np.ndarray, right: np.ndarray) -> set[tuple[int, int]]:
    """Pairs as a set."""
    return set(zip(left.tolist(), right.tolist(), strict=True))
