"""Moments in force on the day: every trigger that policy has switched on, with the day it fired and the day it lapses.

When a moment began is kept through merges of persons and through short gaps: trigger_memory says what was in force.
"""

from collections.abc import Iterable

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.shape import in_shape
from pipelines.step import Built, Day, Input, Step
from pipelines.triggers import all_triggers
from pipelines.triggers.trigger import FIRED
from schemas.policy import Policy
from schemas.tables.triggers import TRIGGER_EVENT, TRIGGER_MEMORY

PACKAGE = "pipelines.triggers"
FIRED_SCHEMA = {**dict.fromkeys(FIRED, pl.String), "due_on": pl.Date, "trigger": pl.String, "expires_days": pl.Int64}


def build(engine: Engine, day: Day) -> Built:
    """trigger_event: one row per person, vehicle (empty for the person) and trigger in force. trigger_memory: those, and
    what was in force a short while ago.

    expires_on is fired_on plus policy's expires_days, and no later than a due date that lies ahead.
    """
    memory = day.policy.triggers.memory
    engine.register("fired", fired(engine, day))
    query = query_text(PACKAGE, "trigger_earlier")
    engine.register("earlier", engine.sql(query, as_of=day.as_of, rest_days=memory.rest_days))
    query = query_text(PACKAGE, "trigger_event")
    event = engine.sql(query, as_of=day.as_of, same_due_days=memory.same_due_days)
    engine.register("in_force", event)
    remembered = engine.sql(query_text(PACKAGE, "trigger_memory"), as_of=day.as_of, rest_days=memory.rest_days)
    return {TRIGGER_EVENT.name: in_shape(event, TRIGGER_EVENT), TRIGGER_MEMORY.name: in_shape(remembered, TRIGGER_MEMORY)}


def fired(engine: Engine, day: Day) -> pl.DataFrame:
    """What holds on the day, over all triggers that are on; KeyError for a trigger without a module."""
    known, policy = all_triggers(), day.policy.triggers
    engine.register("conquest_make", conquest_makes(day.policy))
    frames = [pl.DataFrame(schema=FIRED_SCHEMA)]
    for name, one in sorted(policy.triggers.items()):
        if one.is_on:
            found = known[name].fire(engine, day.as_of, {**one.parameters, "life_event_days": policy.life_event_days})
            frames.append(found.with_columns(pl.lit(name).alias("trigger"), pl.lit(one.expires_days).alias("expires_days")))
    return pl.concat([frame.select(pl.col(name).cast(dtype) for name, dtype in FIRED_SCHEMA.items()) for frame in frames])


def conquest_makes(policy: Policy) -> pl.DataFrame:
    """Makes that each brand can win from: brand, make."""
    rows = [(one.brand, make) for one in policy.conquest.brands for make in one.makes]
    return pl.DataFrame(rows, schema={"brand": pl.String, "make": pl.String}, orient="row").unique(maintain_order=True)


def _inputs() -> Iterable[Input]:
    """What triggers read, each once, and what is needed to know when they began."""
    named = {(one.table, one.window): one for trigger in all_triggers().values() for one in trigger.reads}
    yield from (named[key] for key in sorted(named))
    yield from (Input("retired_person"), Input("id_event"), Input("trigger_memory", "previous"))


STEP = Step(tables=(TRIGGER_EVENT, TRIGGER_MEMORY), inputs=tuple(_inputs()), build=build)
