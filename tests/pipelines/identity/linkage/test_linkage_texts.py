"""Columns of any dtype give the texts that a person would write."""

from datetime import date, datetime, time
from decimal import Decimal

import polars as pl
import pytest

from pipelines.identity.linkage.texts import is_text, spread, texts_of

COLUMNS = [
    (pl.Series([28227, None]), ["28227", None]),
    (pl.Series([28227.0, None, float("nan"), float("inf")]), ["28227", None, None, None]),
    (pl.Series([0.0, -0.0, 1.5]), ["0", "0", "1.5"]),
    (pl.Series([1e300]), ["1e+300"]),
    (pl.Series([Decimal("28227.00"), Decimal("1.50")]), ["28227", "1.50"]),
    (pl.Series([True, False, None]), ["true", "false", None]),
    (pl.Series([date(1967, 1, 5)]), ["1967-01-05"]),
    (pl.Series([time(3, 4)]), ["03:04:00"]),
    (pl.Series(["a", "b"], dtype=pl.Categorical), ["a", "b"]),
    (pl.Series(["a", None], dtype=pl.Enum(["a"])), ["a", None]),
    (pl.Series([None, None]), [None, None]),
]


@pytest.mark.parametrize(("column", "texts"), COLUMNS, ids=lambda one: str(getattr(one, "dtype", "")))
def test_a_column_as_texts(column: pl.Series, texts: list) -> None:
    assert texts_of(column).to_list() == texts


def test_a_time_stamp_begins_with_its_date() -> None:
    assert texts_of(pl.Series([datetime.fromisoformat("1967-01-05T03:00")]))[0].startswith("1967-01-05 ")


def test_lists_spread_over_places_without_their_nulls() -> None:
    lists = pl.Series([["a", None, "b"], [None], [], None, ["c"]])
    assert [one.to_list() for one in spread(lists, 4)] == [["a", None, None, None, "c"], ["b", None, None, None, None]]


def test_lists_spread_no_further_than_asked() -> None:
    assert len(spread(pl.Series([list("abcdefg")]), 3)) == 3


def test_lists_of_numbers_and_arrays() -> None:
    assert spread(pl.Series([[1.0, 2.5]]), 4)[0].to_list() == ["1"]
    assert [one[0] for one in spread(pl.Series([["a", "b"]], dtype=pl.Array(pl.String, 2)), 4)] == ["a", "b"]


@pytest.mark.parametrize("dtype", [pl.Struct({"a": pl.String}), pl.Binary(), pl.Object(), pl.List(pl.List(pl.String))])
def test_what_has_no_text(dtype: pl.DataType) -> None:
    assert not is_text(dtype)
