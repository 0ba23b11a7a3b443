"""Ownership (conquest) lists: owners of competitor makes, bought under a licence. Layouts are private: this contract is ours.

A row without licence, channels, expiry or DPPA basis (18 USC 2721) is refused: such a row may not be used at all.
"""

from schemas.contract import Feed, Field, Kind, Layout

FEED = Feed(
    name="ownership_lists",
    title="Ownership lists",
    description=(
        "Owners of competitor makes near the rooftops, bought under a licence that travels with every row. Our own contract."
    ),
    layout=Layout.CSV,
    fields=(
        Field("list_row_id", "list_row_id", required=True, aliases=("household_vehicle_id", "row_id")),
        Field("household_id", "list_household_id"),
        Field("first_name", "first_name", is_personal=True),
        Field("last_name", "last_name", is_personal=True),
        Field("full_name", "full_name", is_personal=True),
        Field("email", "email", is_personal=True),
        Field("phone", "phone", is_personal=True),
        Field("address_1", "address_1", aliases=("address",), is_personal=True),
        Field("address_2", "address_2", is_personal=True),
        Field("city", "city", is_personal=True),
        Field("state", "state"),
        Field("zip", "zip", required=True, aliases=("zip_code", "zip4", "zip_plus_4"), is_personal=True),
        Field("vin", "vin", Kind.VIN, aliases=("vin10", "vin8"), description="whole VIN or its first 8 to 11 characters"),
        Field("year", "year", Kind.INTEGER, aliases=("model_year",)),
        Field("make", "make", required=True),
        Field("model", "model"),
        Field("purchased_on", "purchased_on", Kind.DATE, aliases=("registration_date", "purchase_date")),
        Field("condition", "condition", accepted=("new", "used")),
        Field("finance_type", "finance_type", accepted=("finance", "lease", "cash", "unknown")),
        Field("lease_ends_on", "lease_ends_on", Kind.DATE, aliases=("est_lease_end",)),
        Field("licence_id", "licence_id", required=True, aliases=("license_id",)),
        Field(
            "permitted_channels",
            "permitted_channels",
            required=True,
            description="channels separated by |, for example display|ctv|mail",
        ),
        Field("expires_on", "expires_on", Kind.DATE, required=True, description="last day of use"),
        Field("dppa_basis", "dppa_basis", required=True, description="permissible use, for example 2721(b)(12)"),
        Field("source", "list_source", required=True, description="who sold the list"),
    ),
    key=("licence_id", "list_row_id"),
    file_name=r"(?i)^(ownership|conquest)_.*\.csv$",
    example="ownership_20261101_list.csv",
    cadence="monthly",
    watched={"address_1": 0.5, "model": 0.5},
)
