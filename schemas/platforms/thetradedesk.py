"""The Trade Desk: e-mails and phones by the rules of UID2, as CRM data; and the UID2s of its identity map."""

from types import MappingProxyType

from schemas.platforms.contract import PlatformContract
from schemas.platforms.uid2 import PLATFORM as UID2

PLATFORM = PlatformContract(
    name="thetradedesk",
    title="The Trade Desk",
    recipient="thetradedesk",
    channels=("ctv", "video", "display"),
    identifiers=UID2.identifiers,
    encoding="base64",
    renderer="thetradedesk",
    batch_members=5_000,
    max_membership_days=180,
    sources=MappingProxyType(
        {
            "identifiers": UID2.sources["identifiers"],
            "batch_members": UID2.sources["batch_members"],
            "max_membership_days": "The Trade Desk first-party data API: TTL default 30, at most 180 days",
        }
    ),
    unverified=("the least size of a segment", "paths and merge modes of CRM data"),
)
