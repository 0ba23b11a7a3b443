"""Pinterest customer lists: e-mails of one list as one text."""

from types import MappingProxyType

from schemas.platforms.contract import Identifier, PlatformContract

PLATFORM = PlatformContract(
    name="pinterest",
    title="Pinterest customer lists",
    recipient="pinterest",
    channels=("social", "display"),
    identifiers=(Identifier("email", "email_trimmed", "email", quality="strong", stands_for="email_hash"),),
    renderer="pinterest",
    batch_members=10_000,
    min_people=100,
    sources=MappingProxyType(
        {
            "identifiers": "Pinterest API v5, customer lists: e-mails in lower case, plain or SHA-256; one type per list",
            "batch_members": "our choice: no figure of Pinterest's was found; connectors send up to 50,000 identifiers",
            "min_people": "Pinterest API v5, customer lists: at least 100 Pinterest accounts",
        }
    ),
    unverified=("the most identifiers of a request",),
)
