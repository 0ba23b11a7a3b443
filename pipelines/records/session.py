"""session: visits, by the site's own number or by silence. Made from the day's touches only; late touches are a further row."""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.shape import in_shape
from pipelines.step import Day, Input, Step
from schemas.tables.touches import SESSION


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """One row per visit of a record among the day's touches; minutes of silence that end one are in policy scoring.yaml."""
    found = engine.sql(
        query_text("pipelines.records", "session"),
        time_zone=day.policy.group.time_zone,
        gap_minutes=day.policy.scoring.intent.session_gap_minutes,
    )
    return in_shape(found.with_columns(pl.col("started_at", "ended_at").dt.replace_time_zone("UTC")), SESSION)


STEP = Step(tables=(SESSION,), inputs=(Input("touch"),), build=build)
