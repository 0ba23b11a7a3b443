"""Little is left to pay on a running loan: a small share of it, or few months."""

from pipelines.step import Input
from pipelines.triggers.trigger import Parameter, Trigger

TRIGGER = Trigger(
    name="loan_payoff_low",
    title="Loan nearly paid",
    meaning="What is owed on a running loan fell to the share given, or its last payment is within the months given.",
    sentence="{payoff_usd:usd} owed[, {left_percent:short}% of the loan], {months_left} months left",
    example=dict(payoff_usd=4100.0, left_percent=16.4, months_left=9),
    takes=(
        Parameter("percent_to", "percent", "owed, of the amount financed", 1, 90),
        Parameter("months_left_to", "months", "whole months to the last payment", 0, 48),
    ),
    reads=(Input("lifecycle"),),
)
