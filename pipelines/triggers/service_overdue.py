"""A vehicle held has been overdue for service for from_days to to_days."""

from datetime import date

from pipelines.step import Input
from pipelines.triggers.trigger import Parameter, Trigger

TRIGGER = Trigger(
    name="service_overdue",
    title="Service overdue",
    meaning="A vehicle held was due for service and was not seen since.",
    sentence="service was due {due_on} by {due_basis}, {days_overdue} days ago",
    example=dict(due_on=date(2026, 10, 1), due_basis="date", days_overdue=51),
    takes=(
        Parameter("from_days", "days", "fewest days overdue", 1, 365),
        Parameter("to_days", "days", "most days overdue", 1, 1095),
    ),
    reads=(Input("service"),),
)
