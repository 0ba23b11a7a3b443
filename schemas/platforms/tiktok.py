"""TikTok customer files: hashing rules. Files are not drawn.

The phone is hashed without its plus: the platform's page prints the plus, its digest is of the digits alone.
"""

from types import MappingProxyType

from schemas.platforms.contract import Identifier, PlatformContract

PLATFORM = PlatformContract(
    name="tiktok",
    title="TikTok customer file",
    recipient="tiktok",
    channels=("social", "video"),
    identifiers=(
        Identifier("email", "email_tiktok", quality="strong"),
        Identifier("phone", "phone_digits", quality="strong"),
        Identifier("maid", "device_id", quality="strong"),
    ),
    min_people=1_000,
    sources=MappingProxyType(
        {
            "identifiers": "https://ads.tiktok.com/help customer file page",
            "min_people": "segment-docs pull request 6526",
        }
    ),
)
