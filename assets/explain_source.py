"""Where an explanation reads from: a folder that `velocity resolve` wrote, with the file and the model it was made of.

The product's lake is read by explain_lake.py. Both give a Source, and nothing after knows which.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assets.identity_model_files import check_columns, load_model, named_columns
from assets.identity_record_files import read_records, record_columns
from pipelines.identity.linkage.learned import Learned
from schemas.identity_model import IdentityModel

EVENTS = pl.Schema(
    {
        "kind": pl.String(),
        "person_id": pl.String(),
        "other_person_id": pl.String(),
        "record_id": pl.String(),
        "on_day": pl.Date(),
        "rule": pl.String(),
        "left_record_id": pl.String(),
        "right_record_id": pl.String(),
    }
)
PARTS = ("members", "edges", "parameters", "shares", "diagnostics_rules")


class ExplainError(ValueError):
    """Something that cannot be explained. `found` and `expected` are phrases."""

    def __init__(self, where: str, found: str, expected: str) -> None:
        self.where, self.found, self.expected = where, found, expected
        super().__init__(f"{where}: found {found}; expected {expected}")


@dataclass(frozen=True)
class Source:
    """What explanations are made of.

    members: record_id, person_id, tier, rule, household_id where known. edges: between records. events: id_event of all days.
    model, learned: what pairs were scored by; None where no model was learned. records: the rows of some records, by their
    ids, in the columns that the model reads; those that no model sees, such as web clients, are left out.
    """

    members: pl.DataFrame
    edges: pl.DataFrame
    events: pl.DataFrame
    model: IdentityModel | None
    learned: Learned | None
    records: Callable[[Sequence[str]], pl.DataFrame]


def from_result(records: Path, model: Path, folder: Path) -> Source:
    """A Source over what `velocity resolve` wrote.

    Raises ExplainError where the folder is no such result, IdentityModelError and RecordFileError as velocity resolve does.
    """
    lacking = [one for one in PARTS if not (folder / f"{one}.parquet").is_file()]
    if lacking:
        wanted = "a folder that velocity resolve wrote; run it again where it wrote the folder some versions ago"
        raise ExplainError(f"--resolution {folder}", f"no {lacking[0]}.parquet", wanted)
    spec = load_model(model)
    check_columns(spec, record_columns(records), model)
    told = {one: pl.read_parquet(folder / f"{one}.parquet") for one in PARTS}
    learned = Learned(told["parameters"], told["shares"], tuple(told["diagnostics_rules"]["rule"]))
    _check_fields(spec, learned, model, folder)

    def rows(ids: Sequence[str]) -> pl.DataFrame:
        every = read_records(records, list(dict.fromkeys(column for _, column in named_columns(spec))))
        found = every.filter(pl.col(spec.record_id).cast(pl.String).is_in(list(ids)))
        if len(found) < len(set(ids)):
            lost = f"{len(set(ids)) - len(found):,} records fewer than --resolution {folder} has"
            raise ExplainError(f"--records {records}", lost, "the file that it was made of")
        return found

    return Source(told["members"], told["edges"], EVENTS.to_frame(), spec, learned, rows)


def _check_fields(model: IdentityModel, learned: Learned, path: Path, folder: Path) -> None:
    known = {str(one) for one in learned.parameters["field"]}
    lacking = [one for one in model.fields if one not in known]
    if lacking:
        wanted = f"the model that made --resolution {folder}"
        raise ExplainError(f"--model {path}", f"a field {lacking[0]!r} that was not learned", wanted)
