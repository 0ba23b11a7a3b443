"""A running lease heads for more miles than its allowance."""

from datetime import date

from pipelines.step import Input
from pipelines.triggers.trigger import Parameter, Trigger

TRIGGER = Trigger(
    name="lease_miles_over",
    title="Lease miles over the allowance",
    meaning="At today's pace the odometer passes the lease's allowance by the share given; miles above it are charged.",
    sentence="lease miles heading for {pace_percent:short}% of the allowance by {due_on}, {days_left} days",
    example=dict(pace_percent=123.4, due_on=date(2027, 3, 14), days_left=112),
    takes=(
        Parameter("percent_from", "percent", "projected miles at maturity, of the allowance", 100, 300),
        Parameter("days_left_to", "days", "only leases that mature within so many days", 1, 1460),
    ),
    reads=(Input("lifecycle"),),
)
