"""touch_day: the day's touches counted per record, local day and thing looked at. Made from the day's touches only."""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.step import Day, Input, Step
from schemas.tables.touches import TOUCH_DAY, TouchDay

ORDER = ("local_day", "of_row")


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """The day's touches, counted. A merge of identities never touches these rows.

    Sorted by local day, so that a window of days touches few row groups, then by a hash of record and thing.
    """
    counted = engine.sql(query_text("pipelines.records", "touch_day"), time_zone=day.policy.group.time_zone)
    return TouchDay.cast(counted.sort(ORDER).select(TouchDay.column_names()))


STEP = Step(tables=(TOUCH_DAY,), inputs=(Input("touch"),), build=build)
