"""Call tracking: one row per call to a tracked number. Vendors differ: this contract is ours."""

from schemas.contract import Feed, Field, Kind, Layout

FEED = Feed(
    name="call_tracking",
    title="Call tracking",
    description="Calls to tracked numbers with caller, campaign, duration and outcome, one call per row. Our own contract.",
    layout=Layout.CSV,
    fields=(
        Field("call_id", "call_id", required=True),
        Field("started_at", "started_at", Kind.TIMESTAMP, required=True, aliases=("call_time", "timestamp")),
        Field(
            "caller",
            "caller",
            aliases=("caller_number", "from"),
            is_personal=True,
            description="blank where the caller withheld the number",
        ),
        Field("caller_name", "caller_name", is_personal=True),
        Field("tracked_number", "tracked_number", required=True, aliases=("to", "dialed_number")),
        Field("rooftop", "rooftop_id", aliases=("store",)),
        Field("campaign", "campaign"),
        Field("department", "department", accepted=("sales", "service", "parts")),
        Field(
            "duration_seconds",
            "duration_seconds",
            Kind.INTEGER,
            required=True,
            minimum=0,
            maximum=86400,
            aliases=("duration",),
            description="seconds",
        ),
        Field(
            "ga_client_id",
            "web_client",
            aliases=("client_id", "user_pseudo_id"),
            description="GA4 client id of the visitor to whom the number was shown; optional",
        ),
        Field("outcome", "outcome", accepted=("answered", "voicemail", "missed", "appointment", "sale", "wrong_number", "spam")),
    ),
    key=("call_id",),
    file_name=r"(?i)^calls?_.*\.csv$",
    example="calls_20261121.csv",
    history="event",
    watched={"caller": 0.6, "rooftop_id": 0.5},
)
