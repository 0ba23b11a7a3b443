"""What the parts of a model ask of one another."""

from typing import Any

import pytest
from pydantic import ValidationError

from schemas.identity_language import Level
from schemas.identity_mistakes import ModelMistakes
from schemas.identity_model import IdentityModel

FIELDS: dict[str, Any] = {
    "first_name": {"kind": "given_name"},
    "last_name": {"kind": "family_name", "column": "Last Name"},
    "phone": {"kind": "phone", "any_of": ["home", "cell"]},
    "born": {"kind": "date", "columns": ["year", "month", "day"]},
    "customer": {"kind": "id", "levels": ["exact", "edits <= 1"]},
}


def model(fields: dict[str, Any] | None = None, **keys: Any) -> IdentityModel:
    return IdentityModel.model_validate({"model": "m", "record_id": "rid", "fields": FIELDS | (fields or {}), **keys})


def mistakes(fields: dict[str, Any] | None = None, **keys: Any) -> list[str]:
    with pytest.raises(ValidationError) as raised:
        model(fields, **keys)
    (detail,) = raised.value.errors()
    error = detail["ctx"]["error"]
    assert isinstance(error, ModelMistakes)
    return [f"{'.'.join(map(str, path))}: {mistake}" for path, mistake in error.mistakes]


def test_a_model_tells_columns_and_levels_of_its_fields() -> None:
    one = model()
    assert {name: one.columns_of(name) for name in one.fields} == {
        "first_name": ("first_name",),
        "last_name": ("Last Name",),
        "phone": ("home", "cell"),
        "born": ("year", "month", "day"),
        "customer": ("customer",),
    }
    assert one.levels_of("customer") == (Level("exact"), Level("edits", 1))
    assert one.levels_of("phone") == (Level("exact"), Level("suffix", 7), Level("edits", 1))


def test_everything_may_be_said() -> None:
    model(
        source="src",
        mode="link",
        household=["last_name", "phone"],
        exact_by=["customer"],
        same_person=["customer"],
        never_across=["tenant"],
        blocking=["auto", "sound(last_name), year(born)"],
        thresholds={"match": 0.6, "strict": 0.6},
    )


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"mode": "link"}, "mode: found mode link without a source; expected also the key source"),
        (
            {"household": ["adress"]},
            "household.0: found the unknown field 'adress'; expected a field of this model: first_name, ",
        ),
        ({"household": ["phone", "phone"]}, "household.1: found the field 'phone' again; expected each field once."),
        ({"exact_by": ["costumer"]}, "exact_by.0: found the unknown field 'costumer'"),
        ({"same_person": ["phone"]}, "same_person.0: found the field 'phone' of kind phone; expected a field of kind id"),
        ({"blocking": []}, "blocking: found an empty list; expected at least one rule, or auto"),
        ({"blocking": ["phone", "phone"]}, "blocking.1: found the blocking rule 'phone' again; expected each rule once."),
        ({"blocking": ["year(phone)"]}, "blocking.0: found year(phone) in the blocking rule 'year(phone)'"),
        ({"thresholds": {"match": 0.97}}, "thresholds.strict: found strict 0.95 under match 0.97; expected at least 0.97"),
    ],
)
def test_parts_that_do_not_fit_are_told(keys: dict[str, Any], told: str) -> None:
    (mistake,) = mistakes(**keys)
    assert mistake.startswith(told)


@pytest.mark.parametrize(
    ("name", "field", "told"),
    [
        ("a b", {"kind": "text"}, "fields.a b: found the field name 'a b'; expected letters, digits and _"),
        ("auto", {"kind": "text"}, "fields.auto: found the field name 'auto'; expected letters, digits and _, not 'auto'"),
        ("a", {"kind": "text", "column": "b", "any_of": ["c"]}, "fields.a.any_of: found any_of beside column; expected one of"),
        ("a", {"kind": "text", "columns": ["b", "b"]}, "fields.a.columns: found the column 'b' again"),
        ("a", {"kind": "date", "columns": ["b"]}, "fields.a.columns: found 1 columns of a date; expected year, month and day"),
        (
            "a",
            {"kind": "text", "levels": ["exact", "years <= 2"]},
            "fields.a.levels.1: found the level 'years <= 2', which is for",
        ),
        ("a", {"kind": "id", "column": "rid"}, "fields.a: found the record_id 'rid' as a column"),
        ("a", {"kind": "id", "column": "customer"}, "fields.a: found the same columns and kind as the field 'customer'"),
    ],
)
def test_fields_that_do_not_fit_are_told(name: str, field: dict[str, Any], told: str) -> None:
    (mistake,) = mistakes({name: field})
    assert mistake.startswith(told)


def test_all_mistakes_are_told_at_once() -> None:
    assert len(mistakes({"a": {"kind": "text", "levels": ["no", "nor"]}}, household=["x"], same_person=["y"], mode="link")) == 5


@pytest.mark.parametrize(
    ("kind", "near"),
    [("first_name", "given_name"), ("E-Mail", "email"), ("ZIP code", "postcode"), ("adress", "address"), ("qq", None)],
)
def test_a_word_for_a_kind_is_told_the_kind(kind: str, near: str | None) -> None:
    with pytest.raises(ValidationError) as raised:
        model({"a": {"kind": kind}})
    assert raised.value.errors()[0]["ctx"]["error"].nearest == near


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"household": "phone"}, r"a list, such as \[phone\]"),
        ({"household": None}, "a list; leave the key out"),
        ({"fields": {"a": "text"}}, "keys with values, at least kind"),
        ({"fields": {}}, "at least 1 item"),
        ({"fields": [{"a": "text"}]}, "the name of each field with its keys"),
        ({"thresholds": 0.5}, "keys with values, such as match"),
        ({"thresholds": {"match": 50}}, "less than 1"),
        ({"population": True}, "a number"),
        ({"hosehold": []}, "Extra inputs"),
    ],
)
def test_wrong_shapes_are_refused(keys: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        IdentityModel.model_validate({"model": "m", "record_id": "rid", "fields": FIELDS, **keys})
