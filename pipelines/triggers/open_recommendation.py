"""Work recommended on the last visit of a vehicle held was not done since, and the customer is not lost."""

from datetime import date

from pipelines.step import Input
from pipelines.triggers.trigger import Trigger

TRIGGER = Trigger(
    name="open_recommendation",
    title="Recommended work not done",
    meaning="Work was recommended on the last visit and was not done here since.",
    sentence="work recommended {last_service_on} is not done",
    example=dict(last_service_on=date(2026, 5, 2)),
    reads=(Input("service"),),
)
