"""Third-party shopping signals (person level). Vendors' layouts are private: this contract is ours, and vendors map to it.

Identity is by hashed or plain e-mail, hashed or plain phone; a row needs at least one.
"""

from schemas.contract import Feed, Field, Kind, Layout

FEED = Feed(
    name="shopping_signals",
    title="Third-party shopping signals",
    description="What people do on third-party sites (Autotrader, Cars.com and the like), one signal per row. Our own contract.",
    layout=Layout.CSV,
    fields=(
        Field("signal_id", "signal_id", required=True, description="the provider's id of the signal"),
        Field("provider", "provider", required=True, description="for example autotrader, cars.com"),
        Field("occurred_at", "occurred_at", Kind.TIMESTAMP, required=True, aliases=("timestamp", "event_time")),
        Field(
            "signal",
            "signal",
            required=True,
            accepted=("vdp", "srp", "search", "review", "payment", "compare", "valuation", "lead", "score", "service_visit"),
            description="service_visit: serviced at some shop, as vehicle history providers tell; the others are shopping",
        ),
        Field("email", "email", is_personal=True),
        Field(
            "email_sha256",
            "email_sha256",
            aliases=("hem", "hashed_email"),
            is_personal=True,
            description="SHA-256 hex of the trimmed lower-case address",
        ),
        Field("phone", "phone", is_personal=True),
        Field(
            "phone_sha256",
            "phone_sha256",
            aliases=("hashed_phone",),
            is_personal=True,
            description="SHA-256 hex of the E.164 number",
        ),
        Field("first_name", "first_name", is_personal=True),
        Field("last_name", "last_name", is_personal=True),
        Field("zip", "zip", is_personal=True),
        Field("vin", "vin", Kind.VIN),
        Field("make", "make"),
        Field("model", "model"),
        Field("year", "year", Kind.INTEGER),
        Field("body_style", "body_style"),
        Field("condition", "condition", accepted=("new", "used", "cpo")),
        Field("price", "price", Kind.MONEY, description="US dollars"),
        Field("score", "score", Kind.NUMBER, minimum=0, maximum=100, description="the provider's own score, 0 to 100"),
        Field("rooftop", "rooftop_id", description="rooftop concerned, where the provider names one"),
        Field(
            "licence_id",
            "licence_id",
            aliases=("license_id",),
            required=True,
            description="contract under which the signal may be used",
        ),
        Field(
            "permitted_channels",
            "permitted_channels",
            required=True,
            description="channels separated by |, for example display|social|email",
        ),
        Field("expires_on", "expires_on", Kind.DATE, required=True, description="last day of use"),
    ),
    key=("provider", "signal_id"),
    row_needs_one_of=("email", "email_sha256", "phone", "phone_sha256"),
    file_name=r"(?i)^(shopping_)?signals?_.*\.csv$",
    example="signals_20261121_autotrader.csv",
    history="event",
    watched={"make": 0.8},
)
