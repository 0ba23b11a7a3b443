"""experiments.yaml: hold-outs and tests."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from schemas.policy.audiences import SegmentName
from schemas.policy.backtest import BacktestPolicy
from schemas.policy.base import PolicyModel


class Arm(PolicyModel):
    """One arm of a test."""

    arm: str = Field(pattern=r"^[a-z0-9_]+$")
    share: float = Field(gt=0, le=1)


def share_out(arms: tuple[Arm, ...]) -> tuple[Arm, ...]:
    """Arms are distinct and take no more than everybody; who is in no arm takes no part."""
    names = [one.arm for one in arms]
    if len(set(names)) < len(names):
        raise ValueError(f"each arm once, found {', '.join(names)}")
    total = sum(one.share for one in arms)
    if total > 1.0005:
        raise ValueError(f"shares that add up to 1 or less, found {total:.4g}")
    return arms


class Experiment(PolicyModel):
    """A test: who is in it, how it is split, what it measures."""

    experiment: str = Field(pattern=r"^[a-z0-9_]+$")
    segment: SegmentName
    title: str
    kind: Literal["person", "geo"]
    arms: Annotated[tuple[Arm, ...], AfterValidator(share_out)] = Field(min_length=2)
    kpi: str
    is_on: bool
    brand: str | None = Field(default=None, description="the only brand concerned")
    market_types: tuple[str, ...] = Field(default=(), description="the only types of market concerned; all where absent")
    source: str = ""


class Power(PolicyModel):
    """What a test must be able to see: the smallest lift, with this power and confidence, over this baseline."""

    baseline_rate: float = Field(gt=0, lt=1)
    relative_lift: float = Field(gt=0)
    power: float = Field(gt=0.5, lt=1)
    confidence: float = Field(gt=0.5, lt=1)
    source: str


class GeoHoldout(PolicyModel):
    """ZIP codes that stay dark, so that the effect of a segment can be seen against them."""

    segment: SegmentName
    dark_share: float = Field(gt=0, lt=0.5, description="share of the market's ZIPs")
    min_zips: int = Field(gt=0)
    source: str


class Measurement(PolicyModel):
    """How the effect of a segment is judged."""

    segment: SegmentName
    method: Literal["geo_holdout", "brand_lift", "dms_baseline"]
    title: str


class ExperimentsPolicy(PolicyModel):
    """All tests, and the global control that nobody addresses."""

    global_control_share: float = Field(ge=0, le=0.5)
    global_control_low: float = Field(default=0.0, ge=0, le=0.5, description="least share that the brief wants held back")
    global_control_high: float = Field(default=0.5, ge=0, le=0.5, description="most share that the brief wants held back")
    experiments: tuple[Experiment, ...]
    power: Power | None = None
    geo_holdouts: tuple[GeoHoldout, ...] = ()
    measurement: tuple[Measurement, ...] = ()
    backtest: BacktestPolicy = BacktestPolicy()

    @model_validator(mode="after")
    def control_is_within_its_limits(self) -> "ExperimentsPolicy":
        """The share held back lies between the limits of the brief."""
        if not self.global_control_low <= self.global_control_share <= self.global_control_high:
            limits = f"{self.global_control_low:g} to {self.global_control_high:g}"
            raise ValueError(f"global_control_share within {limits}, found {self.global_control_share:g}")
        return self
