"""A vehicle held was serviced here and is at risk or lapsed, not yet lost; thresholds are policy's service_states."""

from datetime import date

from pipelines.step import Input
from pipelines.triggers.trigger import Trigger

TRIGGER = Trigger(
    name="service_lapsing",
    title="Service customer drifting away",
    meaning="The last visit is longer ago than service_states says for at risk, and not as long as for lost.",
    sentence="last service {last_service_on}, {months_since_service:short} months ago",
    example=dict(last_service_on=date(2025, 10, 6), months_since_service=13.5),
    reads=(Input("service"),),
)
