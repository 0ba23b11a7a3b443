"""Meta custom audiences over the Marketing API, and the customer list CSV."""

from types import MappingProxyType

from schemas.platforms.contract import Identifier, PlatformContract

PLATFORM = PlatformContract(
    name="meta",
    title="Meta custom audiences",
    recipient="meta",
    channels=("social", "crm_match", "display", "video"),
    identifiers=(
        Identifier("email", "email_trimmed", quality="strong", stands_for="email_hash"),
        Identifier("phone", "phone_digits", quality="strong"),
        Identifier("madid", "device_id", is_hashed=False, quality="strong"),
        Identifier("extern_id", "as_it_is", is_hashed=False, quality="strong"),
        Identifier("fn", "name_joined"),
        Identifier("ln", "name_joined"),
        Identifier("ct", "city_joined"),
        Identifier("st", "state_lower"),
        Identifier("zip", "zip_five"),
        Identifier("country", "country_lower"),
        Identifier("db", "date_compact"),
    ),
    renderer="meta",
    batch_members=10_000,
    max_identifiers=0,
    max_membership_days=0,
    min_people=100,
    max_name_length=255,
    file_source=MappingProxyType(
        {"conquest": "PARTNER_PROVIDED_ONLY", "in_market": "USER_PROVIDED_ONLY", "loyalty": "USER_PROVIDED_ONLY"}
    ),
    sources=MappingProxyType(
        {
            "identifiers": "https://developers.facebook.com customer-information-parameters; HCL Unica mirror of the table",
            "batch_members": "https://developers.facebook.com/documentation/ads-commerce/marketing-api/audiences/guides/custom-audiences",
            "file_source": "enum customer_file_source of the Marketing API",
            "max_membership_days": "none: audiences unused for two years are deleted, https://www.facebook.com/business/help/2082575038703844",
            "min_people": "https://www.facebook.com/business/help/2082575038703844: avoid lists of fewer than 100 people",
            "max_name_length": "assumption: no figure was found; our names are far shorter",
        }
    ),
)
