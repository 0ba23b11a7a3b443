"""Privacy requests: opt-outs, GPC, deletions, do-not-call and their like. Our own contract.

The consent gate fails closed: when this feed is rejected or missing for the day, nothing is exported.
"""

from schemas.contract import Feed, Field, Kind, Layout

FEED = Feed(
    name="privacy_requests",
    title="Privacy requests",
    description=(
        "Opt-outs, GPC signals, deletion requests and contact blocks, by e-mail, phone, web client, customer "
        "or address. Our own contract."
    ),
    layout=Layout.CSV,
    fields=(
        Field("request_id", "request_id", required=True),
        Field("received_at", "received_at", Kind.TIMESTAMP, required=True, aliases=("timestamp", "received_on")),
        Field(
            "request",
            "request",
            required=True,
            accepted=("opt_out", "gpc", "deletion", "do_not_call", "do_not_email", "do_not_mail", "opt_in"),
        ),
        Field("email", "email", is_personal=True),
        Field("phone", "phone", is_personal=True),
        Field("user_pseudo_id", "user_pseudo_id", aliases=("client_id",), description="web client"),
        Field("rooftop", "rooftop_id", aliases=("store",), description="issuer of customer_number"),
        Field("customer_number", "customer_number"),
        Field("contact_id", "contact_id", description="the CRM's id"),
        Field("first_name", "first_name", is_personal=True),
        Field("last_name", "last_name", is_personal=True),
        Field("address_1", "address_1", aliases=("address",), is_personal=True),
        Field("zip", "zip", is_personal=True),
        Field("state", "state"),
        Field("source", "source", description="web form, call, letter, browser signal"),
    ),
    key=("request_id",),
    row_needs_one_of=("email", "phone", "user_pseudo_id", "customer_number", "contact_id", "address_1"),
    file_name=r"(?i)^privacy_.*\.csv$",
    example="privacy_requests_20261121.csv",
    on_missing="fail",
    late_days=3650,  # a request binds whenever it comes
    history="event",
)
