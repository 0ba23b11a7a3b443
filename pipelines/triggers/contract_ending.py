"""The service contract of a vehicle held ends within window_days, by date or by projected miles."""

from pipelines.triggers.trigger import Trigger

TRIGGER = Trigger(
    name="contract_ending",
    title="Service contract ends soon",
    sentence="service contract ends {due_on}, {days_left} days",
    parameters=("window_days",),
)
