"""audiences/*.yaml: who is in which list. Conditions are SQL expressions over the columns of the `candidate` table."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from schemas.policy.base import PolicyModel

SegmentName = Literal["conquest", "in_market", "loyalty"]
Place = Literal["brand", "market", "rooftop"]  # least to most specific


class Condition(PolicyModel):
    """A named condition, or a nest of them. Exactly one of when, all, any, none is given.

    `when` is an SQL expression over candidate columns; `$name` are the audience's parameters (bound, never formatted).
    `reason` is the sentence for members; {column} and {column:.0f} are filled in from the member's row.
    """

    name: str | None = Field(default=None, pattern=r"^[a-z0-9_]+$")
    when: str | None = None
    reason: str | None = None
    all: tuple[Condition, ...] | None = None
    any: tuple[Condition, ...] | None = None
    none: tuple[Condition, ...] | None = None

    @model_validator(mode="after")
    def has_one_form(self) -> Condition:
        """A leaf has a name, an expression and a reason; a nest has only its members."""
        given = [key for key in ("when", "all", "any", "none") if getattr(self, key) is not None]
        if len(given) != 1:
            raise ValueError(f"exactly one of when, all, any, none, found {', '.join(given) or 'none of them'}")
        if given == ["when"] and not self.name:
            raise ValueError("a `name` beside `when`; it becomes the rule that members' reasons name")
        return self


class Removal(PolicyModel):
    """What an audience does without, by name, of what its base says."""

    rules: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    channels_by_brand: tuple[str, ...] = ()
    message_by_brand: tuple[str, ...] = ()


class AudiencePolicy(PolicyModel):
    """One audience: rules, exclusions, and what becomes of its members. Keys of a base are joined before this is read."""

    extends: str | None = Field(
        default=None, description="the base that it is laid over: a file audiences/_<name>.yaml, without suffix"
    )
    remove: Removal | None = Field(default=None, description="what it leaves out of its base")
    audience: str = Field(pattern=r"^[a-z0-9_]+$")
    segment: SegmentName
    title: str
    purpose: str
    owner: str
    code: str = Field(pattern=r"^[A-Z0-9]{2,6}$", description="neutral part of the export name")
    is_on: bool = True
    cell_by: tuple[Place, ...] = Field(min_length=1)
    brands: tuple[str, ...] | None = Field(default=None, description="own brands it is for; all where absent")
    priority: int = Field(ge=0, description="lower wins within the segment")
    parameters: dict[str, float | str | bool] = Field(default_factory=dict)
    parameters_by: dict[Place, dict[str, dict[str, float | str | bool]]] = Field(
        default_factory=dict, description="other values by brand, market or rooftop; the most specific one wins"
    )
    rules: Condition
    exclusions: tuple[Condition, ...] = ()
    score: str = Field(description="SQL expression over candidate columns; higher is better")
    hot_from: float | None = None
    warm_from: float | None = None
    stay_days: int = Field(gt=0, le=540, description="days a member stays once in, unless renewed")
    credit_offer: bool = Field(default=False, description="financing creative: no age, gender, ZIP or income anywhere")
    channels: tuple[str, ...] = Field(min_length=1)
    channels_by_brand: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="replaces channels for a brand")
    message: str
    message_by_brand: dict[str, str] = Field(default_factory=dict, description="replaces message for a brand")

    def channels_of(self, brand: str) -> tuple[str, ...]:
        """The channels for members of a brand."""
        return self.channels_by_brand.get(brand, self.channels)

    def message_of(self, brand: str) -> str:
        """The message theme for members of a brand."""
        return self.message_by_brand.get(brand, self.message)
