"""Runs of equal keys against Polars' own grouping."""

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.traits.runs import Runs, Sorted, gathered, whole

ROWS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 1_000_000_000_000), st.booleans()), max_size=40)


@settings(deadline=None)
@given(ROWS)
def test_runs_agree_with_grouping(rows):
    schema = {"a": pl.Int64, "b": pl.Int8, "n": pl.Int64, "holds": pl.Boolean}
    frame = pl.DataFrame(rows, schema, orient="row").sort("a", "b").with_row_index("place")
    runs = Runs.of(whole(frame["a"]), whole(frame["b"]))
    n, holds = whole(frame["n"]), frame["holds"].to_numpy()
    expected = frame.group_by("a", "b", maintain_order=True).agg(
        pl.sum("n").alias("sum"),
        pl.max("n").alias("max"),
        pl.min("n").alias("min"),
        pl.col("n").bitwise_or().alias("bits"),
        pl.col("place").filter("holds").min().fill_null(frame.height).alias("first"),
    )
    found = {
        "sum": runs.sums(n),
        "max": runs.largest(n),
        "min": runs.smallest(n),
        "bits": runs.bits(n),
        "first": runs.first(holds),
    }
    for name, values in found.items():
        assert values.tolist() == expected[name].to_list()
    assert runs.last().tolist() == [begin - 1 for begin in [*runs.at.tolist(), len(rows)][1:]]
    assert runs.spread(found["sum"]).tolist() == frame.select(pl.sum("n").over("a", "b"))["n"].to_list()


def test_a_missing_place_has_no_name():
    assert gathered(pl.Series(["x", "y"]), np.array([1, -1, 0]), -1).to_list() == ["y", None, "x"]


@settings(deadline=None)
@given(st.integers(0, 2), st.lists(st.tuples(*[st.integers(0, 2**61)] * 3), max_size=20))
def test_rows_are_sorted_whether_they_fit_into_one_number_or_not(wide, rows):
    """wide: how many of the last two columns are too large to be packed with the others."""
    limits = (10, 2**61 if wide == 2 else 10, 2**61 if wide else 10)
    rows = [tuple(value % limit for value, limit in zip(row, limits, strict=True)) for row in rows]
    rows.append(tuple(limit - 1 for limit in limits))
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    told = Sorted.of(*columns)
    found = list(zip(*(told.column(number).tolist() for number in range(3)), strict=True))
    assert [row[:2] for row in found] == sorted(row[:2] for row in rows)
    assert sorted(found) == sorted(rows)
    runs = told.runs(1)
    assert told.column(0, runs.at).tolist() == sorted({row[0] for row in rows})
    assert told.some(runs.at).column(0).tolist() == sorted({row[0] for row in rows})


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), max_size=20), st.integers(1, 8), st.sampled_from([0, 2**61]))
def test_slabs_are_all_rows_and_never_part_a_first_key(rows, size, wide):
    columns = np.array([(one, other + wide, other) for one, other in rows], dtype=np.int64).reshape(-1, 3).T
    told = Sorted.of(*columns)
    slabs = list(told.slabs(size))
    assert np.concatenate([one.column(1) for one in slabs]).tolist() == told.column(1).tolist()
    firsts = [set(one.column(0).tolist()) for one in slabs]
    assert sum(len(one) for one in firsts) == len({row[0] for row in rows})
    largest = max((sum(row[0] == key for row in rows) for key in range(6)), default=0)
    assert all(len(one.column(0)) < size + largest for one in slabs)
