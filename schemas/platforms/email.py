"""The group's own e-mail service provider. Files are not drawn."""

from schemas.platforms.contract import Identifier, PlatformContract

PLATFORM = PlatformContract(
    name="email",
    title="E-mail service provider",
    recipient="email",
    channels=("email",),
    identifiers=(Identifier("email", "email_trimmed", is_hashed=False, quality="strong"),),
)
