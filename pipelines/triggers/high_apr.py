"""The loan on a vehicle held runs at percent_from or more."""

from pipelines.triggers.trigger import Trigger

TRIGGER = Trigger(
    name="high_apr",
    title="High rate on a running loan",
    sentence="loan at {apr_percent}% with {payoff_usd:usd} owed",
    parameters=("percent_from",),
)
