"""A vehicle held is due for service within notice_days."""

from pipelines.triggers.trigger import Trigger

TRIGGER = Trigger(
    name="service_due",
    title="Service due",
    sentence="service due {due_on} by {due_basis}, {days_left} days",
    parameters=("notice_days",),
)
