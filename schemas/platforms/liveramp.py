"""LiveRamp onboarding: a column file of known identifiers, plain, one postal address per row, the same headers every time."""

from types import MappingProxyType

from schemas.platforms.contract import Column, Identifier, PlatformContract

PLATFORM = PlatformContract(
    name="liveramp",
    title="LiveRamp onboarding",
    recipient="liveramp",
    channels=("display", "video", "ctv", "social"),
    identifiers=(
        Identifier("email", "email_trimmed", "email", is_hashed=False, quality="strong"),
        Identifier("phone", "phone_national", "phone", is_hashed=False, quality="strong"),
        Identifier("first_name", "name_shown", "first_name", is_hashed=False),
        Identifier("last_name", "name_shown", "last_name", is_hashed=False),
        Identifier("street", "street_shown", "street", is_hashed=False),
        Identifier("city", "street_shown", "city", is_hashed=False),
        Identifier("state", "state_upper", "state", is_hashed=False),
        Identifier("zip", "zip_five", "zip", is_hashed=False),
    ),
    enough=(("last_name", "street", "zip"),),
    renderer="csv",
    columns=(
        Column("CCID", "person_id"),
        Column("FIRSTNAME", "first_name"),
        Column("LASTNAME", "last_name"),
        Column("ADDRESS1", "street"),
        Column("CITY", "city"),
        Column("STATE", "state"),
        Column("ZIP", "zip"),
        *(Column(f"EMAIL{place + 1}", "email", place) for place in range(3)),
        *(Column(f"PHONE{place + 1}", "phone", place) for place in range(3)),
        Column("SEGMENT", "cell"),
    ),
    removal_columns=(Column("CCID", "person_id"), Column("SEGMENT", "cell")),
    max_name_length=128,
    sources=MappingProxyType(
        {
            "identifiers": "docs.liveramp.com/connect, formatting identifiers",
            "columns": "docs.liveramp.com/connect, formatting column-based files: capitals, no blanks, no underscores",
            "max_name_length": "docs.liveramp.com/connect, formatting column-based files",
        }
    ),
    unverified=("how members are taken back: a file of their keys is drawn", "phones without the country code"),
)
