"""The loan on a vehicle held runs at percent_from or more."""

from pipelines.step import Input
from pipelines.triggers.trigger import Parameter, Trigger

TRIGGER = Trigger(
    name="high_apr",
    title="High rate on a running loan",
    meaning="A loan with a rate as high as given is still running.",
    sentence="loan at {apr_percent:short}%[ with {payoff_usd:usd} owed]",
    example=dict(apr_percent=9.9, payoff_usd=18250.4),
    takes=(Parameter("percent_from", "percent", "yearly rate", 0, 60),),
    reads=(Input("lifecycle"),),
)
