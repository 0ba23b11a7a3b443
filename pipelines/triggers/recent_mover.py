"""A person moved within window_days: by an appended move, or by a new address in records after the last sight of the old."""

from datetime import date

from pipelines.step import Input
from pipelines.triggers.trigger import Parameter, Trigger

TRIGGER = Trigger(
    name="recent_mover",
    title="Recent mover",
    meaning="An appended event says so, or records have a new home first seen after the last sight of the old one.",
    sentence="moved by {moved_on}, {days_ago} days ago[, {miles_moved:whole} miles]",
    example=dict(moved_on=date(2026, 10, 2), days_ago=50, miles_moved=23.4),
    takes=(
        Parameter("window_days", "days", "days since the move was first seen", 1, 730),
        Parameter("gap_days_to", "days", "between the last sight of the old home and the first of the new", 1, 3650),
        Parameter("miles_from", "miles", "moves between ZIPs closer than this are left out", 0, 500),
    ),
    reads=(Input("residence"),),
)
