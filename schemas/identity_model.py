"""A model of identity: which columns of a file say who somebody is, how they are compared, and when two records are one person.

The shape only. Reading a model file and naming the line of a mistake is the top floor's work; what the kinds and levels
mean is in pipelines/identity/linkage.
"""

from typing import Literal

from pydantic import Field

from schemas.policy.base import PolicyModel

FieldKind = Literal[
    "given_name", "family_name", "name", "email", "phone", "address", "postcode", "date", "id", "vin", "text", "category"
]
Mode = Literal["dedupe", "link"]


class IdentityField(PolicyModel):
    """One field that is compared: where its text comes from, and how close two values can be."""

    kind: FieldKind = Field(description="what the text is; decides how it is standardised and compared")
    column: str | None = Field(default=None, description="column of the records; the field's own name where absent")
    columns: tuple[str, ...] = Field(default=(), description="columns joined into one value by spaces (a date: year, month, day)")
    any_of: tuple[str, ...] = Field(default=(), description="columns that each hold a value: home phone, cell phone")
    levels: tuple[str, ...] = Field(default=(), description="from the closest down; the kind's own where absent")


class BlockingLimits(PolicyModel):
    """How many pairs may be looked at."""

    max_block: int = Field(default=400, gt=1, description="records; a value on more is no key, and is listed")
    pairs_per_record: float = Field(
        default=25.0, gt=0, description="pairs each record may cost over all rules that are chosen for you"
    )


class Thresholds(PolicyModel):
    """Posterior probabilities, 0 to 1."""

    match: float = Field(default=0.5, gt=0, lt=1, description="from it, two records are one person")
    strict: float = Field(default=0.95, gt=0, lt=1, description="from it, a member is in the tier strict; below, loose")
    household: float = Field(default=0.5, gt=0, lt=1, description="from it, two persons are one household")


class IdentityModel(PolicyModel):
    """How the records of one file are linked."""

    model: str = Field(description="name of the model, kept with what it made")
    record_id: str = Field(description="column that names each record; unique, never null")
    source: str | None = Field(default=None, description="column that names a record's source; needed to link")
    mode: Mode = Field(default="dedupe", description="dedupe: any two records; link: only records of different sources")
    fields: dict[str, IdentityField] = Field(min_length=1)
    household: tuple[str, ...] = Field(default=(), description="fields that people of one household share; none: no households")
    exact_by: tuple[str, ...] = Field(default=(), description="fields that make a member exact where they and the rest agree")
    same_person: tuple[str, ...] = Field(
        default=(), description="fields of kind id: one value is one person, applied after linking"
    )
    max_same_person: int = Field(default=20, gt=1, description="records; a value of same_person on more joins nobody")
    never_across: tuple[str, ...] = Field(default=(), description="columns: two known and different values are never one person")
    blocking: tuple[str, ...] = Field(default=("auto",), description="rules; auto: chosen by the kinds of the fields")
    limits: BlockingLimits = BlockingLimits()
    thresholds: Thresholds = Thresholds()
    population: int = Field(default=10_000, gt=0, description="people; a file of fewer records is judged as a sample of so many")
