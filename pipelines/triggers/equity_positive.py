"""A vehicle bought or leased here has equity of at least equity_low_from_usd at the lower bound of the estimate."""

from pipelines.triggers.trigger import Trigger

TRIGGER = Trigger(
    name="equity_positive",
    title="Vehicle is worth more than is owed",
    sentence="estimated equity {equity_low_usd:usd} to {equity_high_usd:usd}",
    parameters=("equity_low_from_usd",),
)
