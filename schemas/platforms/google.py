"""Google Customer Match over the Data Manager API, and the upload CSV of Google Ads."""

from types import MappingProxyType

from schemas.platforms.contract import Identifier, PlatformContract

PLATFORM = PlatformContract(
    name="google",
    title="Google Ads Customer Match",
    recipient="google",
    channels=("search", "display", "video", "ctv"),
    identifiers=(
        Identifier("email", "email_google", "email", quality="strong"),
        Identifier("phone", "phone_e164", "phone", quality="strong", stands_for="phone_hash"),
        Identifier("given_name", "name_plain", "first_name"),
        Identifier("family_name", "name_plain", "last_name"),
        Identifier("region", "country_upper", "country", is_hashed=False),
        Identifier("postal_code", "zip_five", "zip", is_hashed=False),
    ),
    joint=MappingProxyType({"address": ("given_name", "family_name", "region", "postal_code")}),
    first_party_only=True,
    renderer="google",
    batch_members=10_000,
    max_identifiers=10,
    max_membership_days=540,
    min_people=100,
    max_name_length=255,
    sources=MappingProxyType(
        {
            "identifiers": "https://developers.google.com/data-manager/api/devguides/concepts/formatting",
            "first_party_only": "https://support.google.com/adspolicy/answer/6299717",
            "batch_members": "https://developers.google.com/data-manager/api/devguides/limits",
            "max_identifiers": "https://developers.google.com/data-manager/api/devguides/limits",
            "max_membership_days": "https://developers.google.com/ads/blog/posts/2025/02/update-to-customer-match-membership",
            "min_people": "connector documentation, matched users; older text says 1,000, so policy asks for more",
            "max_name_length": "assumption: no figure was found; our names are far shorter",
        }
    ),
    unverified=("the greatest length of a list's name",),
)
