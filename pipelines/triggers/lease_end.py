"""The lease of a vehicle held ends within window_days."""

from pipelines.triggers.trigger import Trigger

TRIGGER = Trigger(
    name="lease_end",
    title="Lease ends soon",
    sentence="lease ends {due_on}, {days_left} days",
    parameters=("window_days",),
)
