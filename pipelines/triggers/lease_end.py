"""The lease of a vehicle held ends within window_days."""

from datetime import date

from pipelines.step import Input
from pipelines.triggers.trigger import Parameter, Trigger

TRIGGER = Trigger(
    name="lease_end",
    title="Lease ends soon",
    meaning="The lease of a vehicle held matures within the window.",
    sentence="lease ends {due_on}, {days_left} days",
    example=dict(due_on=date(2027, 3, 14), days_left=112),
    takes=(Parameter("window_days", "days", "days before maturity", 1, 730),),
    reads=(Input("lifecycle"),),
)
