"""Something changed in a person's life within policy's life_event_days: the latest appended event counts."""

from datetime import date

from pipelines.step import Input
from pipelines.triggers.trigger import Trigger

TRIGGER = Trigger(
    name="life_event",
    title="Life event",
    meaning="An appended life event, such as a new job or a growing family, within life_event_days.",
    sentence="{event} on {event_on}, {days_ago} days ago",
    example=dict(event="new job", event_on=date(2026, 10, 2), days_ago=50),
    reads=(Input("person"),),
)
