"""A vehicle held was serviced here and is at risk or lapsed, not yet lost; thresholds are policy's service_states."""

from pipelines.triggers.trigger import Trigger

TRIGGER = Trigger(
    name="service_lapsing",
    title="Service customer drifting away",
    sentence="last service {last_service_on}, {months_since_service} months ago",
)
