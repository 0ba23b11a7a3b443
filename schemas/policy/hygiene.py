"""identity.yaml, section hygiene: whom the reports call actionable."""

from pydantic import Field

from schemas.policy.base import PolicyModel
from schemas.policy.privacy import Purpose


class HygienePolicy(PolicyModel):
    """Actionable: somebody on file who can be reached and may be. Staff and businesses never are."""

    purposes: tuple[Purpose, ...] = Field(
        default=("ads", "email", "phone", "mail"),
        min_length=1,
        description="one of them must be allowed, by an identifier that serves it",
    )
    own_identifiers_only: bool = Field(default=True, description="whether what was only bought does not count")
    actionable_share_low: float = Field(default=0.60, ge=0, le=1, description="below it, the page warns (brief B: 60-70%)")
