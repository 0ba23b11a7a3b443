"""The loan on a vehicle held ends within window_days."""

from pipelines.triggers.trigger import Trigger

TRIGGER = Trigger(
    name="loan_end",
    title="Loan ends soon",
    sentence="loan ends {due_on}, {days_left} days, {payoff_usd:usd} owed",
    parameters=("window_days",),
)
