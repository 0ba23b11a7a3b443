"""Literal touches as the days of touch_day that the traits read, by the step that makes them in the house."""

from typing import Any

import polars as pl

from pipelines.records.touch_day import STEP
from pipelines.step import Day
from schemas.tables.records import TOUCH
from tests import trait_world as world
from tests.engines import fresh_engine


def touch_days(*touches: dict[str, Any]) -> pl.DataFrame:
    """Rows of touch_day for touches taken in together."""
    engine = fresh_engine()
    engine.register("touch", world.frame(TOUCH, *touches))
    (made,) = STEP.frames(engine, Day(as_of=world.AS_OF, policy=world.policy(), seed="test")).values()
    engine.close()
    return made
