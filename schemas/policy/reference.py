"""policy/reference: tables of facts that all groups share, one CSV each; loaded once and carried in the Policy."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from schemas.policy.base import PolicyModel


class Warranty(PolicyModel):
    """Factory warranty of a make for a range of model years and an owner number."""

    make: str
    from_year: int
    to_year: int
    owner_from: int = Field(ge=1)
    owner_to: int = Field(ge=1)
    basic_months: int
    basic_miles: int
    powertrain_months: int
    powertrain_miles: int
    certified_months: int | None = Field(
        default=None, ge=0, description="powertrain of vehicles sold as certified, from in-service"
    )
    certified_miles: int | None = Field(default=None, ge=0)
    source: str


class ServiceInterval(PolicyModel):
    """How often a make wants service; * is every make without a row, and an empty fuel every fuel without one."""

    make: str
    fuel: str = Field(default="", description="primary fuel as the VIN says it, for example Electric")
    from_year: int
    to_year: int
    months: int
    miles: int
    source: str


class Model(PolicyModel):
    """A model of a make, with its body style and other spellings."""

    make: str
    model: str
    body_style: str
    aliases: tuple[str, ...] = ()
    msrp_usd: Decimal | None = None


class Make(PolicyModel):
    """A make, other spellings, and whether it sells luxury or volume vehicles."""

    make: str
    aliases: tuple[str, ...] = ()
    position: Literal["luxury", "volume"] = Field(
        default="volume", description="half of a vehicle's segment; the position of a brand in group.yaml goes before it"
    )


class Reference(PolicyModel):
    """Facts that all groups share."""

    warranties: tuple[Warranty, ...]
    service_intervals: tuple[ServiceInterval, ...]
    makes: tuple[Make, ...]
    models: tuple[Model, ...]
