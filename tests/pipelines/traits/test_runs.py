"""Runs of equal keys against Polars' own grouping."""

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipelines.traits.runs import Runs, gathered, whole

ROWS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 1_000_000_000_000), st.booleans()), max_size=40)


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
    assert runs.spread(found["sum"]).tolist() == frame.select(pl.sum("n").over("a", "b"))["n"].to_list()


def test_a_missing_place_has_no_name():
    assert gathered(pl.Series(["x", "y"]), np.array([1, -1, 0]), -1).to_list() == ["y", None, "x"]
