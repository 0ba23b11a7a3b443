"""A vehicle bought or leased here has been held for months_from to months_to."""

from pipelines.triggers.trigger import Trigger

TRIGGER = Trigger(
    name="trade_cycle",
    title="In the trade-in cycle",
    sentence="held for {months_held} months, since {held_since}",
    parameters=("months_from", "months_to"),
)
