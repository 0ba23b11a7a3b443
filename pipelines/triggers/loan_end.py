"""The loan on a vehicle held ends within window_days."""

from datetime import date

from pipelines.step import Input
from pipelines.triggers.trigger import Parameter, Trigger

TRIGGER = Trigger(
    name="loan_end",
    title="Loan ends soon",
    meaning="The loan on a vehicle held is paid off within the window.",
    sentence="loan ends {due_on}, {days_left} days[, {payoff_usd:usd} owed]",
    example=dict(due_on=date(2027, 1, 20), days_left=60, payoff_usd=1234.56),
    takes=(Parameter("window_days", "days", "days before the last payment", 1, 730),),
    reads=(Input("lifecycle"),),
)
