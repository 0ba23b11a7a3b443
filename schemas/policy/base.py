"""What every policy model is: frozen, and refusing keys it does not know."""

from pydantic import BaseModel, ConfigDict


class PolicyModel(BaseModel):
    """Base of all policy models."""

    model_config = ConfigDict(frozen=True, extra="forbid")
