"""The mail house: one piece per household, plain names and addresses. The layout is our own contract.

Presorted mail needs Move Update within 95 days and CASS for automation rates. Our address lines are in CASS form where the DMS
delivered them so; ZIP+4, delivery point and carrier route are the mail house's to fill.
"""

from types import MappingProxyType

from schemas.platforms.contract import Column, Identifier, PlatformContract

PLATFORM = PlatformContract(
    name="direct_mail",
    title="Mail house",
    recipient="direct_mail",
    channels=("mail",),
    purpose="mail",
    identifiers=(
        Identifier("street", "street_shown", "street", is_hashed=False),
        Identifier("city", "street_shown", "city", is_hashed=False),
        Identifier("state", "state_upper", "state", is_hashed=False),
        Identifier("zip", "zip_five", "zip", is_hashed=False),
        Identifier("first_name", "name_shown", "first_name", is_hashed=False),
        Identifier("last_name", "name_shown", "last_name", is_hashed=False),
    ),
    enough=(("street", "city", "state", "zip"),),
    details=("addressee", "address_seen_on", "move_update", "rooftop", "offer_code"),
    renderer="csv",
    columns=(
        Column("key_code", "person_id"),
        Column("list", "cell"),
        Column("full_name", "addressee"),
        Column("company", "none"),
        Column("address1", "street"),
        Column("address2", "none"),
        Column("city", "city"),
        Column("state", "state"),
        Column("zip", "zip"),
        Column("zip4", "none"),
        Column("delivery_point", "none"),
        Column("carrier_route", "none"),
        Column("address_seen_on", "address_seen_on"),
        Column("move_update", "move_update"),
        Column("store", "rooftop"),
        Column("offer_code", "offer_code"),
    ),
    removal_columns=(Column("key_code", "person_id"), Column("list", "cell"), Column("cause", "cause")),
    recall="suppressed",
    is_refreshed=False,
    sources=MappingProxyType({"columns": "our own contract with the mail house; CASS and Move Update of the USPS"}),
    unverified=("whether the mail house takes a recall after printing",),
)
