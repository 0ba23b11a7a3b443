"""Moments in force on the day: every trigger that policy has switched on, with the day it fired and the day it lapses."""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.step import Day, Input, Step
from pipelines.triggers import all_triggers
from pipelines.triggers.trigger import FIRED
from schemas.tables.triggers import TRIGGER_EVENT

FIRED_SCHEMA = {**dict.fromkeys(FIRED, pl.String), "due_on": pl.Date, "trigger": pl.String, "expires_days": pl.Int64}


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """One row per person, vehicle (empty for the person) and trigger in force.

    expires_on is fired_on plus policy's expires_days, and no later than a due date that lies ahead.
    """
    engine.register("fired", fired(engine, day))
    return TRIGGER_EVENT.schema.cast(engine.sql(query_text("pipelines.triggers", "trigger_event"), as_of=day.as_of))


def fired(engine: Engine, day: Day) -> pl.DataFrame:
    """What holds on the day, over all triggers that are on; KeyError for a trigger without a module."""
    known, policy = all_triggers(), day.policy.triggers
    frames = [pl.DataFrame(schema=FIRED_SCHEMA)]
    for name, one in sorted(policy.triggers.items()):
        if one.is_on:
            found = known[name].fire(engine, day.as_of, {**one.parameters, "life_event_days": policy.life_event_days})
            frames.append(found.with_columns(pl.lit(name).alias("trigger"), pl.lit(one.expires_days).alias("expires_days")))
    return pl.concat([frame.select(pl.col(name).cast(dtype) for name, dtype in FIRED_SCHEMA.items()) for frame in frames])


INPUTS = (
    Input("lifecycle"),
    Input("service"),
    Input("equity"),
    Input("garage"),
    Input("person"),
    Input("trigger_event", "previous"),
)

STEP = Step(tables=(TRIGGER_EVENT,), inputs=INPUTS, build=build)
