"""A vehicle held has been overdue for service for from_days to to_days."""

from pipelines.triggers.trigger import Trigger

TRIGGER = Trigger(
    name="service_overdue",
    title="Service overdue",
    sentence="service was due {due_on} by {due_basis}, {days_overdue} days ago",
    parameters=("from_days", "to_days"),
)
