"""channels.yaml, reach: what share of the people we send each platform finds, until it says so itself."""

from pydantic import Field, model_validator

from schemas.policy.base import PolicyModel


class MatchRate(PolicyModel):
    """The share of matchable people whom a platform finds, as an interval."""

    platform: str
    low: float = Field(gt=0, le=1)
    high: float = Field(gt=0, le=1)
    unit: str = Field(pattern=r"^share of the people sent$")
    source: str

    @model_validator(mode="after")
    def is_in_order(self) -> "MatchRate":
        """low is not above high."""
        if self.low > self.high:
            raise ValueError(f"low {self.low:g} above high {self.high:g}; low not above high")
        return self


class ReachPolicy(PolicyModel):
    """How many of those sent are found. A platform without a line is taken to find anything from nobody to everybody."""

    match_rates: tuple[MatchRate, ...] = ()

    @model_validator(mode="after")
    def each_once(self) -> "ReachPolicy":
        """One line per platform."""
        names = [one.platform for one in self.match_rates]
        twice = sorted({one for one in names if names.count(one) > 1})
        if twice:
            raise ValueError(f"each platform once, found more than one line for {', '.join(twice)}; keep one")
        return self
