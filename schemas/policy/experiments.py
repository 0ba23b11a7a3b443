"""experiments.yaml: hold-outs and tests."""

from typing import Literal

from pydantic import Field

from schemas.policy.audiences import SegmentName
from schemas.policy.base import PolicyModel


class Arm(PolicyModel):
    """One arm of a test."""

    arm: str = Field(pattern=r"^[a-z0-9_]+$")
    share: float = Field(gt=0, le=1)


class Experiment(PolicyModel):
    """A test: who is in it, how it is split, what it measures."""

    experiment: str = Field(pattern=r"^[a-z0-9_]+$")
    segment: SegmentName
    title: str
    kind: Literal["person", "geo"]
    arms: tuple[Arm, ...] = Field(min_length=2)
    kpi: str
    is_on: bool


class ExperimentsPolicy(PolicyModel):
    """All tests, and the global control that nobody addresses."""

    global_control_share: float = Field(ge=0, le=0.5)
    experiments: tuple[Experiment, ...]
