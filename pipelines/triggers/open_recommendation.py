"""Work recommended for a vehicle held was not done since, and the customer is not lost."""

from datetime import date

from pipelines.step import Input
from pipelines.triggers.trigger import Trigger

TRIGGER = Trigger(
    name="open_recommendation",
    title="Recommended work not done",
    meaning="Work was recommended on a visit and was not done here since; work is named as the order names it.",
    sentence="work recommended {recommended_on} is not done[: {work}]",
    example=dict(recommended_on=date(2026, 5, 2), work="BRKF, CAF"),
    reads=(Input("service"),),
)
