"""Where each vehicle held stands with service: last visit, next due, state, open recommendations, next appointment."""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.step import Day, Input, Step
from pipelines.traits.held import DAYS_AHEAD_MOST, HELD_INPUTS, register_held
from schemas.policy.reference import ServiceInterval
from schemas.tables.traits import SERVICE

INTERVAL_COLUMNS = ("from_year", "to_year", "months", "miles")


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """One row per person and current vehicle that was bought, leased or serviced here.

    Due is the earlier of the interval's months after the last visit and the day on which the projected odometer reaches
    the last visit's miles plus the interval; intervals in policy/reference, state thresholds in policy triggers.yaml.
    """
    register_held(engine, day)
    engine.register("service_interval", interval_frame(day.policy.reference.service_intervals))
    states = day.policy.triggers.service_states
    standing = engine.sql(
        query_text("pipelines.traits", "service"),
        as_of=day.as_of,
        at_risk_from=states.at_risk_from,
        lapsed_from=states.lapsed_from,
        lost_from=states.lost_from,
        days_ahead_most=DAYS_AHEAD_MOST,
    )
    return SERVICE.schema.cast(standing)


def interval_frame(intervals: tuple[ServiceInterval, ...]) -> pl.DataFrame:
    """The service intervals as a frame: make in lower case (* is the default), years, months and miles as integers."""
    schema = {"make": pl.String, **dict.fromkeys(INTERVAL_COLUMNS, pl.Int64)}
    rows = [{"make": one.make.lower(), **{name: getattr(one, name) for name in INTERVAL_COLUMNS}} for one in intervals]
    return pl.DataFrame(rows, schema=schema)


STEP = Step(tables=(SERVICE,), inputs=(*HELD_INPUTS, Input("person")), build=build)
