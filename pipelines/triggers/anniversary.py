"""The day on which a vehicle was bought or leased here comes round within notice_days.

Bought on 29 February: the day is 28 February in years without a 29th, and the 29th again in leap years.
"""

from datetime import date

from pipelines.step import Input
from pipelines.triggers.trigger import Parameter, Trigger

TRIGGER = Trigger(
    name="anniversary",
    title="Anniversary of the purchase",
    meaning="The day of the purchase or lease comes round; 29 February is kept on the 28th in years without a 29th.",
    sentence="{years} years with the vehicle on {due_on}, {days_left} days",
    example=dict(years=2, due_on=date(2026, 12, 3), days_left=12),
    takes=(
        Parameter("notice_days", "days", "days before the anniversary", 0, 90),
        Parameter("years_to", "years", "last anniversary that counts", 1, 40),
    ),
    reads=(Input("garage"),),
)
