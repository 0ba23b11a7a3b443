"""A vehicle of a make on a brand's conquest list, known from a list or stated, is years_from to years_to old."""

from pipelines.step import Input
from pipelines.triggers.trigger import Parameter, Trigger

TRIGGER = Trigger(
    name="competitor_vehicle_age",
    title="Competitor's vehicle is getting old",
    meaning="Somebody known from a bought list holds a vehicle of a make that one of our brands can win from, of the age given.",
    sentence="{make} is {age_years:short} years old",
    example=dict(make="BMW", age_years=4.2),
    takes=(
        Parameter("years_from", "years", "youngest age", 0, 40),
        Parameter("years_to", "years", "oldest age", 0, 40),
    ),
    reads=(
        Input("lifecycle"),
        Input("garage"),
    ),
    is_of_competitor=True,
)
