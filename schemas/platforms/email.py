"""The group's own e-mail service provider: plain addresses, because it writes to them. The layout is our own contract."""

from types import MappingProxyType

from schemas.platforms.contract import Column, Identifier, PlatformContract

PLATFORM = PlatformContract(
    name="email",
    title="E-mail service provider",
    recipient="email",
    channels=("email",),
    purpose="email",
    identifiers=(
        Identifier("email", "email_trimmed", "email", is_hashed=False, quality="strong"),
        Identifier("first_name", "name_shown", "first_name", is_hashed=False),
    ),
    details=("rooftop", "vehicle_year", "vehicle_make", "vehicle_model", "trigger", "offer_code"),
    renderer="csv",
    columns=(
        Column("key", "person_id"),
        Column("email", "email"),
        Column("first_name", "first_name"),
        Column("preferred_store", "rooftop"),
        Column("vehicle_year", "vehicle_year"),
        Column("vehicle_make", "vehicle_make"),
        Column("vehicle_model", "vehicle_model"),
        Column("trigger", "trigger"),
        Column("offer_code", "offer_code"),
    ),
    removal_columns=(Column("key", "person_id"), Column("email", "email"), Column("cause", "cause")),
    max_per_kind=1,
    sources=MappingProxyType({"columns": "our own contract with the provider", "max_per_kind": "one letter goes to one address"}),
)
