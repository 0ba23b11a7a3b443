"""E-mail status from the e-mail service provider. Providers differ: this contract is ours."""

from schemas.contract import Feed, Field, Kind, Layout

FEED = Feed(
    name="email_status",
    title="E-mail status",
    description=(
        "Deliveries, opens, clicks, bounces, complaints and unsubscribes from the e-mail provider, one event "
        "per row. Our own contract."
    ),
    layout=Layout.CSV,
    fields=(
        Field("event_id", "event_id", required=True),
        Field("occurred_at", "occurred_at", Kind.TIMESTAMP, required=True, aliases=("timestamp",)),
        Field("email", "email", required=True, is_personal=True),
        Field(
            "status",
            "status",
            required=True,
            accepted=("sent", "delivered", "open", "click", "soft_bounce", "hard_bounce", "complaint", "unsubscribe"),
        ),
        Field("campaign", "campaign"),
        Field("rooftop", "rooftop_id", aliases=("store",)),
    ),
    key=("event_id",),
    file_name=r"(?i)^email_.*\.csv$",
    example="email_status_20261121.csv",
    history="event",
)
