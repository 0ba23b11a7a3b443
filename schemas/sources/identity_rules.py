"""The steward's identity rules: records that must, or must not, be one person. Our own contract; highest precedence."""

from schemas.contract import Feed, Field, Kind, Layout

FEED = Feed(
    name="identity_rules",
    title="Steward's identity rules",
    description=(
        "Pairs that must or must not be one person, by record id or by identifier, decided by the data steward. Our own contract."
    ),
    layout=Layout.CSV,
    fields=(
        Field("rule_id", "rule_id", required=True),
        Field("decided_at", "decided_at", Kind.TIMESTAMP, required=True, aliases=("timestamp",)),
        Field(
            "rule",
            "rule",
            required=True,
            accepted=("must_link", "must_not_link", "withdraw"),
            description="withdraw ends an earlier rule of the same rule_id",
        ),
        Field(
            "left",
            "left_ref",
            required=True,
            description="record:<record id>, email:<address>, phone:<number> or customer:<dealer id>|<number>",
        ),
        Field("right", "right_ref", required=True, description="as left"),
        Field("reason", "reason", description="why; no personal data"),
        Field("steward", "steward", required=True, description="who decided, as a role or initials"),
    ),
    key=("rule_id",),
    file_name=r"(?i)^identity_rules_.*\.csv$",
    example="identity_rules_20261121.csv",
    cadence="on demand",
)
