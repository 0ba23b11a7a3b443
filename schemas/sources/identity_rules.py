"""The steward's identity rules: records that must, or must not, be one person. Our own contract; highest precedence."""

from schemas.contract import Feed, Field, Kind, Layout

# A kind that the steward's orders know, and something after it; a phone has seven digits at least.
_REFERENCE = (
    r"(?i)^\s*(?:record\s*:\s*[^:\s].*:.*\S|email\s*:\s*\S+@\S+|phone\s*:\D*(?:\d\D*){7,}|customer\s*:\s*[^|\s][^|]*\|\s*\S.*)$"
)
_REFERENCE_SAYS = "record:<record id>, email:<address>, phone:<number> or customer:<dealer id>|<number>"

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
            pattern=_REFERENCE,
            pattern_says=_REFERENCE_SAYS,
            description=_REFERENCE_SAYS,
        ),
        Field("right", "right_ref", required=True, pattern=_REFERENCE, pattern_says=_REFERENCE_SAYS, description="as left"),
        Field("reason", "reason", description="why; no personal data"),
        Field("steward", "steward", required=True, description="who decided, as a role or initials"),
    ),
    key=("rule_id",),
    file_name=r"(?i)^identity_rules_.*\.csv$",
    example="identity_rules_20261121.csv",
    cadence="on demand",
)
