"""An id that too many records carry joins nobody, also on a day on which only some of them are at hand."""

import json

import polars as pl

from pipelines.identity.resolve import resolve
from pipelines.identity.update import update
from schemas.identity_model import IdentityModel

MODEL = {
    "model": "ids",
    "record_id": "rid",
    "fields": {
        "first": {"kind": "given_name"},
        "last": {"kind": "family_name"},
        "phone": {"kind": "phone"},
        "no": {"kind": "id"},
    },
    "same_person": ["no"],
    "max_same_person": 3,
    "population": 1,
}
COLUMNS = ["rid", "first", "last", "phone", "no"]
DUMMY = [(f"r{i}", f"Name{'abcdefghij'[i] * 3}", f"Fam{'abcdefghij'[i] * 4}", f"40455500{i:02}", "DUMMY") for i in range(10)]
OTHERS = [(f"s{i}", f"Q{chr(97 + i % 26)}x{i}", f"Z{chr(97 + i % 26) * 4}{i}", f"70455{i:05}", f"N{i}") for i in range(200)]


def test_a_dummy_id_joins_nobody_over_the_records_of_a_day() -> None:
    model = IdentityModel.model_validate_json(json.dumps(MODEL))
    known = pl.DataFrame(DUMMY + OTHERS, schema=COLUMNS, orient="row")
    fresh = [(f"t{i}", *DUMMY[i][1:4], None) for i in (1, 2)]
    day = pl.DataFrame(fresh, schema=known.schema, orient="row")
    state = resolve(known, model).state
    asked = pl.col("record_id").str.contains("^[rt]")
    now = update(state, model, day).state.members.filter(asked).sort("record_id")
    whole = resolve(pl.concat([known, day]), model).members.filter(asked).sort("record_id")
    assert now["person_id"].n_unique() == whole["person_id"].n_unique() == 10
    assert now["person_id"][1] == now["person_id"][10]
