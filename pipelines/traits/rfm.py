"""Recency, frequency and monetary value of a customer, ranked within the home rooftop. Intent to buy again is elsewhere."""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.step import Day, Input, Step
from schemas.tables.traits import RFM

# With fewer people than fifths there are no fifths.
LEAST_TO_RANK = 5


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """One row per person with a deal or a paid repair order; months and weights in policy scoring.yaml.

    Quintiles are cut per home rooftop, because a luxury rooftop's money would distort a volume rooftop's.
    """
    rfm = day.policy.scoring.rfm
    scored = engine.sql(
        query_text("pipelines.traits", "rfm"),
        as_of=day.as_of,
        monetary_months=rfm.monetary_months,
        service_months=rfm.service_months,
        recency_weight=rfm.recency_weight,
        frequency_weight=rfm.frequency_weight,
        monetary_weight=rfm.monetary_weight,
        least_to_rank=LEAST_TO_RANK,
    )
    return RFM.schema.cast(scored)


STEP = Step(tables=(RFM,), inputs=(Input("transaction"), Input("member")), build=build)
