"""identity.yaml, section survivorship: which of several values of a person is the person's, field by field."""

from typing import Literal

from pydantic import Field, field_validator

from schemas.policy.base import PolicyModel

Preference = Literal["verified", "source_order", "most_recent", "most_complete", "most_frequent"]
SurvivingField = Literal["name", "suffix", "birth_date", "address", "email", "phone", "age_band", "income_band"]
VERIFIABLE = frozenset({"address", "email", "phone"})


class FieldSurvivorship(PolicyModel):
    """How the value of one field is chosen: the first preference that tells two values apart decides."""

    prefer: tuple[Preference, ...] = Field(min_length=1)
    source_order: tuple[str, ...] = Field(default=(), description="feeds in this field's own order, where it has one")

    @field_validator("prefer")
    @classmethod
    def names_each_once(cls, value: tuple[Preference, ...]) -> tuple[Preference, ...]:
        """A preference named twice decides nothing the second time."""
        if len(set(value)) != len(value):
            raise ValueError(f"each preference once, found {', '.join(value)}")
        return value


class SurvivorshipPolicy(PolicyModel):
    """Preferences of each field; fields without a line follow `default`."""

    default: tuple[Preference, ...] = Field(default=("source_order", "most_recent"), min_length=1)
    fields: dict[SurvivingField, FieldSurvivorship] = {}

    @field_validator("fields")
    @classmethod
    def only_some_can_be_verified(cls, value: dict[SurvivingField, FieldSurvivorship]) -> dict[SurvivingField, FieldSurvivorship]:
        """Nothing that arrives verifies a name or a birth date."""
        for field, one in value.items():
            if "verified" in one.prefer and field not in VERIFIABLE:
                raise ValueError(f"verified for {', '.join(sorted(VERIFIABLE))} only, found it for {field}")
        return value

    def of(self, field: SurvivingField) -> FieldSurvivorship:
        """The line of a field, else one of the default preferences."""
        return self.fields.get(field) or FieldSurvivorship(prefer=self.default)
