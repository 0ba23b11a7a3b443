"""A vehicle bought or leased here has equity of at least equity_low_from_usd at the lower bound of the estimate."""

from pipelines.step import Input
from pipelines.triggers.trigger import Parameter, Trigger

TRIGGER = Trigger(
    name="equity_positive",
    title="Vehicle is worth more than is owed",
    meaning="The lower bound of what a vehicle bought or leased here is worth, less what is owed, is at least the amount given.",
    sentence="estimated equity {equity_low_usd:usd} to {equity_high_usd:usd}",
    example=dict(equity_low_usd=1000.0, equity_high_usd=5432.1),
    takes=(Parameter("equity_low_from_usd", "US dollars", "lower bound of the equity", 0, 1000000),),
    reads=(
        Input("equity"),
        Input("garage"),
    ),
)
