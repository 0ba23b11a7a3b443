"""The service contract of a vehicle held ends within window_days, by date or by projected miles."""

from datetime import date

from pipelines.step import Input
from pipelines.triggers.trigger import Parameter, Trigger

TRIGGER = Trigger(
    name="contract_ending",
    title="Service contract ends soon",
    meaning="The service contract of a vehicle held ends within the window, by date or by projected miles.",
    sentence="service contract ends {due_on}, {days_left} days",
    example=dict(due_on=date(2026, 12, 1), days_left=10),
    takes=(Parameter("window_days", "days", "days before it ends", 1, 730),),
    reads=(Input("lifecycle"),),
)
