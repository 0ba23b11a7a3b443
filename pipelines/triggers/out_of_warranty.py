"""The basic warranty of a vehicle held is over."""

from datetime import date

from pipelines.step import Input
from pipelines.triggers.trigger import Parameter, Trigger

TRIGGER = Trigger(
    name="out_of_warranty",
    title="Out of warranty",
    meaning="The basic warranty of a vehicle held is over and the vehicle is no older than the years given.",
    sentence="out of basic warranty[ since {ended_on}][, vehicle is {age_years:short} years old]",
    example=dict(ended_on=date(2026, 5, 2), age_years=3.6),
    takes=(Parameter("age_years_to", "years", "oldest vehicles that count", 1, 40),),
    reads=(Input("lifecycle"),),
)
