"""group.yaml: brands, rooftops, markets, and where the group's own records come from."""

import re
from datetime import date
from typing import Literal
from zoneinfo import available_timezones

from pydantic import Field, field_validator

from schemas.names import nearest_of
from schemas.policy.base import PolicyModel

MarketType = Literal["metro", "standalone", "primary", "secondary", "tertiary"]


class Brand(PolicyModel):
    """One of the group's brands."""

    brand: str = Field(pattern=r"^[a-z0-9_]+$", description="short name, as used in rules")
    code: str = Field(pattern=r"^[A-Z0-9]{2,4}$", description="neutral code for export names")
    make: str = Field(description="make it sells new, in the vocabulary's spelling")
    position: Literal["luxury", "volume"]


class Market(PolicyModel):
    """A market of the group: its type, and the ZIP prefixes that make up its metro."""

    market: str = Field(pattern=r"^[a-z0-9_]+$")
    code: str = Field(pattern=r"^[A-Z0-9]{2,4}$")
    title: str
    type: MarketType
    zip_prefixes: tuple[str, ...] = Field(min_length=1, description="three to five digits each")
    dma_code: str | None = Field(default=None, pattern=r"^\d{3}$", description="Nielsen's code")
    miles_from_first: float | None = Field(default=None, ge=0, description="road miles from the first market, as briefed")

    @field_validator("zip_prefixes")
    @classmethod
    def are_prefixes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Three to five digits each."""
        wrong = [one for one in value if not re.fullmatch(r"\d{3,5}", one)]
        if wrong:
            raise ValueError(f"prefixes of three to five digits, found {', '.join(wrong)}")
        return value


class Rooftop(PolicyModel):
    """One dealership."""

    rooftop_id: str = Field(pattern=r"^R\d{2,3}$")
    title: str
    brand: str
    market: str
    zip: str = Field(pattern=r"^\d{5}$")
    dealer_ids: tuple[str, ...] = Field(min_length=1, description="DealerVault ids, DVD#####")
    vendor_names: tuple[str, ...] = Field(default=(), description="names under which leads address it")
    web_hostnames: tuple[str, ...] = Field(default=(), description="hostnames of its sites")
    web_stream_ids: tuple[str, ...] = ()
    phones: tuple[str, ...] = Field(default=(), description="its own numbers, E.164; never a person's")
    email_domains: tuple[str, ...] = Field(default=(), description="its own e-mail domains; never a customer's")
    monthly_capacity_contacts: int = Field(gt=0, description="people it can be sent a month")

    @field_validator("dealer_ids")
    @classmethod
    def are_dealer_ids(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """DVD or DVV and digits, as DealerVault issues them."""
        wrong = [one for one in value if not re.fullmatch(r"DV[DV]\d+", one)]
        if wrong:
            raise ValueError(f"DealerVault ids such as DVD46301, found {', '.join(wrong)}")
        return value

    @field_validator("web_hostnames", "email_domains")
    @classmethod
    def are_hostnames(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Lower-case names with a dot, without protocol, port or path."""
        wrong = [one for one in value if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", one)]
        if wrong:
            raise ValueError(f"lower-case hostnames such as www.elm-auto.example, found {', '.join(wrong)}")
        return value

    @field_validator("phones")
    @classmethod
    def are_e164(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Numbers in E.164, so that they can be compared."""
        wrong = [one for one in value if not re.fullmatch(r"\+1\d{10}", one)]
        if wrong:
            raise ValueError(f"US phones in E.164 such as +17045550101, found {', '.join(wrong)}")
        return value


class Group(PolicyModel):
    """The dealer group."""

    group: str = Field(pattern=r"^[a-z0-9_]+$")
    title: str
    export_prefix: str = Field(pattern=r"^[A-Z]{2,4}$", description="first part of neutral audience names")
    time_zone: str
    history_months: int = Field(gt=0, le=36)
    first_day: date = Field(default=date(2026, 1, 1), description="first day that can be run")
    brands: tuple[Brand, ...] = Field(min_length=1)
    markets: tuple[Market, ...] = Field(min_length=1)
    rooftops: tuple[Rooftop, ...] = Field(min_length=1)

    @field_validator("time_zone")
    @classmethod
    def is_time_zone(cls, value: str) -> str:
        """The IANA name must exist."""
        if value not in available_timezones():
            near = nearest_of(value, available_timezones())
            raise ValueError(f"an IANA time zone such as {near or 'America/Chicago'}")
        return value
