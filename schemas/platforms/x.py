"""X custom audiences: hashing rules. Files are not drawn."""

from types import MappingProxyType

from schemas.platforms.contract import Identifier, PlatformContract

PLATFORM = PlatformContract(
    name="x",
    title="X custom audiences",
    recipient="x",
    channels=("social",),
    identifiers=(
        Identifier("email", "email_trimmed", "email", quality="strong", stands_for="email_hash"),
        Identifier("handle", "handle", "none", quality="strong"),
    ),
    sources=MappingProxyType({"identifiers": "https://developer.x.com audiences user-data"}),
)
