"""The contract clock of each vehicle held: lease, loan, age, warranties, service contract. Service due dates are in service."""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.step import Day, Step
from pipelines.traits.held import DAYS_AHEAD_MOST, DAYS_PER_YEAR, HELD_INPUTS, register_held
from schemas.policy.reference import Warranty
from schemas.tables.traits import LIFECYCLE

WARRANTY_COLUMNS = tuple(name for name in Warranty.model_fields if name not in {"make", "source"})


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """One row per person and current vehicle. Warranty terms come from policy/reference; dates are exact calendar months."""
    register_held(engine, day)
    engine.register("warranty", warranty_frame(day.policy.reference.warranties))
    clock = engine.sql(
        query_text("pipelines.traits", "lifecycle"),
        as_of=day.as_of,
        days_per_year=DAYS_PER_YEAR,
        slope_span_days=day.policy.scoring.vehicles.odometer.slope_span_days,
        days_ahead_most=DAYS_AHEAD_MOST,
    )
    return LIFECYCLE.schema.cast(clock)


def warranty_frame(warranties: tuple[Warranty, ...]) -> pl.DataFrame:
    """The warranty table as a frame: make in lower case, then years, owner numbers, months and miles as integers."""
    schema = {"make": pl.String, **dict.fromkeys(WARRANTY_COLUMNS, pl.Int64)}
    rows = [{"make": one.make.lower(), **{name: getattr(one, name) for name in WARRANTY_COLUMNS}} for one in warranties]
    return pl.DataFrame(rows, schema=schema)


STEP = Step(tables=(LIFECYCLE,), inputs=HELD_INPUTS, build=build)
