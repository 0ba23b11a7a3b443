"""Campaign exposures: who saw an advertisement, where platforms report it per person or household. Our own contract."""

from schemas.contract import Feed, Field, Kind, Layout

FEED = Feed(
    name="campaign_exposures",
    title="Campaign exposures",
    description=(
        "Advertising exposures per hashed e-mail, household or web client and day, one row per campaign. Our own contract."
    ),
    layout=Layout.CSV,
    fields=(
        Field("exposure_id", "exposure_id", required=True),
        Field("exposed_on", "exposed_on", Kind.DATE, required=True, aliases=("date",)),
        Field(
            "channel", "channel", required=True, accepted=("tv", "ctv", "display", "video", "social", "search", "mail", "email")
        ),
        Field("campaign", "campaign", required=True, description="neutral audience name, such as VAG_CQ_LUX_M1"),
        Field("email_sha256", "email_sha256", aliases=("hem",), is_personal=True),
        Field("user_pseudo_id", "user_pseudo_id"),
        Field("household_ref", "household_ref", description="our household id, as sent with the mail file"),
        Field("zip", "zip", is_personal=True),
        Field("impressions", "impressions", Kind.INTEGER, required=True, minimum=0, aliases=("count",)),
    ),
    key=("exposure_id",),
    row_needs_one_of=("email_sha256", "user_pseudo_id", "household_ref", "zip"),
    file_name=r"(?i)^exposures?_.*\.csv$",
    example="exposures_20261121.csv",
    history="event",
)
