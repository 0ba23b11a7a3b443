"""The mail house. Files are not drawn."""

from schemas.platforms.contract import Identifier, PlatformContract

PLATFORM = PlatformContract(
    name="direct_mail",
    title="Mail house",
    recipient="direct_mail",
    channels=("mail",),
    identifiers=(Identifier("zip", "zip_five", is_hashed=False),),
)
