"""A vehicle held is due for service within notice_days."""

from datetime import date

from pipelines.step import Input
from pipelines.triggers.trigger import Parameter, Trigger

TRIGGER = Trigger(
    name="service_due",
    title="Service due",
    meaning="A vehicle held is due for service within the notice, by date or by projected miles.",
    sentence="service due {due_on} by {due_basis}, {days_left} days",
    example=dict(due_on=date(2026, 12, 17), due_basis="miles", days_left=26),
    takes=(Parameter("notice_days", "days", "days before it is due", 0, 365),),
    reads=(Input("service"),),
)
