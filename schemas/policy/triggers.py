"""triggers.yaml: which moments fire, when, and for how long."""

import re

from pydantic import Field, model_validator

from schemas.policy.base import PolicyModel


class TriggerPolicy(PolicyModel):
    """One trigger. `parameters` are the numbers its module names; an unknown one is refused when the policy is loaded."""

    is_on: bool = True
    parameters: dict[str, float] = Field(default_factory=dict)
    expires_days: int = Field(gt=0, le=540, description="days after which it lapses unless renewed")

    @model_validator(mode="after")
    def from_is_not_above_to(self) -> "TriggerPolicy":
        """A span runs from low to high: months_from to months_to, from_days to to_days."""
        for name, low in self.parameters.items():
            other = re.sub(r"(^|_)from(_|$)", r"\1to\2", name)
            high = self.parameters.get(other, low)
            if other != name and low > high:
                raise ValueError(f"{name} not above {other}, found {low:g} to {high:g}")
        return self


class ServiceStates(PolicyModel):
    """Months since the last service visit."""

    at_risk_from: float = Field(gt=0)
    lapsed_from: float = Field(gt=0)
    lost_from: float = Field(gt=0)


class TriggerMemoryPolicy(PolicyModel):
    """When a moment that comes back is still the same one."""

    rest_days: int = Field(default=7, ge=0, le=90, description="days for which a moment that stopped holding is remembered")
    same_due_days: int = Field(
        default=45, ge=0, le=365, description="days by which its due date may move and it is still the same moment"
    )


class TriggersPolicy(PolicyModel):
    """All triggers by name, as the modules of pipelines/triggers."""

    triggers: dict[str, TriggerPolicy]
    service_states: ServiceStates
    life_event_days: int = Field(gt=0, le=1095, description="days for which a life event counts")
    memory: TriggerMemoryPolicy = TriggerMemoryPolicy()
