"""Household appends: bands and life events bought for people we know. Layouts are private: this contract is ours.

Bands and life events are for reporting and non-credit creative only; policy privacy.yaml keeps them out of credit offers.
"""

from schemas.contract import Feed, Field, Kind, Layout

FEED = Feed(
    name="household_appends",
    title="Household appends",
    description=(
        "Age band, income band and life events bought for known people, matched by e-mail, phone or name and "
        "address. Our own contract."
    ),
    layout=Layout.CSV,
    fields=(
        Field("append_id", "append_id", required=True),
        Field("first_name", "first_name", is_personal=True),
        Field("last_name", "last_name", is_personal=True),
        Field("email", "email", is_personal=True),
        Field("phone", "phone", is_personal=True),
        Field("address_1", "address_1", aliases=("address",), is_personal=True),
        Field("city", "city", is_personal=True),
        Field("state", "state"),
        Field("zip", "zip", is_personal=True),
        Field("age_band", "age_band", accepted=("18-24", "25-34", "35-44", "45-54", "55-64", "65+"), is_personal=True),
        Field(
            "income_band", "income_band", accepted=("0-40k", "40-60k", "60-80k", "80-100k", "100-150k", "150k+"), is_personal=True
        ),
        Field(
            "life_event",
            "life_event",
            accepted=("new_job", "move", "new_child", "marriage", "retirement", "new_driver"),
            is_personal=True,
        ),
        Field("life_event_on", "life_event_on", Kind.DATE, is_personal=True),
        Field("licence_id", "licence_id", required=True, aliases=("license_id",)),
        Field("permitted_channels", "permitted_channels", required=True, description="channels separated by |"),
        Field("expires_on", "expires_on", Kind.DATE, required=True, description="last day of use"),
        Field("source", "append_source", required=True, description="who sold the append"),
    ),
    key=("licence_id", "append_id"),
    row_needs_one_of=("email", "phone", "address_1"),
    file_name=r"(?i)^(household_)?appends?_.*\.csv$",
    example="appends_20261101.csv",
    cadence="monthly",
)
