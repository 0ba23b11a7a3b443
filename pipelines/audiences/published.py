"""The three published audiences: the members of one segment each. One step per segment, so that each fails alone."""

import polars as pl

from pipelines.engine import Engine
from pipelines.shape import in_shape
from pipelines.step import Day, Input, Step
from schemas.contract import Table
from schemas.policy.audiences import SegmentName


def published(table: Table, segment: SegmentName) -> Step:
    """The step that publishes one segment of the membership."""

    def build(engine: Engine, day: Day) -> pl.DataFrame:
        return in_shape(engine.sql("SELECT * FROM membership WHERE segment = $segment", segment=segment), table)

    return Step(tables=(table,), inputs=(Input("membership"),), build=build)
