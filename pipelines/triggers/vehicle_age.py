"""A vehicle held is years_from old or older."""

from pipelines.triggers.trigger import Trigger

TRIGGER = Trigger(
    name="vehicle_age",
    title="Vehicle is getting old",
    sentence="vehicle is {age_years} years old",
    parameters=("years_from",),
)
