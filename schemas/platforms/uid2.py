"""Unified ID 2.0: the hashing rules of its identity map. What is sent goes to The Trade Desk; see thetradedesk."""

from types import MappingProxyType

from schemas.platforms.contract import Identifier, PlatformContract

PLATFORM = PlatformContract(
    name="uid2",
    title="Unified ID 2.0",
    recipient="uid2",
    channels=("ctv", "video", "display"),
    identifiers=(
        Identifier("email", "email_uid2", "email", quality="strong"),
        Identifier("phone", "phone_e164", "phone", quality="strong", stands_for="phone_hash"),
    ),
    encoding="base64",
    batch_members=5_000,
    sources=MappingProxyType(
        {
            "identifiers": "IABTechLab/uid2docs docs/getting-started/gs-normalization-encoding.md",
            "batch_members": "IABTechLab/uid2docs, POST /v3/identity/map: 5,000 identifiers and 1 MB",
        }
    ),
)
