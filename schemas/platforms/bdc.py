"""The business development centre's call list: who may be called, on which relationship, in which hours of their clock."""

from types import MappingProxyType

from schemas.platforms.contract import Column, Identifier, PlatformContract

PLATFORM = PlatformContract(
    name="bdc",
    title="Business development centre",
    recipient="bdc",
    channels=("call",),
    purpose="phone",
    identifiers=(
        Identifier("phone", "phone_e164", "phone", is_hashed=False, quality="strong"),
        Identifier("first_name", "name_shown", "first_name", is_hashed=False),
        Identifier("last_name", "name_shown", "last_name", is_hashed=False),
    ),
    details=("rooftop", "trigger", "relationship", "relationship_until", "scrubbed_on", "time_zone", "call_from", "call_until"),
    first_party_only=True,
    renderer="csv",
    columns=(
        Column("key", "person_id"),
        Column("phone", "phone"),
        Column("first_name", "first_name"),
        Column("last_name", "last_name"),
        Column("store", "rooftop"),
        Column("trigger", "trigger"),
        Column("relationship", "relationship"),
        Column("relationship_until", "relationship_until"),
        Column("national_list_scrubbed_on", "scrubbed_on"),
        Column("time_zone", "time_zone"),
        Column("call_from", "call_from"),
        Column("call_until", "call_until"),
    ),
    removal_columns=(Column("key", "person_id"), Column("phone", "phone"), Column("cause", "cause")),
    max_per_kind=1,
    sources=MappingProxyType(
        {
            "columns": "our own contract with the call centre",
            "first_party_only": "an established business relationship is with the group itself (47 CFR 64.1200(f))",
            "max_per_kind": "one call goes to one number",
        }
    ),
)
