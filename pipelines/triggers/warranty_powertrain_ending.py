"""The powertrain warranty of a vehicle held ends within window_days, by date or by projected miles."""

from pipelines.triggers.trigger import Trigger

TRIGGER = Trigger(
    name="warranty_powertrain_ending",
    title="Powertrain warranty ends soon",
    sentence="powertrain warranty ends {due_on}, {days_left} days",
    parameters=("window_days",),
)
