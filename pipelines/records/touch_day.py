"""touch_day: the day's touches counted per record, local day and thing looked at. Made from the day's touches only."""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.step import Day, Input, Step
from schemas.tables.touches import TOUCH_DAY, TouchDay


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """The day's touches, counted; sorted by local day and record. A merge of identities never touches these rows."""
    counted = engine.sql(query_text("pipelines.records", "touch_day"), time_zone=day.policy.group.time_zone)
    moments = pl.col("first_at", "last_at").dt.replace_time_zone("UTC")
    return TouchDay.cast(counted.with_columns(moments).select(TouchDay.column_names()))


STEP = Step(tables=(TOUCH_DAY,), inputs=(Input("touch"),), build=build)
