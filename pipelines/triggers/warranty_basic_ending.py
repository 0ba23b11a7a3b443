"""The basic warranty of a vehicle held ends within window_days, by date or by projected miles."""

from pipelines.triggers.trigger import Trigger

TRIGGER = Trigger(
    name="warranty_basic_ending",
    title="Basic warranty ends soon",
    sentence="basic warranty ends {due_on}, {days_left} days",
    parameters=("window_days",),
)
