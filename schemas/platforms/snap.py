"""Snap customer lists: one type of identifier per list, so that a cell is two segments."""

from types import MappingProxyType

from schemas.platforms.contract import Identifier, PlatformContract

PLATFORM = PlatformContract(
    name="snap",
    title="Snap customer lists",
    recipient="snap",
    channels=("social", "video"),
    identifiers=(
        Identifier("email", "email_trimmed", "email", quality="strong", stands_for="email_hash"),
        Identifier("phone", "phone_digits", "phone", quality="strong"),
    ),
    first_party_only=True,
    renderer="snap",
    batch_members=10_000,
    max_membership_days=9_999,
    min_people=1_000,
    max_name_length=375,
    sources=MappingProxyType(
        {
            "identifiers": "https://developers.snap.com customer lists: digits with country code, without 00 and leading zeros",
            "first_party_only": "https://developers.snap.com customer lists: source_type FIRST_PARTY",
            "batch_members": "our choice: no figure of Snap's was found",
            "max_membership_days": "https://developers.snap.com customer lists: retention_in_days, 9999 is lifetime",
            "min_people": "https://developers.snap.com and connector documentation: 1,000 matched users",
            "max_name_length": "https://developers.snap.com customer lists",
        }
    ),
    unverified=("the most users of a request",),
)
