"""experiments.yaml: hold-outs and tests."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from schemas.policy.audiences import SegmentName
from schemas.policy.backtest import BacktestPolicy
from schemas.policy.base import PolicyModel

HELD_BACK_ARMS = ("control", "holdout", "held_back")


class Arm(PolicyModel):
    """One arm of a test, and what is done otherwise for the people in it.

    An arm that is neither held back nor the baseline changes something: message, channels, the audiences that address its
    people, the days of notice, or a cell of its own, by which it is told apart where a platform's setting is changed by hand.
    """

    arm: str = Field(pattern=r"^[a-z0-9_]+$")
    share: float = Field(gt=0, le=1)
    is_baseline: bool = Field(default=False, description="as planned: nothing changes")
    message: str | None = Field(default=None, description="message theme of plan.yaml that replaces the member's")
    channels: tuple[str, ...] | None = Field(default=None, description="only these of the member's channels")
    audiences: tuple[str, ...] | None = Field(
        default=None, description="only these of the concerned audiences address the person"
    )
    notice_days: int | None = Field(default=None, ge=0, description="addressed once service is due within so many days")
    cell_code: str | None = Field(default=None, pattern=r"^[A-Z0-9]{1,4}$", description="end of the export name of its own cell")
    by_hand: str | None = Field(default=None, description="what somebody has to set at the platform; needs a cell of its own")

    @property
    def is_held_back(self) -> bool:
        """Whether the people of the arm are not addressed at all."""
        return self.arm in HELD_BACK_ARMS

    @property
    def changes_something(self) -> bool:
        """Whether an export differs because of the arm."""
        given = (self.message, self.channels, self.audiences, self.notice_days, self.cell_code)
        return self.is_held_back or any(one is not None for one in given)

    @model_validator(mode="after")
    def does_what_it_says(self) -> "Arm":
        """A baseline and a held-back arm change nothing else; what is done by hand has a cell to be done in."""
        has_effect = self.changes_something and not self.is_held_back
        if self.is_baseline and (has_effect or self.is_held_back):
            raise ValueError(f"a baseline that changes nothing; arm {self.arm} does, so leave is_baseline away")
        if self.is_held_back and self.model_dump(exclude_unset=True).keys() - {"arm", "share"}:
            raise ValueError(f"nothing but a share; arm {self.arm} is held back and not addressed at all")
        if self.by_hand and not self.cell_code:
            raise ValueError(
                f"a cell_code beside by_hand; without its own cell nobody at the platform can tell arm {self.arm} apart"
            )
        return self


def share_out(arms: tuple[Arm, ...]) -> tuple[Arm, ...]:
    """Arms are distinct and take no more than everybody; who is in no arm takes no part."""
    names = [one.arm for one in arms]
    if len(names) < 2:
        raise ValueError(f"two or more arms, found {len(names)}")
    if len(set(names)) < len(names):
        raise ValueError(f"each arm once, found {', '.join(names)}")
    total = sum(one.share for one in arms)
    if total > 1.0005:
        raise ValueError(f"shares that add up to 1 or less, found {total:.4g}")
    return arms


StratumName = Literal["brand", "market", "relation"]


class Experiment(PolicyModel):
    """A test: who is in it, how it is split, what it measures. Who is in an arm stays there; see docs/experiments.md."""

    experiment: str = Field(pattern=r"^[a-z0-9_]+$")
    segment: SegmentName
    title: str
    kind: Literal["person", "geo"]
    arms: Annotated[tuple[Arm, ...], AfterValidator(share_out)]
    kpi: str
    is_on: bool
    brand: str | None = Field(default=None, description="the only brand concerned")
    market_types: tuple[str, ...] = Field(default=(), description="the only types of market concerned; all where absent")
    audiences: tuple[str, ...] = Field(default=(), description="the only audiences concerned; all of the segment where absent")
    starts_on: date | None = Field(default=None, description="first day; none where it is in force as long as it is on")
    ends_on: date | None = Field(default=None, description="last day")
    unit: Literal["person", "household"] = Field(
        default="person", description="who is drawn; household where one sees the other's"
    )
    strata: tuple[StratumName, ...] | None = Field(default=None, description="replaces the strata of assignment")
    baseline_rate: float | None = Field(default=None, gt=0, lt=1, description="replaces that of power")
    relative_lift: float | None = Field(default=None, gt=0, description="replaces that of power")
    source: str = ""

    def is_in_force(self, day: date) -> bool:
        """Whether it runs on a day."""
        return self.is_on and (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)

    @model_validator(mode="after")
    def can_be_run(self) -> "Experiment":
        """It ends after it starts, and at most one arm is the baseline."""
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValueError(f"ends_on not before starts_on, found {self.ends_on} before {self.starts_on}")
        if sum(one.is_baseline for one in self.arms) > 1:
            raise ValueError("at most one arm with is_baseline")
        return self


class Power(PolicyModel):
    """What a test must be able to see: the smallest lift, with this power and confidence, over this baseline."""

    baseline_rate: float = Field(gt=0, lt=1)
    relative_lift: float = Field(gt=0)
    power: float = Field(gt=0.5, lt=1)
    confidence: float = Field(gt=0.5, lt=1)
    source: str
    too_small: Literal["warn", "refuse"] = Field(default="warn", description="refuse: a test that stays too small draws nobody")
    most_weeks: int = Field(default=26, gt=0, description="a test that is not large enough within so many weeks is too small")


class Assignment(PolicyModel):
    """How people get into arms, and what happens to them there when ids or shares change."""

    strata: tuple[StratumName, ...] = Field(
        default=("brand", "market", "relation"), description="arms are balanced within each combination"
    )
    relation_years: tuple[float, ...] = Field(
        default=(1, 3), description="years as a customer, lower ends of bands after the first"
    )
    control_unit: Literal["person", "household"] = "household"
    on_merge: Literal["control_wins", "oldest"] = Field(
        default="control_wins", description="arm of a person who was two: a held-back one, or that of the older assignment"
    )
    on_change: Literal["keep", "redraw"] = Field(
        default="keep", description="of shares, arms or strata, for those who are in an arm"
    )
    ratio_alarm: float = Field(default=0.001, gt=0, lt=0.5, description="p below which arms of the wrong sizes are an alarm")
    most_imbalance: float = Field(default=0.1, gt=0, description="standardised difference of a stratum's share that is told")
    most_exposed_share: float = Field(default=0.01, ge=0, lt=1, description="share of the held back who saw advertising")
    most_met_share: float = Field(default=0.02, ge=0, lt=1, description="share of people in tests in whom two arms met")
    is_blocking: bool = Field(default=True, description="somebody held back who was delivered keeps the figures of the day back")


class GeoHoldout(PolicyModel):
    """ZIP codes that stay dark, so that the effect of a segment can be seen against them."""

    segment: SegmentName
    dark_share: float = Field(gt=0, lt=0.5, description="share of the people who live within reach")
    min_zips: int = Field(gt=0, description="least dark ZIPs")
    source: str
    is_on: bool = True
    market_types: tuple[str, ...] = Field(default=(), description="the only types of market concerned; all where absent")
    reach_miles: float = Field(default=60, gt=0, le=500, description="ZIPs further from every rooftop take no part")
    cluster_people: int = Field(default=100, gt=0, description="least people of a cluster of neighbouring ZIPs")
    cluster_miles: float = Field(default=15, gt=0, le=100, description="furthest ZIP from the one that its cluster began with")
    buffer_miles: float = Field(default=5, ge=0, le=100, description="lit ZIPs nearer to a dark one are a buffer")
    buffer: Literal["unaddressed", "unmeasured"] = Field(
        default="unmeasured", description="people between: not addressed either, or addressed and left out of measuring"
    )
    history_weeks: int = Field(default=26, ge=4, le=156, description="weeks before; GeoLift wants 25 or more")
    least_clusters: int = Field(default=20, ge=2, description="GeoLift wants more than 20")
    draws: int = Field(default=500, ge=1, le=20000, description="choices of dark clusters that are compared")
    most_imbalance: float = Field(default=0.25, gt=0, description="largest standardised difference; Stuart 2010")
    too_few: Literal["warn", "refuse"] = Field(default="refuse", description="refuse: with too few clusters nobody stays dark")


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
    control_starts_on: date | None = Field(default=None, description="first day of the global control")
    assignment: Assignment = Assignment()
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
