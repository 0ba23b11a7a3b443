"""Unified ID 2.0 (The Trade Desk): hashing rules. Files are not drawn."""

from types import MappingProxyType

from schemas.platforms.contract import Identifier, PlatformContract

PLATFORM = PlatformContract(
    name="uid2",
    title="Unified ID 2.0",
    recipient="uid2",
    channels=("ctv", "video", "display"),
    identifiers=(
        Identifier("email", "email_uid2", quality="strong"),
        Identifier("phone", "phone_e164", quality="strong", stands_for="phone_hash"),
    ),
    encoding="base64",
    batch_members=5_000,
    max_membership_days=180,
    sources=MappingProxyType(
        {
            "identifiers": "IABTechLab/uid2docs docs/getting-started/gs-normalization-encoding.md",
            "batch_members": "IABTechLab/uid2docs, POST /v3/identity/map",
            "max_membership_days": "The Trade Desk first-party data API: TTL default 30, at most 180 days",
        }
    ),
)
