"""Microsoft Advertising customer match: the bulk CSV."""

from types import MappingProxyType

from schemas.platforms.contract import Identifier, PlatformContract

PLATFORM = PlatformContract(
    name="microsoft",
    title="Microsoft Advertising customer match",
    recipient="microsoft",
    channels=("search", "display"),
    identifiers=(Identifier("email", "email_trimmed", "email", quality="strong", stands_for="email_hash"),),
    first_party_only=True,
    renderer="microsoft",
    max_membership_days=390,
    min_people=300,
    max_name_length=128,
    sources=MappingProxyType(
        {
            "identifiers": "MicrosoftDocs/BingAds-docs Advertising/bingads-13/bulk-service/customer-list-item.md",
            "columns": "MicrosoftDocs/BingAds-docs Advertising/bingads-13/bulk-service/customer-list.md",
            "first_party_only": "https://help.ads.microsoft.com/apex/index/3/en/56921",
            "max_membership_days": "390 today; the text of 2021 says 180",
            "min_people": "300 for audience ads; 1,000 for search",
            "max_name_length": "MicrosoftDocs/BingAds-docs, customer list",
        }
    ),
    unverified=("390 days of membership", "whether phones are taken today"),
)
