"""channels.yaml: arbitration, contact policy and platforms."""

from typing import Literal

from pydantic import Field, field_validator

from schemas.policy.audiences import SegmentName
from schemas.policy.base import PolicyModel


class Platform(PolicyModel):
    """A destination and what may go there. `platform` is a module of schemas/platforms."""

    is_on: bool
    channels: tuple[str, ...] = Field(description="channels that it serves")
    account: str = Field(description="the advertiser's account id at the platform")
    min_members: int = Field(ge=0, description="cells with fewer people are not sent")
    membership_days: int = Field(gt=0)
    identity_tiers: tuple[Literal["exact", "strict", "loose"], ...] = Field(
        default=("exact", "strict"),
        description="tiers that may go there, of the member and of each identifier by the best record that carries it",
    )
    segments: tuple[SegmentName, ...]


class Rollout(PolicyModel):
    """When a segment starts, counted from the first day of the product."""

    segment: SegmentName
    after_days_low: int = Field(ge=0)
    after_days_high: int = Field(ge=0)
    source: str


class ContactLimit(PolicyModel):
    """Most contacts of one person through a channel in a window of days; one that is absent is not limited."""

    channel: str
    contacts: int = Field(gt=0)
    window_days: int = Field(gt=0)


class ChannelsPolicy(PolicyModel):
    """Who owns a person, and which platforms get them."""

    segment_priority: tuple[SegmentName, ...] = Field(min_length=3, max_length=3)
    brand_choice: tuple[Literal["household", "garage", "interest", "distance"], ...] = Field(
        min_length=1, description="what decides one brand per person, first to last; household: the brand that wins for the home"
    )
    platforms: dict[str, Platform]
    segments_on: tuple[SegmentName, ...] = Field(description="segments that run; the roll-out switch")
    channels: dict[str, str] = Field(default_factory=dict, description="every channel with its title; what rules may name")
    rollout: tuple[Rollout, ...] = ()
    contact_limits: tuple[ContactLimit, ...] = ()

    @field_validator("segment_priority")
    @classmethod
    def names_each_segment(cls, value: tuple[SegmentName, ...]) -> tuple[SegmentName, ...]:
        """Each of the three segments once."""
        if len(set(value)) != 3:
            raise ValueError(f"each of conquest, in_market and loyalty once, found {', '.join(value)}")
        return value
