"""Work recommended on the last visit of a vehicle held was not done since, and the customer is not lost."""

from pipelines.triggers.trigger import Trigger

TRIGGER = Trigger(
    name="open_recommendation",
    title="Recommended work not done",
    sentence="work recommended {last_service_on} is not done",
)
