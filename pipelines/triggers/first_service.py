"""A person's first service here, on any vehicle, was within days_to."""

from datetime import date

from pipelines.step import Input
from pipelines.triggers.trigger import Parameter, Trigger

TRIGGER = Trigger(
    name="first_service",
    title="First service here",
    meaning="The person came for service for the first time within the days given.",
    sentence="first service here {last_service_on}, {days_ago} days ago",
    example=dict(last_service_on=date(2026, 11, 11), days_ago=10),
    takes=(Parameter("days_to", "days", "days since the first visit", 1, 365),),
    reads=(
        Input("service"),
        Input("rfm"),
    ),
)
