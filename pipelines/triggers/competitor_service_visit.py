"""A third party told of a service visit to another shop within window_days."""

from datetime import date

from pipelines.step import Input
from pipelines.triggers.trigger import Parameter, Trigger

TRIGGER = Trigger(
    name="competitor_service_visit",
    title="Serviced elsewhere",
    meaning="A third party, such as a vehicle history provider, told of a service visit to a shop that is not ours.",
    sentence="serviced elsewhere on {visited_on}, {days_ago} days ago, {visits_elsewhere} visits known",
    example=dict(visited_on=date(2026, 11, 1), days_ago=20, visits_elsewhere=2),
    takes=(Parameter("window_days", "days", "days since the visit", 1, 730),),
    reads=(Input("touch_day", "until"), Input("member")),
)
