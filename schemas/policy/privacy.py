"""privacy.yaml: purposes, recipients, states, and what no credit offer may use."""

from typing import Literal

from pydantic import Field

from schemas.policy.base import PolicyModel

Purpose = Literal["ads", "email", "phone", "mail"]


class Grant(PolicyModel):
    """One thing that is allowed: this recipient, for this purpose, on this basis. What is not granted is denied."""

    recipient: str
    purpose: Purpose
    basis: Literal["first_party_relationship", "licence"]
    segments: tuple[str, ...]


class PrivacyPolicy(PolicyModel):
    """Consent and its limits. The gate is closed unless a grant opens it."""

    grants: tuple[Grant, ...]
    excluded_states: tuple[str, ...] = Field(default=(), description="states of residence that get no ads at all")
    allow_unknown_state: bool = Field(description="whether a person without a state may be addressed")
    minimum_age_years: int = Field(ge=18)
    gpc_is_opt_out_everywhere: bool
    gpc_states: tuple[str, ...] = Field(
        default=("CA", "CO", "CT", "DE", "MD", "MN", "MT", "NE", "NH", "NJ", "OR", "TX"),
        description="states whose law makes a browser's signal an opt-out; read where it is not one everywhere. "
        "Joint sweep of September 2025 and the state acts; an unknown state counts as one of these",
    )
    undeliverable_bounces: int = Field(ge=1, description="hard bounces after which an address is not used")
    credit_forbidden_columns: tuple[str, ...] = Field(description="candidate columns that no rule of a credit offer may name")
    forbidden_name_words: tuple[str, ...] = Field(description="words that no exported name may carry")
