"""TikTok customer file.

The phone is hashed without its plus: the platform's page prints the plus, its digest is of the digits alone.
"""

from types import MappingProxyType

from schemas.platforms.contract import Column, Identifier, PlatformContract

PLATFORM = PlatformContract(
    name="tiktok",
    title="TikTok customer file",
    recipient="tiktok",
    channels=("social", "video"),
    identifiers=(
        Identifier("email", "email_tiktok", "email", quality="strong"),
        Identifier("phone", "phone_digits", "phone", quality="strong"),
        Identifier("maid", "device_id", "none", quality="strong"),
    ),
    renderer="csv",
    columns=(
        *(Column("Email_SHA256", "email", place) for place in range(3)),
        *(Column("Phone_SHA256", "phone", place) for place in range(3)),
    ),
    max_per_kind=3,
    min_people=1_000,
    sources=MappingProxyType(
        {
            "identifiers": "https://ads.tiktok.com/help customer file page",
            "columns": "https://ads.tiktok.com/help customer file page: each header at most three times",
            "max_per_kind": "https://ads.tiktok.com/help customer file page: each header at most three times",
            "min_people": "segment-docs pull request 6526",
        }
    ),
    unverified=("the phone's plus: pages of 2025 contradict each other and their own digest",),
)
