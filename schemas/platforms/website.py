"""The group's own websites, which ask through the pull interface. No files are drawn.

A page greets whom an advertising channel may address: it serves those channels, and has no members of its own.
"""

from schemas.platforms.contract import PlatformContract

PLATFORM = PlatformContract(
    name="website",
    title="The group's websites",
    recipient="website",
    channels=("search", "third_party", "social", "display", "video", "ctv", "crm_match"),
    identifiers=(),
)
