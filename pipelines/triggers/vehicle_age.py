"""A vehicle held is years_from old or older."""

from pipelines.step import Input
from pipelines.triggers.trigger import Parameter, Trigger

TRIGGER = Trigger(
    name="vehicle_age",
    title="Vehicle is getting old",
    meaning="A vehicle held is as old as given, or older.",
    sentence="vehicle is {age_years:short} years old",
    example=dict(age_years=3.2),
    takes=(Parameter("years_from", "years", "age since in-service", 0, 40),),
    reads=(Input("lifecycle"),),
)
