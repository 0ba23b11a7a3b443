"""Tops: the most points, then the latest day, then the first name; a model of the top make."""

import numpy as np
import polars as pl

from pipelines.traits.looked_at import LookedAt, top_models, tops

VALUES = pl.DataFrame(
    [
        (1, "make", "Acura", "Acura", "Acura"),
        (2, "make", "Kia", "Kia", "Kia"),
        (3, "model", "Acura MDX", "MDX", "Acura"),
        (4, "model", "Kia Rio", "Rio", "Kia"),
    ],
    schema=["value_no", "dimension", "value", "label", "make"],
    orient="row",
)


def looked(*rows):
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    return LookedAt(*columns, VALUES)


def pairs(found):
    return list(zip(*(column.tolist() for column in found), strict=True))


def test_ties_go_to_the_latest_day_then_to_the_first_name():
    assert pairs(tops(looked((1, 1, 5, 9), (1, 2, 6, 80)), "make")) == [(1, 2)]
    assert pairs(tops(looked((1, 1, 5, 9), (1, 2, 5, 8)), "make")) == [(1, 2)]
    assert pairs(tops(looked((1, 1, 5, 9), (1, 2, 5, 9)), "make")) == [(1, 1)]


def test_the_top_model_is_one_of_the_top_make():
    found = looked((1, 1, 9, 0), (1, 2, 3, 0), (1, 3, 4, 0), (1, 4, 7, 0), (2, 4, 7, 0))
    makes = tops(found, "make")
    assert pairs(makes) == [(1, 1)]
    assert pairs(top_models(found, *makes)) == [(1, 3)]


def test_nobody_looked():
    assert pairs(tops(looked(), "make")) == []
    assert pairs(top_models(looked(), *tops(looked(), "make"))) == []
