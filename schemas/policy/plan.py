"""plan.yaml and conquest.yaml: budgets, targets, competitor makes, radii, messages."""

from pydantic import Field

from schemas.policy.audiences import SegmentName
from schemas.policy.base import PolicyModel


class Share(PolicyModel):
    """A share of something, 0 to 1."""

    name: str
    share: float = Field(ge=0, le=1)


class Target(PolicyModel):
    """A figure to reach. `kpi` as in the kpi table."""

    segment: SegmentName
    kpi: str
    low: float
    high: float
    unit: str
    per: str = Field(description="month, year, unit")
    source: str


class Budget(PolicyModel):
    """How the yearly budget is split. Every list of shares adds up to 1."""

    total_usd_per_year: float = Field(gt=0)
    splits: dict[str, tuple[Share, ...]] = Field(description="by market type, segment, brand, channel: each adds up to 1")


class Message(PolicyModel):
    """A message theme."""

    message: str = Field(pattern=r"^[a-z0-9_]+$")
    text: str


class PlanPolicy(PolicyModel):
    """Budgets, targets and messages."""

    budget: Budget
    targets: tuple[Target, ...]
    messages: tuple[Message, ...]


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


class ConquestPolicy(PolicyModel):
    """Competitors and reach."""

    brands: tuple[ConquestBrand, ...]
    radii: tuple[Radius, ...]
