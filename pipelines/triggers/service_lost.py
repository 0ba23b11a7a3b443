"""A vehicle held was serviced here and is lost by policy's service_states."""

from datetime import date

from pipelines.step import Input
from pipelines.triggers.trigger import Parameter, Trigger

TRIGGER = Trigger(
    name="service_lost",
    title="Lost service customer",
    meaning="The last visit is longer ago than service_states says for lost, and no longer than the months given.",
    sentence="last service {last_service_on}, {months_since_service:short} months ago, lost",
    example=dict(last_service_on=date(2024, 2, 21), months_since_service=33.0),
    takes=(Parameter("months_to", "months", "after which nobody expects them back", 1, 240),),
    reads=(Input("service"),),
)
