"""A vehicle bought or leased here has been held for months_from to months_to."""

from datetime import date

from pipelines.step import Input
from pipelines.triggers.trigger import Parameter, Trigger

TRIGGER = Trigger(
    name="trade_cycle",
    title="In the trade-in cycle",
    meaning="A vehicle bought or leased here has been held for so many whole months.",
    sentence="held for {months_held} months, since {held_since}",
    example=dict(months_held=32, held_since=date(2024, 3, 21)),
    takes=(
        Parameter("months_from", "months", "fewest months held", 1, 240),
        Parameter("months_to", "months", "most months held", 1, 240),
    ),
    reads=(Input("garage"),),
)
