"""Amazon Ads audiences: the hashed file of Ads Data Manager."""

from types import MappingProxyType

from schemas.platforms.contract import Column, Identifier, PlatformContract

KINDS = ("first_name", "last_name", "address", "city", "state", "zip", "phone", "email")

PLATFORM = PlatformContract(
    name="amazon",
    title="Amazon Ads audiences",
    recipient="amazon",
    channels=("display", "video", "ctv"),
    identifiers=(
        Identifier("email", "email_trimmed", "email", quality="strong", stands_for="email_hash"),
        Identifier("phone", "phone_digits", "phone", quality="strong"),
        Identifier("first_name", "text_lower", "first_name"),
        Identifier("last_name", "text_lower", "last_name"),
        Identifier("address", "text_lower", "street"),
        Identifier("city", "text_lower", "city"),
        Identifier("state", "state_lower", "state"),
        Identifier("zip", "zip_five", "zip"),
    ),
    enough=(("first_name", "last_name", "address", "zip"),),
    first_party_only=True,
    renderer="csv",
    columns=tuple(Column(kind, kind) for kind in KINDS),
    max_per_kind=1,
    min_people=2_000,
    sources=MappingProxyType(
        {
            "identifiers": "connector documentation: each trimmed, lower case, SHA-256 hex",
            "columns": "assumption: names of the connector's parameters; confirm against the account's own template",
            "first_party_only": "our caution: no text was found that permits bought lists",
            "max_per_kind": "one column per kind in the file",
            "min_people": "assumption: 2,000 matched people; no figure was read",
        }
    ),
    unverified=("names and order of the columns", "the least size", "how phones are written before hashing"),
)
