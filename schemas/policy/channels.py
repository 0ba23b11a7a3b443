"""channels.yaml: arbitration, contact policy and platforms."""

from typing import Literal

from pydantic import Field

from schemas.policy.audiences import SegmentName
from schemas.policy.base import PolicyModel


class Platform(PolicyModel):
    """A destination and what may go there. `platform` is a module of schemas/platforms."""

    is_on: bool
    channels: tuple[str, ...] = Field(description="channels that it serves")
    account: str = Field(description="the advertiser's account id at the platform")
    min_members: int = Field(ge=0, description="cells with fewer people are not sent")
    membership_days: int = Field(gt=0)
    identity_tiers: tuple[Literal["exact", "strict", "loose"], ...]
    segments: tuple[SegmentName, ...]


class ChannelsPolicy(PolicyModel):
    """Who owns a person, and which platforms get them."""

    segment_priority: tuple[SegmentName, ...] = Field(min_length=3, max_length=3)
    brand_choice: tuple[Literal["garage", "interest", "distance"], ...] = Field(
        min_length=1, description="what decides one brand per person, first to last"
    )
    platforms: dict[str, Platform]
    segments_on: tuple[SegmentName, ...] = Field(description="segments that run; the roll-out switch")
