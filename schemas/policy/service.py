"""service.yaml: who may ask the pull interface, on whose behalf, for what, and how often. Keys never stand here."""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from schemas.policy.base import PolicyModel
from schemas.policy.privacy import Purpose

IdentityTier = Literal["exact", "strict", "loose"]


class ServiceClient(PolicyModel):
    """One program that asks, with its own key. What it may see is what privacy.yaml grants its recipients for its purposes."""

    client: str = Field(pattern=r"^[a-z][a-z0-9_]{1,40}$", description="name in the ledger and in logs")
    owner: str = Field(description="team that answers for the key")
    is_on: bool = True
    key_env: str | None = Field(
        default=None, pattern=r"^[A-Z][A-Z0-9_]*$", description="environment variable of the service that holds the key"
    )
    key_sha256: tuple[str, ...] = Field(
        default=(), description="SHA-256, lower hex, of keys made by `velocity new-key`; two while a key is being changed"
    )
    recipients: tuple[str, ...] = Field(min_length=1, description="recipients of schemas/platforms for whom it asks")
    purposes: tuple[Purpose, ...] = Field(min_length=1)
    identity_tiers: tuple[IdentityTier, ...] = Field(
        default=("exact", "strict"),
        min_length=1,
        description="tiers, of the member and of the identifier asked with, that are answered",
    )
    is_told_reasons: bool = Field(default=True, description="whether answers carry the sentences of reasons")
    requests_per_second: float = Field(gt=0, le=10_000, description="requests a second, lasting")
    burst_requests: int = Field(ge=1, le=100_000, description="requests at once after a quiet time")

    @field_validator("key_sha256")
    @classmethod
    def are_digests(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Hashes, not keys: the message does not repeat what was found, which may be a key."""
        if any(len(one) != 64 or set(one) - set("0123456789abcdef") for one in value):
            raise ValueError("64 characters 0-9 and a-f, as `velocity new-key` prints beside the key; never the key itself")
        return value

    @model_validator(mode="after")
    def has_a_key(self) -> "ServiceClient":
        """Nobody asks without a key."""
        if self.key_env is None and not self.key_sha256:
            raise ValueError("neither key_env nor key_sha256; a client needs one of them")
        return self


class ServicePolicy(PolicyModel):
    """The pull interface. Without clients nobody can ask."""

    clients: tuple[ServiceClient, ...] = ()
    reload_seconds: float = Field(default=30, ge=0.1, le=3600, description="seconds between looks for a newly published day")
    max_age_days: int = Field(
        default=7, ge=0, le=90, description="days after which the served day is too old to say who opted out"
    )
    wrong_keys_per_second: float = Field(
        default=5, gt=0, le=1000, description="answers a second to unknown keys, all callers together"
    )
    audit_flush_seconds: float = Field(
        default=1, ge=0.05, le=60, description="seconds until a record of an answer survives a power cut"
    )
    audit_keep_days: int = Field(
        default=35, ge=2, le=400, description="days that records are kept beside the table they were folded into"
    )

    @field_validator("clients")
    @classmethod
    def each_once(cls, value: tuple[ServiceClient, ...]) -> tuple[ServiceClient, ...]:
        """Names and keys are not shared."""
        names = [one.client for one in value]
        keys = [key for one in value for key in (*one.key_sha256, *([one.key_env] if one.key_env else []))]
        if len(set(names)) < len(names) or len(set(keys)) < len(keys):
            raise ValueError("a client or a key stands twice; each once")
        return value
