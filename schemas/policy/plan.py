"""plan.yaml and conquest.yaml: budgets, targets, competitor makes, radii, messages."""

import math
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from schemas.policy.audiences import SegmentName
from schemas.policy.base import PolicyModel

ROUNDING = 0.0005  # shares are written with up to four decimals: 5:4:3 is 0.4167, 0.3333, 0.25


class Share(PolicyModel):
    """A share of something, 0 to 1."""

    name: str
    share: float = Field(ge=0, le=1)


class Target(PolicyModel):
    """A figure to reach. `kpi` as in the kpi table."""

    segment: SegmentName
    kpi: str = Field(pattern=r"^[a-z0-9_]+$")
    low: float
    high: float | None = Field(default=None, description="absent: low or more")
    unit: str
    per: Literal["day", "week", "month", "year", "unit", "always"] = Field(description="unit: for each lead, car or visit")
    source: str
    baseline_low: float | None = Field(default=None, description="what it was before, same unit")
    baseline_high: float | None = None

    @model_validator(mode="after")
    def low_is_not_above_high(self) -> "Target":
        """An interval runs from low to high."""
        for low, high in ((self.low, self.high), (self.baseline_low, self.baseline_high)):
            if low is not None and high is not None and low > high:
                raise ValueError(f"low is not above high, found {low:g} to {high:g}")
        return self


def add_up(shares: tuple[Share, ...]) -> tuple[Share, ...]:
    """Shares of one whole: each part once, together 1."""
    names = [one.name for one in shares]
    if len(set(names)) < len(names):
        raise ValueError(f"each part once, found {', '.join(names)}")
    total = sum(one.share for one in shares)
    if not math.isclose(total, 1, abs_tol=ROUNDING):
        raise ValueError(f"shares that add up to 1, found {total:.4g}")
    return shares


class Budget(PolicyModel):
    """How the yearly budget is split. Every list of shares adds up to 1."""

    total_usd_per_year: float = Field(gt=0)
    splits: dict[str, Annotated[tuple[Share, ...], AfterValidator(add_up)]] = Field(
        description="<what>_by_<dimension>, what is total, a segment, a market or its type, or a brand; each adds up to 1"
    )


class BusinessShare(PolicyModel):
    """What part of the business a market, or a type of market, is. An interval, where the brief gives one."""

    measure: Literal["revenue", "customers", "volume"]
    by: Literal["market", "market_type", "brand"]
    name: str
    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)
    source: str

    @model_validator(mode="after")
    def low_is_not_above_high(self) -> "BusinessShare":
        """An interval runs from low to high."""
        if self.low > self.high:
            raise ValueError(f"low is not above high, found {self.low:g} to {self.high:g}")
        return self


class Message(PolicyModel):
    """A message theme."""

    message: str = Field(pattern=r"^[a-z0-9_]+$")
    text: str


class Profile(PolicyModel):
    """Whom the briefs describe. For reports only: as list filters these are forbidden for credit offers, and off by default."""

    age_from_years: int = Field(ge=18, le=110)
    age_to_years: int = Field(ge=18, le=110)
    household_income_from_usd: float = Field(ge=0)
    luxury_household_income_from_usd: float | None = Field(default=None, ge=0, description="absent: higher, no figure given")
    use: Literal["report_only"]
    source: str


class Cadence(PolicyModel):
    """Who reads a segment's report, and how often."""

    segment: SegmentName
    reader: str
    report: Literal["daily", "weekly", "monthly"]
    study: Literal["quarterly"] | None = Field(default=None, description="lift studies")


class PlanPolicy(PolicyModel):
    """Budgets, targets and messages."""

    budget: Budget
    targets: tuple[Target, ...]
    messages: tuple[Message, ...]
    business: tuple[BusinessShare, ...] = ()
    profile: Profile | None = None
    cadence: tuple[Cadence, ...] = ()
    refresh_hours: int = Field(default=24, gt=0, le=168, description="from a signal to the audiences that follow from it")


class ConquestBrand(PolicyModel):
    """Makes that a brand can win from."""

    brand: str
    makes: tuple[str, ...] = Field(min_length=1)


class Radius(PolicyModel):
    """How far an audience reaches. miles null: the whole market (its ZIPs); unlimited: no geography at all."""

    segment: SegmentName
    market_type: str
    miles: float | None = Field(default=None, gt=0)
    whole_market: bool = False
    unlimited: bool = False

    @model_validator(mode="after")
    def has_a_reach(self) -> "Radius":
        """Miles, the whole market, or both (whichever reaches further); or unlimited alone."""
        if self.unlimited == (self.miles is not None or self.whole_market):
            raise ValueError("miles, whole_market: true, or unlimited: true (unlimited alone)")
        return self


class ConquestPolicy(PolicyModel):
    """Competitors and reach."""

    brands: tuple[ConquestBrand, ...]
    radii: tuple[Radius, ...]
