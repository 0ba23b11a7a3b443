"""How old the newest file of each feed is: what the circuit breaker judges freshness by."""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.shape import in_shape
from pipelines.step import Day, Input, Step
from schemas.tables.breaker import FEED_FRESHNESS


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """feed, newest_on, age_days (days) of every feed that ever delivered a file that was taken."""
    return in_shape(engine.sql(query_text(__package__, "breaker_freshness"), as_of=day.as_of), FEED_FRESHNESS)


STEP = Step((FEED_FRESHNESS,), (Input("feed_file", "until"),), build)
