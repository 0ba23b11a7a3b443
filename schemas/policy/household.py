"""identity.yaml, section household: when people who are not one person live together."""

from pydantic import Field

from schemas.policy.base import PolicyModel


class HouseholdPolicy(PolicyModel):
    """What ties people to one household. Defaults are ours."""

    max_families_per_home: int = Field(
        default=2, ge=1, description="family names at one address up to which all who live there now are one household"
    )
    max_families_per_building: int = Field(
        default=6, ge=1, description="family names at one address above which an equal name there ties nobody"
    )
    max_people_per_contact: int = Field(default=6, ge=2, description="people on one phone or e-mail above which it ties nobody")
    contemporary_months: int = Field(
        default=60,
        gt=0,
        description="months between two people's last signs at an address within which they lived there together",
    )
    moved_apart_months: int = Field(
        default=12, gt=0, description="months that somebody was seen at the old address after another had a new one: they parted"
    )
    pair_probability_from: float = Field(
        default=0.5, gt=0, le=1, description="posterior of the household class from which a compared pair is one household"
    )
