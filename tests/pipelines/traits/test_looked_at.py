"""Tops: the most points, then the latest day, then the first name; a model of the top make."""

import numpy as np
import polars as pl

from pipelines.traits.looked_at import LookedAt, by_value, top_models, tops
from pipelines.traits.points import Shares
from pipelines.traits.things import dimension

MAKES = pl.DataFrame({"value": ["Acura", "Kia"], "label": ["Acura", "Kia"], "make": ["Acura", "Kia"]})
MODELS = pl.DataFrame({"value": ["Acura MDX", "Kia Rio"], "label": ["MDX", "Rio"], "make": ["Acura", "Kia"]})


def looked(values, *rows):
    return LookedAt(*np.array(rows, dtype=np.int64).reshape(-1, 4).T, values)


def pairs(found):
    return list(zip(*(column.tolist() for column in found), strict=True))


def test_ties_go_to_the_latest_day_then_to_the_first_name():
    assert pairs(tops(looked(MAKES, (1, 0, 5, 9), (1, 1, 6, 80)))) == [(1, 1)]
    assert pairs(tops(looked(MAKES, (1, 0, 5, 9), (1, 1, 5, 8)))) == [(1, 1)]
    assert pairs(tops(looked(MAKES, (1, 0, 5, 9), (1, 1, 5, 9)))) == [(1, 0)]


def test_the_top_model_is_one_of_the_top_make():
    makes = looked(MAKES, (1, 0, 9, 0), (1, 1, 3, 0), (3, 1, 1, 0))
    models = looked(MODELS, (1, 0, 4, 0), (1, 1, 7, 0), (2, 1, 7, 0))
    assert pairs(tops(makes)) == [(1, 0), (3, 1)]
    assert pairs(top_models(models, makes, tops(makes))) == [(1, 0)]


def test_nobody_looked():
    assert pairs(tops(looked(MAKES))) == []
    assert pairs(top_models(looked(MODELS), looked(MAKES), tops(looked(MAKES)))) == []


def test_points_of_things_with_the_same_value_are_added_up():
    told = pl.DataFrame({"thing_no": [1, 3, 4], "value": ["Kia", "Acura", "Kia"], "label": ["Kia", "Acura", "Kia"]})
    shares = Shares(*np.array([(1, 1, 5, 10), (1, 4, 3, 20), (1, 2, 0, 99), (2, 3, 1, 7)], dtype=np.int64).T)
    found = by_value(shares, dimension(told.with_columns(make="label"), 5))
    assert found.values["value"].to_list() == ["Acura", "Kia"]
    columns = (found.person, found.value, found.micros, found.age)
    assert [one.tolist() for one in columns] == [[1, 2], [1, 0], [30, 7], [3, 1]]
