"""A vehicle bought or leased here was never brought for service."""

from datetime import date

from pipelines.step import Input
from pipelines.triggers.trigger import Parameter, Trigger

TRIGGER = Trigger(
    name="never_serviced",
    title="Sold here, never serviced",
    meaning="A vehicle bought or leased here so many days ago was never brought for service by the household.",
    sentence="held since {held_since}, {days_held} days, never serviced here",
    example=dict(held_since=date(2025, 11, 1), days_held=385),
    takes=(
        Parameter("from_days", "days", "fewest days since the deal", 1, 1095),
        Parameter("to_days", "days", "most days since the deal", 1, 3650),
    ),
    reads=(
        Input("service"),
        Input("garage"),
    ),
)
