"""Records as codes, whatever the dtype and however many values; and records that cannot be coded."""

import polars as pl
import pytest

from pipelines.identity.linkage.encode import MAX_SLOTS, MISSING, encode
from pipelines.identity.linkage.errors import MissingColumns, RecordIdNull, RecordIdRepeated, RecordsError, UnreadableColumn
from tests.pipelines.identity.linkage.people import field, model, people

MODEL = model({"name": "name", "zip": "postcode"})


def values_of(one, slot: int = 0) -> list:
    return [None if code == MISSING else one.values[int(code)] for code in one.slots[slot]]


def test_equal_forms_have_one_code() -> None:
    one = field("name", ["Bob", "BOB ", None, "Ann", "", "bob"])
    assert values_of(one) == ["bob", "bob", None, "ann", None, "bob"]
    assert len(one.values) == 2
    assert dict(zip(one.values, one.counts.tolist(), strict=True)) == {"bob": 3, "ann": 1}


def test_records_are_sorted_by_id_and_keep_their_values() -> None:
    frame = people({"name": "a", "zip": "1"}, {"name": "b", "zip": "2"}, {"name": "c", "zip": None}).reverse()
    told = encode(frame, MODEL)
    assert told.ids.to_list() == ["r0000", "r0001", "r0002"]
    assert values_of(told.fields["name"]) == ["a", "b", "c"]
    assert values_of(told.fields["zip"]) == ["1", "2", None]


def test_ids_that_are_numbers_are_sorted_as_texts() -> None:
    frame = pl.DataFrame({"id": [10, 9, 100], "name": ["a", "b", "c"], "zip": [1, 2, 3]})
    assert encode(frame, MODEL).ids.to_list() == ["10", "100", "9"]


def test_a_date_of_three_columns() -> None:
    frame = pl.DataFrame({"id": ["a", "b", "c"], "y": [1967.0, 1967, None], "m": [1, None, None], "d": ["5", "5", None]})
    told = encode(frame, model({"born": {"kind": "date", "columns": ["y", "m", "d"]}}))
    assert values_of(told.fields["born"]) == ["19670105", "19675", None]


def test_columns_and_lists_that_each_hold_a_value() -> None:
    frame = pl.DataFrame({"id": ["a", "b"], "home": ["5550100", None], "cells": [["5550101", None, "5550102"], []]})
    told = encode(frame, model({"phone": {"kind": "phone", "any_of": ["home", "cells"]}})).fields["phone"]
    assert [values_of(told, slot) for slot in range(len(told.slots))] == [["5550100", None], ["5550101", None], ["5550102", None]]


def test_more_values_than_are_compared() -> None:
    assert len(field("id", [list("abcdefgh")]).slots) == MAX_SLOTS


def test_sources_and_barriers_are_codes_with_missing() -> None:
    frame = people({"name": "a", "s": "x", "t": None}, {"name": "b", "s": "y", "t": "u"}, {"name": "c", "s": "x", "t": None})
    told = encode(frame, model({"name": "name"}, source="s", mode="link", never_across=["t"]))
    assert told.sources is not None
    assert told.sources[0] == told.sources[2] != told.sources[1]
    assert (told.barriers[0] == MISSING).tolist() == [True, False, True]


def test_missing_columns_are_named_all_at_once() -> None:
    with pytest.raises(MissingColumns) as error:
        encode(people({"nam": "a"}), model({"name": "name", "zip": "postcode"}, never_across=["tenant"]))
    assert [column for column, _ in error.value.missing] == ["name", "zip", "tenant"]
    assert "did you mean 'nam'?" in str(error.value)
    assert "'zip' for the field 'zip'" in str(error.value)


def test_a_missing_id_or_source_is_named() -> None:
    with pytest.raises(MissingColumns, match="no column 'id' for record_id"):
        encode(people({"name": "a"}).drop("id"), model({"name": "name"}))
    with pytest.raises(MissingColumns, match="no column 'src' for source"):
        encode(people({"name": "a"}), model({"name": "name"}, source="src", mode="link"))


def test_repeated_ids_are_counted_and_not_shown() -> None:
    frame = people({"name": "a"}).select(pl.Series("id", ["secret", "secret", "other", "more", "more", "more"]), name=pl.lit("a"))
    with pytest.raises(RecordIdRepeated) as error:
        encode(frame, model({"name": "name"}))
    assert (error.value.column, error.value.repeated, error.value.records) == ("id", 2, 5)
    assert "secret" not in str(error.value)


def test_ids_that_are_null_are_counted() -> None:
    with pytest.raises(RecordIdNull) as error:
        encode(pl.DataFrame({"id": ["a", None, None], "name": ["x", "y", "z"]}), model({"name": "name"}))
    assert (error.value.column, error.value.nulls, error.value.records) == ("id", 2, 3)


def test_a_column_without_texts_is_named_with_its_dtype() -> None:
    frame = people({"name": "a"}).with_columns(name=pl.struct("id"))
    with pytest.raises(UnreadableColumn, match="column 'name': Struct") as error:
        encode(frame, model({"name": "name"}))
    assert isinstance(error.value, RecordsError)
    assert isinstance(error.value, ValueError)
