"""experiments.yaml, backtest: when a back-test says a figure, over which horizons, and how coarsely people are matched."""

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from schemas.policy.base import PolicyModel

Place = Literal["rooftop", "brand", "group"]


def rising(edges: tuple[int, ...]) -> tuple[int, ...]:
    """Whole numbers above 0, each larger than the one before."""
    if any(one <= 0 for one in edges) or any(low >= high for low, high in pairwise(edges)):
        raise ValueError(f"whole numbers above 0, each larger than the one before, found {', '.join(map(str, edges))}")
    return edges


Edges = Annotated[tuple[int, ...], AfterValidator(rising), Field(min_length=1, max_length=12)]


class MatchPolicy(PolicyModel):
    """How people are coarsened before they are matched exactly: lower edges of bands, the first band begins at 0."""

    places: tuple[Place, ...] = Field(default=("rooftop", "brand", "group"), min_length=1, description="from fine to coarse")
    least_matched_share: float = Field(
        default=0.8, gt=0, le=1, description="of those in whom it fired; below it the next place is tried"
    )
    held_months: Edges = Field(default=(12, 24, 36, 48, 72, 96), description="months since the vehicle came")
    service_months: Edges = Field(default=(4, 8, 12, 18, 24), description="months since the person's last service here")
    visits: Edges = Field(default=(1, 3, 6), description="service visits in 24 months")
    purchases: Edges = Field(default=(1, 2), description="deals here, ever")


class BacktestPolicy(PolicyModel):
    """Horizons, and how much it takes before a figure is given at all."""

    horizons_days: Edges = Field(default=(30, 60, 90), description="days after the day on which it fired")
    confidence: float = Field(default=0.95, gt=0.5, lt=1, description="of the intervals")
    least_people: int = Field(default=30, ge=2, description="people on each side; with fewer no figure is given")
    least_events: int = Field(
        default=10, ge=1, description="people with the outcome, both sides together; with fewer no figure is given"
    )
    match: MatchPolicy = MatchPolicy()
