"""busy_minute: web clients that open vehicle pages faster than people read. What it means is policy: touch_exclusion judges."""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.shape import in_shape
from pipelines.step import Day, Input, Step
from schemas.policy.scoring import BUSY_MINUTE_FROM
from schemas.tables.touches import BUSY_MINUTE


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """One row per web client and local day with at least BUSY_MINUTE_FROM vehicle pages in a minute."""
    query = query_text("pipelines.records", "busy_minute")
    found = engine.sql(query, time_zone=day.policy.group.time_zone, views_from=BUSY_MINUTE_FROM)
    return in_shape(found, BUSY_MINUTE)


STEP = Step(tables=(BUSY_MINUTE,), inputs=(Input("touch"),), build=build)
