"""A model of identity: which columns of a file say who somebody is, how they are compared, and when two records are one person.

The shape, and what its parts ask of one another. Reading a model file and naming the line of a mistake is the top floor's
work; what the kinds and levels mean is in pipelines/identity/linkage.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal, get_origin

from pydantic import Field, ValidationInfo, field_validator, model_validator

from schemas.frozen import PolicyModel
from schemas.identity_language import AUTO, DEFAULT_LEVELS, KINDS, FieldKind, Level, level_errors, parse_level, rule_errors
from schemas.identity_mistakes import IdentityMistake, ModelMistakes, NotOfKind, UnknownFieldName, UnknownKind
from schemas.ordered import ORDERED

Mode = Literal["dedupe", "link"]
Found = Iterator[tuple[tuple[str | int, ...], IdentityMistake]]

# What people call the kinds; only for the proposal in a message, never accepted.
KIND_WORDS = {
    **dict.fromkeys(("first_name", "firstname", "forename", "given", "first", "middle_name"), "given_name"),
    **dict.fromkeys(("last_name", "lastname", "surname", "family", "last"), "family_name"),
    **dict.fromkeys(("full_name", "fullname", "person_name", "names"), "name"),
    **dict.fromkeys(("e_mail", "mail", "email_address"), "email"),
    **dict.fromkeys(("mobile", "cell", "cell_phone", "telephone", "tel", "phone_number"), "phone"),
    **dict.fromkeys(("street", "street_address", "address_line"), "address"),
    **dict.fromkeys(("zip", "zipcode", "zip_code", "postal_code", "post_code"), "postcode"),
    **dict.fromkeys(("dob", "birthday", "birth_date", "date_of_birth", "datetime", "timestamp"), "date"),
    **dict.fromkeys(("ssn", "identifier", "number", "key", "code"), "id"),
    **dict.fromkeys(("string", "str", "varchar", "city", "town", "free_text"), "text"),
    **dict.fromkeys(("enum", "gender", "sex", "state", "categorical"), "category"),
}


class ModelPart(PolicyModel):
    """Base of the parts of a model: a part is written as keys with values, a list as a list, also where it has one item."""

    @model_validator(mode="before")
    @classmethod
    def parts_are_keys(cls, value: Any) -> Any:
        """A part written as one value."""
        if not isinstance(value, dict | ModelPart):
            needed = next((key for key, one in cls.model_fields.items() if one.is_required()), None)
            raise ValueError(f"keys with values, {'at least' if needed else 'such as'} {needed or next(iter(cls.model_fields))}")
        return value

    @field_validator("*", mode="before")
    @classmethod
    def lists_are_lists(cls, value: Any, info: ValidationInfo) -> Any:
        """Text would otherwise be refused in words that are not those of YAML."""
        is_list = get_origin(cls.model_fields[str(info.field_name)].annotation) is tuple
        if is_list and isinstance(value, str | int | float):
            raise ValueError(f"a list, such as [{value}]")
        if is_list and not isinstance(value, list | tuple):
            raise ValueError("a list; leave the key out where it is empty")
        return value


class IdentityField(ModelPart):
    """One field that is compared: where its text comes from, and how close two values can be."""

    kind: FieldKind = Field(description="what the text is; decides how it is standardised and compared")
    column: str | None = Field(default=None, description="column of the records; the field's own name where absent")
    columns: tuple[str, ...] = Field(default=(), description="columns joined into one value by spaces (a date: year, month, day)")
    any_of: tuple[str, ...] = Field(default=(), description="columns that each hold a value: home phone, cell phone")
    levels: tuple[str, ...] = Field(default=(), description="from the closest down; the kind's own where absent")

    @field_validator("kind", mode="before")
    @classmethod
    def kind_is_known(cls, value: Any) -> Any:
        """A word for a kind that is not its name here is told the name."""
        if not isinstance(value, str) or value not in KINDS:
            raise UnknownKind(value, sorted(KINDS), KIND_WORDS)
        return value

    @field_validator("levels", mode="before")
    @classmethod
    def null_is_a_word(cls, value: Any) -> Any:
        """The level null, which is implied, is refused as a level and not as a missing text."""
        return ["null" if one is None else one for one in value] if isinstance(value, list) else value


class BlockingLimits(ModelPart):
    """How many pairs may be looked at."""

    max_block: int = Field(default=400, gt=1, description="records; a value on more is no key, and is listed")
    pairs_per_record: float = Field(
        default=25.0, gt=0, description="pairs each record may cost over all rules that are chosen for you"
    )


class Thresholds(ModelPart):
    """Posterior probabilities, 0 to 1."""

    match: float = Field(default=0.5, gt=0, lt=1, description="from it, two records are one person")
    strict: float = Field(default=0.95, gt=0, lt=1, description="from it, a member is in the tier strict; below, loose")
    household: float = Field(default=0.5, gt=0, lt=1, description="from it, two persons are one household")


class IdentityModel(ModelPart):
    """How the records of one file are linked. A wrong one raises ValidationError; see ModelMistakes for what its parts ask."""

    model: str = Field(description="name of the model, kept with what it made")
    record_id: str = Field(description="column that names each record; unique, never null")
    source: str | None = Field(default=None, description="column that names a record's source; needed to link")
    mode: Mode = Field(default="dedupe", description="dedupe: any two records; link: only records of different sources")
    fields: dict[str, IdentityField] = Field(min_length=1, json_schema_extra=ORDERED)
    household: tuple[str, ...] = Field(default=(), description="fields that people of one household share; none: no households")
    exact_by: tuple[str, ...] = Field(default=(), description="fields that make a member exact where they and the rest agree")
    same_person: tuple[str, ...] = Field(
        default=(), description="fields of kind id: one value is one person, applied after linking"
    )
    max_same_person: int = Field(default=20, gt=1, description="records; a value of same_person on more joins nobody")
    never_across: tuple[str, ...] = Field(default=(), description="columns: two known and different values are never one person")
    blocking: tuple[str, ...] = Field(default=(AUTO,), description="rules; auto: chosen by the kinds of the fields")
    limits: BlockingLimits = BlockingLimits()
    thresholds: Thresholds = Thresholds()
    population: int = Field(default=10_000, gt=0, description="people; a file of fewer records is judged as a sample of so many")

    @field_validator("fields", mode="before")
    @classmethod
    def fields_are_named(cls, value: Any) -> Any:
        """Fields written as a list."""
        if not isinstance(value, dict):
            raise ValueError("the name of each field with its keys, such as first_name: {kind: given_name}")
        return value

    @model_validator(mode="after")
    def parts_fit(self) -> "IdentityModel":
        """What the parts ask of one another; raises ModelMistakes with every mistake."""
        if mistakes := list(_mistakes(self)):
            raise ModelMistakes(mistakes)
        return self

    def columns_of(self, field: str) -> tuple[str, ...]:
        """The columns that a field reads."""
        one = self.fields[field]
        return one.columns or one.any_of or (one.column or field,)

    def levels_of(self, field: str) -> tuple[Level, ...]:
        """The levels of a field, closest first: its own, or those of its kind."""
        one = self.fields[field]
        return tuple(parse_level(text) for text in one.levels or DEFAULT_LEVELS[one.kind])


def _mistakes(model: IdentityModel) -> Found:
    for name, field in model.fields.items():
        yield from _of_field(model, name, field)
    yield from _of_columns(model)
    for key in ("household", "exact_by", "same_person"):
        yield from _of_names(model, key)
    yield from _of_blocking(model)
    if model.mode == "link" and not model.source:
        yield ("mode",), IdentityMistake("mode link without a source", "also the key source: the column that names the source")
    if model.thresholds.strict < model.thresholds.match:
        found = f"strict {model.thresholds.strict:g} under match {model.thresholds.match:g}"
        yield ("thresholds", "strict"), IdentityMistake(found, f"at least {model.thresholds.match:g}, the threshold of a match")


def _of_field(model: IdentityModel, name: str, field: IdentityField) -> Found:
    at = ("fields", name)
    if not re.fullmatch(r"[A-Za-z_]\w*", name) or name == AUTO:
        wanted = f"letters, digits and _, not {AUTO!r}, so that rules can name it; the key column takes any name"
        yield at, IdentityMistake(f"the field name {name!r}", wanted)
    given = [key for key in ("column", "columns", "any_of") if getattr(field, key)]
    for key in given[1:]:
        wanted = "one of column (one value), columns (joined into one value), any_of (each a value)"
        yield (*at, key), IdentityMistake(f"{key} beside {given[0]}", wanted)
    for key in ("columns", "any_of"):
        for column in _repeated(getattr(field, key)):
            yield (*at, key), IdentityMistake(f"the column {column!r} again", "each column once")
    if field.kind == "date" and field.columns and len(field.columns) != 3:
        found = f"{len(field.columns)} columns of a date"
        yield (*at, "columns"), IdentityMistake(found, "year, month and day, in this order; a whole date is written as column")
    for place, error in level_errors(field.levels, field.kind):
        yield (*at, "levels", place), error


def _of_columns(model: IdentityModel) -> Found:
    first: dict[tuple[object, ...], str] = {}
    for name, field in model.fields.items():
        columns = model.columns_of(name)
        if model.record_id in columns:
            wanted = "a column that says who somebody is: the record_id is on one record only"
            yield ("fields", name), IdentityMistake(f"the record_id {model.record_id!r} as a column", wanted)
        known = first.setdefault((field.kind, columns), name)
        if known != name:
            wanted = f"each column once: as in {known!r}, it would count twice"
            yield ("fields", name), IdentityMistake(f"the same columns and kind as the field {known!r}", wanted)


def _of_names(model: IdentityModel, key: str) -> Found:
    names: tuple[str, ...] = getattr(model, key)
    for place, name in enumerate(names):
        if name not in model.fields:
            yield (key, place), UnknownFieldName(key, name, list(model.fields))
        elif name in names[:place]:
            yield (key, place), IdentityMistake(f"the field {name!r} again", "each field once")
        elif key == "same_person" and model.fields[name].kind != "id":
            yield (key, place), NotOfKind(key, name, model.fields[name].kind, "id")


def _of_blocking(model: IdentityModel) -> Found:
    if not model.blocking:
        yield ("blocking",), IdentityMistake("an empty list", f"at least one rule, or {AUTO}; without one no two records meet")
    kinds: dict[str, str] = {name: field.kind for name, field in model.fields.items()}
    for place, text in enumerate(model.blocking):
        for error in rule_errors(text, kinds):
            yield ("blocking", place), error
        if text in model.blocking[:place]:
            yield ("blocking", place), IdentityMistake(f"the blocking rule {text!r} again", "each rule once")


def _repeated(names: tuple[str, ...]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]
