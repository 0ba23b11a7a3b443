"""What every model that people write is: frozen, refusing keys it does not know, and strict about what is a number."""

from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

NUMBERS = frozenset({int, float})


class PolicyModel(BaseModel):
    """Base of all policy models. Text is never blank, numbers are finite, and true or false is no number."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, str_min_length=1)

    @field_validator("*", mode="before")
    @classmethod
    def truth_is_no_number(cls, value: Any, info: ValidationInfo) -> Any:
        """YAML's true would otherwise be read as 1."""
        annotation = cls.model_fields[str(info.field_name)].annotation
        kinds = {annotation, *get_args(annotation)}
        values = value.values() if isinstance(value, dict) else (value,)
        if kinds & NUMBERS and bool not in kinds and any(isinstance(one, bool) for one in values):
            raise ValueError("a number")
        return value
