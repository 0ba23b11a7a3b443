"""LinkedIn matched audiences: users of a DMP segment, and the list upload CSV."""

from types import MappingProxyType

from schemas.platforms.contract import Identifier, PlatformContract

PLATFORM = PlatformContract(
    name="linkedin",
    title="LinkedIn matched audiences",
    recipient="linkedin",
    channels=("social", "display"),
    identifiers=(Identifier("email", "email_trimmed", "email", quality="strong", stands_for="email_hash"),),
    first_party_only=True,
    renderer="linkedin",
    batch_members=1_000,
    min_people=300,
    sources=MappingProxyType(
        {
            "identifiers": "learn.microsoft.com/linkedin, create and manage segment users: idType SHA256_EMAIL",
            "first_party_only": "our caution: no text was found that permits bought lists",
            "batch_members": "our choice: no figure of LinkedIn's was read",
            "min_people": "learn.microsoft.com/linkedin and connector documentation: 300 matched members",
        }
    ),
    unverified=("the most users of a request", "hashed e-mails in the list upload CSV"),
)
