"""Meta custom audiences over the Marketing API, and the customer list CSV."""

from types import MappingProxyType

from schemas.platforms.contract import Identifier, PlatformContract

PLATFORM = PlatformContract(
    name="meta",
    title="Meta custom audiences",
    recipient="meta",
    channels=("social", "crm_match", "display", "video"),
    identifiers=(
        Identifier("email", "email_trimmed", "email", quality="strong", stands_for="email_hash"),
        Identifier("phone", "phone_digits", "phone", quality="strong"),
        Identifier("madid", "device_id", "none", is_hashed=False, quality="strong"),
        Identifier("fn", "name_joined", "first_name"),
        Identifier("ln", "name_joined", "last_name"),
        Identifier("ct", "city_joined", "city"),
        Identifier("st", "state_lower", "state"),
        Identifier("zip", "zip_five", "zip"),
        Identifier("country", "country_lower", "country"),
        Identifier("db", "date_compact", "none"),
        Identifier("extern_id", "as_it_is", "person_id", is_hashed=False),
    ),
    enough=(("fn", "ln", "zip"),),
    limited_use_states=("CA",),
    renderer="meta",
    batch_members=10_000,
    max_per_kind=3,
    min_people=100,
    max_name_length=255,
    file_source=MappingProxyType(
        {"conquest": "PARTNER_PROVIDED_ONLY", "in_market": "USER_PROVIDED_ONLY", "loyalty": "USER_PROVIDED_ONLY"}
    ),
    sources=MappingProxyType(
        {
            "identifiers": "https://developers.facebook.com customer-information-parameters; HCL Unica mirror of the table",
            "limited_use_states": "https://developers.facebook.com Limited Data Use: California's act as Meta applies it",
            "batch_members": "https://developers.facebook.com/documentation/ads-commerce/marketing-api/audiences/guides/custom-audiences",
            "max_per_kind": "https://www.facebook.com/business/help/2082575038703844: three e-mail and three phone columns",
            "file_source": "enum customer_file_source of the Marketing API",
            "max_membership_days": "none: audiences unused for two years are deleted, https://www.facebook.com/business/help/2082575038703844",
            "min_people": "https://www.facebook.com/business/help/2082575038703844: avoid lists of fewer than 100 people",
            "max_name_length": "assumption: no figure was found; our names are far shorter",
        }
    ),
    unverified=("names of the fields of the session object", "the greatest length of an audience's name"),
)
