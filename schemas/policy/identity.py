"""identity.yaml: fan-out limits and rules of identity."""

from pydantic import Field

from schemas.policy.base import PolicyModel
from schemas.policy.household import HouseholdPolicy
from schemas.policy.hygiene import HygienePolicy
from schemas.policy.survivorship import SurvivorshipPolicy
from schemas.policy.web_identity import WebIdentityPolicy


class IdentityPolicy(PolicyModel):
    """How records become people."""

    max_records_per_email: int = Field(gt=1, description="above it, an e-mail is shared and identifies nobody")
    max_names_per_email: int = Field(gt=0)
    max_records_per_phone: int = Field(gt=1)
    max_names_per_phone: int = Field(gt=0)
    max_records_per_address: int = Field(gt=1, description="above it, an address is not a household")
    max_people_per_web_client: int = Field(gt=0, description="above it, a device is shared (showroom tablet, kiosk)")
    name_similarity_from: float = Field(gt=0, le=100, description="Jaro-Winkler of first names, 0 to 100, from which they agree")
    placeholder_emails: tuple[str, ...]
    placeholder_phones: tuple[str, ...]
    source_order: tuple[str, ...] = Field(description="feeds whose values survive first")
    stale_after_months: int = Field(gt=0)
    web: WebIdentityPolicy = WebIdentityPolicy()
    household: HouseholdPolicy = HouseholdPolicy()
    survivorship: SurvivorshipPolicy = SurvivorshipPolicy()
    hygiene: HygienePolicy = HygienePolicy()
