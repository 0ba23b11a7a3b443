"""First and last names that changed places are a level of the first name, and leave the last name out of account."""

import json
from itertools import product

import numpy as np
import polars as pl
import pytest

from pipelines.identity.linkage.compare import UNKNOWN
from pipelines.identity.linkage.encode import encode
from pipelines.identity.linkage.link import comparers_of
from pipelines.identity.linkage.patterns import patterns
from pipelines.identity.linkage.strangers import chances
from schemas.identity_model import IdentityModel

NAMES = {"first": {"kind": "given_name"}, "last": {"kind": "family_name"}}


def told(rows: list[tuple], fields: dict | None = None) -> list[tuple[str, bool]]:
    """Per pair of records that follow each other, the label of the first name's level and whether the last name counts."""
    frame = pl.DataFrame(rows, schema={"first": pl.String, "last": pl.String}, orient="row").with_row_index("rid")
    names = frame.with_columns(other=pl.lit("Nobody"))
    model = IdentityModel.model_validate_json(json.dumps({"model": "x", "record_id": "rid", "fields": fields or NAMES}))
    comparers = comparers_of(encode(names, model), model)
    left = np.arange(0, len(rows), 2)
    found = patterns(comparers, left, left + 1)
    levels = found.levels[found.of_pair]
    given = comparers[0]
    labels = [*["exact"] * given.bands, *(str(one) for one in given.levels), "else"]
    return [(labels[one[0]] if one[0] != UNKNOWN else "missing", bool(one[1] != UNKNOWN)) for one in levels]


@pytest.mark.parametrize(
    ("one", "other", "level", "counts"),
    [
        (("Noah", "Whitfield"), ("Whitfield", "Noah"), "swapped", False),
        (("Noah", "Whitfield"), ("Whitfeild", "Noah"), "swapped", False),
        (("Noha", "Whitfield"), ("Whitfield", "Noah"), "swapped", False),
        (("Noah", "Whitfield"), ("Whitfield", "Emma"), "else", True),
        (("Noah", "Whitfield"), ("Whitfeild", "Noha"), "else", True),
        (("Noah", "Whitfield"), ("Whitfield", None), "else", False),
        (("Noah", "Whitfield"), (None, "Noah"), "missing", True),
        (("Noah", "Whitfield"), ("Noah", "Whitfield"), "exact", True),
        (("Noah", "Noah"), ("Noah", "Noah"), "exact", True),
        (("Noah", "Whitfield"), ("Emma", "Sorensen"), "else", True),
    ],
)  # fmt: skip
def test_names_that_changed_places(one: tuple, other: tuple, level: str, counts: bool) -> None:
    assert told([one, other]) == [(level, counts)]
    assert told([other, one]) == [(level, counts)]


def test_with_two_last_names_nothing_is_told() -> None:
    fields = NAMES | {"other": {"kind": "family_name"}}
    assert told([("Noah", "Whitfield"), ("Whitfield", "Noah")], fields) == [("else", True)]


def test_a_model_may_leave_the_level_out() -> None:
    fields = NAMES | {"first": {"kind": "given_name", "levels": ["exact", "nickname"]}}
    assert told([("Noah", "Whitfield"), ("Whitfield", "Noah")], fields) == [("else", True)]


def test_strangers_swap_more_often_where_first_names_are_last_names_too() -> None:
    words = ["Dale", "Kim", "Blake", "Lee", "Cole", "Ross", "Grant", "Jude"]
    mixed = [(a, b) for a, b in product(words, words) if a != b] * 4
    parted = [(a, f"{b}son") for a, b in mixed]
    chance = []
    for rows in (mixed, parted):
        frame = pl.DataFrame(rows, schema=["first", "last"], orient="row").with_row_index("rid")
        model = IdentityModel.model_validate_json(
            json.dumps({"model": "x", "record_id": "rid", "population": 1, "fields": NAMES})
        )
        chance.append(float(chances(comparers_of(encode(frame, model), model))[0][-2]))
    assert chance[0] == pytest.approx(1 / 56, rel=0.7)
    assert chance[1] < 1e-4
