"""identity.yaml: fan-out limits and rules of identity."""

from typing import Literal

from pydantic import Field

from schemas.policy.base import PolicyModel
from schemas.policy.household import HouseholdPolicy
from schemas.policy.hygiene import HygienePolicy
from schemas.policy.survivorship import SurvivorshipPolicy
from schemas.policy.web_identity import WebIdentityPolicy

Metric = Literal[
    "dropped_blocks",
    "largest_person_records",
    "churn",
    "merged_persons",
    "split_persons",
    "drift",
    "full_run_agreement",
]


class HealthPolicy(PolicyModel):
    """Limits of the day's resolution. Shares are 0 to 1."""

    max_dropped_blocks: int = Field(default=200, ge=0, description="values on too many profiles to be keys")
    max_records_per_person: int = Field(default=400, gt=1, description="records of the largest person")
    max_churn: float = Field(
        default=0.001, gt=0, le=1, description="share of old records that change person, per changed percent"
    )
    max_merge_share: float = Field(default=0.005, gt=0, le=1, description="share of known persons that were merged away")
    max_split_share: float = Field(default=0.005, gt=0, le=1, description="share of known persons that were split")
    max_drift: float = Field(default=0.25, gt=0, description="population stability index of levels; 0.25 is the usual alarm")
    min_full_agreement: float = Field(default=0.999, gt=0, le=1, description="pairs on which the state and a full run agree, F1")
    block: tuple[Metric, ...] = Field(default=(), description="metrics that keep a day from being published; the others warn")


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
    learn_again_after_days: int = Field(default=28, gt=0, le=366, description="days for which the model stays frozen")
    full_run_weekday: int = Field(default=7, ge=1, le=7, description="1 Monday to 7 Sunday: all is linked afresh to compare")
    health: HealthPolicy = HealthPolicy()
    web: WebIdentityPolicy = WebIdentityPolicy()
    household: HouseholdPolicy = HouseholdPolicy()
    survivorship: SurvivorshipPolicy = SurvivorshipPolicy()
    hygiene: HygienePolicy = HygienePolicy()
