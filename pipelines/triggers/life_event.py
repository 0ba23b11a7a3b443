"""Something changed in a person's life within policy's life_event_days: the latest appended event counts."""

from pipelines.triggers.trigger import Trigger

TRIGGER = Trigger(
    name="life_event",
    title="Life event",
    sentence="{event} on {event_on}, {days_ago} days ago",
)
