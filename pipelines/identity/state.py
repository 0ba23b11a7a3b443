"""What a resolution leaves behind for the next day: records with their keys, the learned model, edges and members.

Frames only; where they are kept is the caller's affair.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.identity.linkage.encode import Records
from pipelines.identity.linkage.keys import Keys
from pipelines.identity.linkage.learned import Learned
from pipelines.identity.linkage.pairs import Rule
from pipelines.identity.linkage.same_person import holders
from pipelines.identity.linkage.texts import texts_of
from schemas.identity_language import Key, parse_rule
from schemas.identity_model import IdentityModel

ROW_HASH = "row_hash"
_SEED = 5


@dataclass(frozen=True)
class State:
    """The state after a run. Rows are in no order that means anything; records and keys stand side by side.

    records: the columns that the model reads, and row_hash. keys: a row per record, in the order of the records, a
    column per blocking rule and combination of values (0 where there is no key). people: person_id, created_on.
    members, edges: as in Resolution. learned: the model, frozen until it is learned again.
    """

    records: pl.DataFrame
    keys: pl.DataFrame
    learned: Learned
    edges: pl.DataFrame
    members: pl.DataFrame
    people: pl.DataFrame

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The blocking rules in force."""
        return tuple(parse_rule(one) for one in self.learned.rules)


def columns_read(model: IdentityModel) -> list[str]:
    """The columns of the records that a model reads, the record id first."""
    fields = [one for name, spec in model.fields.items() for one in spec.columns or spec.any_of or (spec.column or name,)]
    named = [model.record_id, *([model.source] if model.source else []), *fields, *model.never_across]
    return list(dict.fromkeys(named))


def hashed(records: pl.DataFrame, model: IdentityModel) -> pl.DataFrame:
    """The columns that a model reads, as texts, with the hash of each row, sorted by record id.

    As texts, a row that another reader or another file gives in another dtype is the same row.
    """
    slim = records.select(_as_texts(records[one]) for one in columns_read(model))
    slim = slim.with_columns(records[model.record_id].cast(pl.String))  # as members and edges have it
    plain = [one for one in slim.columns if not isinstance(slim.schema[one], pl.List)]
    lists = [pl.col(one).list.eval(pl.element().fill_null("")).list.join("\x1f") for one in slim.columns if one not in plain]
    told = slim.select(*plain, *lists).hash_rows(seed=_SEED)
    return slim.with_columns(told.alias(ROW_HASH)).sort(model.record_id)


def _as_texts(column: pl.Series) -> pl.Series:
    """A column as texts, or as lists of texts."""
    if isinstance(column.dtype, pl.Array):
        column = column.arr.to_list()
    if not isinstance(column.dtype, pl.List):
        return texts_of(column)
    if column.dtype.inner == pl.String:
        return column
    return column.to_frame().select(pl.all().list.eval(pl.element().map_batches(texts_of, return_dtype=pl.String))).to_series()


def key_table(records: Records, rules: tuple[Rule, ...], keys: Keys) -> pl.DataFrame:
    """Keys of records, one column per rule and combination of the values that a record may hold."""
    told = {f"{place}/{i}": one for place, rule in enumerate(rules) for i, one in enumerate(keys.of_rule(rule))}
    return pl.DataFrame(told) if told else pl.DataFrame({"none": np.zeros(len(records), dtype=np.uint64)})


def held_by_all(
    state: State, model: IdentityModel, records: Records, keys: Keys, is_new: np.ndarray, kept: pl.Series
) -> dict[str, np.ndarray]:
    """Of ids of one person, how many of all records hold each value: those of the state that are kept, and new ones at hand."""
    out = {}
    for name in model.same_person:
        rule = (Key(None, name),)
        before = [one for one in state.keys.columns if one.startswith(f"{state.rules.index(rule)}/")]
        known = [state.keys[one].filter(kept).to_numpy() for one in before]
        out[name] = holders(records.fields[name], [*known, *(one[is_new] for one in keys.of_rule(rule))])
    return out
