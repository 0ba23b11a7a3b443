"""channels.yaml: arbitration, contact policy and platforms."""

from typing import Literal

from pydantic import Field, field_validator

from schemas.policy.audiences import SegmentName
from schemas.policy.base import PolicyModel
from schemas.policy.breaker import BreakerPolicy
from schemas.policy.delivery import Delivery
from schemas.policy.outreach import Calling, Mailing
from schemas.policy.reach import ReachPolicy

PoolPart = Literal["rooftop", "market", "brand", "audience"]


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
    may_be_below_minimum: bool = Field(
        default=False, description="true: min_members may be fewer than the platform serves, as for a trial"
    )
    pool_small_cells_by: dict[SegmentName, tuple[PoolPart, ...]] = Field(
        default_factory=dict,
        description="per segment the parts that the name of a cell with too few people loses, first to last, until the cells "
        "that share a name are min_members together; none: such cells are not sent",
    )
    unpool_from: float = Field(
        default=1.2, ge=1, le=5, description="multiples of min_members at which a pooled cell stands alone again"
    )
    most_per_kind: int = Field(
        default=3,
        ge=1,
        le=10,
        description="e-mails, and phones, of one person that are sent at most; the platform may take fewer",
    )
    delivery: Delivery | None = Field(
        default=None, description="where bodies are sent; without it nothing is sent, and files are uploaded by hand"
    )


class Rollout(PolicyModel):
    """When a segment starts, counted from the first day of the product."""

    segment: SegmentName
    after_days_low: int = Field(ge=0)
    after_days_high: int = Field(ge=0)
    source: str


class ContactLimit(PolicyModel):
    """Most contacts of one person, or of one household, through a channel in a window of days; no line, no limit."""

    channel: str
    contacts: int = Field(gt=0, le=1000, description="contacts in the window, as platforms and providers report or we send them")
    window_days: int = Field(gt=0, le=365, description="days, the day itself included")
    is_send_a_contact: bool = Field(
        default=False, description="what we send to a platform of this channel alone is a contact, as a mail file is"
    )


class ChannelsPolicy(PolicyModel):
    """Who owns a person, and which platforms get them."""

    segment_priority: tuple[SegmentName, ...] = Field(min_length=3, max_length=3)
    brand_choice: tuple[Literal["household", "garage", "interest", "distance"], ...] = Field(
        min_length=1, description="what decides one brand per person, first to last; household: the brand that wins for the home"
    )
    one_brand_per_household: bool = Field(
        default=False, description="people of one household who meet rules for another brand than the household's lose"
    )
    rooftop_choice: tuple[Literal["household", "garage", "interest", "distance"], ...] = Field(
        default=("garage", "distance"), min_length=1, description="what decides one rooftop per person, first to last"
    )
    is_rooftop_limited: bool = Field(default=True, description="a rooftop has no more people than monthly_capacity_contacts says")
    platforms: dict[str, Platform]
    refresh_within_days: int = Field(
        default=7, ge=1, le=60, description="days before a platform forgets a member on which it is told again"
    )
    breaker: BreakerPolicy = Field(default=BreakerPolicy(), description="when nothing new is told to a platform")
    reach: ReachPolicy = ReachPolicy()
    calling: Calling = Calling()
    mailing: Mailing = Mailing()
    segments_on: tuple[SegmentName, ...] = Field(description="segments that run; the roll-out switch")
    channels: dict[str, str] = Field(default_factory=dict, description="every channel with its title; what rules may name")
    rollout: tuple[Rollout, ...] = ()
    contact_limits: tuple[ContactLimit, ...] = Field(default=(), description="per person")
    household_limits: tuple[ContactLimit, ...] = Field(default=(), description="per household, over all audiences")

    @field_validator("contact_limits", "household_limits")
    @classmethod
    def limits_a_channel_once(cls, value: tuple[ContactLimit, ...]) -> tuple[ContactLimit, ...]:
        """One line per channel."""
        channels = [one.channel for one in value]
        twice = sorted({one for one in channels if channels.count(one) > 1})
        if twice:
            raise ValueError(f"each channel once, found more than one line for {', '.join(twice)}; keep one")
        return value

    @field_validator("segment_priority")
    @classmethod
    def names_each_segment(cls, value: tuple[SegmentName, ...]) -> tuple[SegmentName, ...]:
        """Each of the three segments once."""
        if len(set(value)) != 3:
            raise ValueError(f"each of conquest, in_market and loyalty once, found {', '.join(value)}")
        return value
