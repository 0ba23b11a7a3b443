"""The powertrain warranty of a vehicle held ends within window_days, by date or by projected miles."""

from datetime import date

from pipelines.step import Input
from pipelines.triggers.trigger import Parameter, Trigger

TRIGGER = Trigger(
    name="warranty_powertrain_ending",
    title="Powertrain warranty ends soon",
    meaning="The powertrain warranty of a vehicle held ends within the window, by date or projected miles, whichever is first.",
    sentence="powertrain warranty ends {due_on}, {days_left} days",
    example=dict(due_on=date(2027, 2, 19), days_left=90),
    takes=(Parameter("window_days", "days", "days before it ends", 1, 730),),
    reads=(Input("lifecycle"),),
)
