"""Recency, frequency and monetary value of customers and of their households. Intent to buy again is elsewhere.

Fifths are cut within the rooftop, because a luxury rooftop's money would distort a volume rooftop's, and within its brand.
"""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.shape import in_shape
from pipelines.step import Built, Day, Input, Step
from schemas.policy.group import Group
from schemas.policy.scoring import RfmPolicy, RfmWeights
from schemas.tables.rfm import HOUSEHOLD_RFM, RFM

# With fewer people than fifths there are no fifths.
LEAST_TO_RANK = 5

SUBJECTS = {
    "rfm": ("person_id", "SELECT record_id, person_id AS subject_id FROM member"),
    "household_rfm": (
        "household_id",
        """
        SELECT member.record_id, person.household_id AS subject_id
        FROM member JOIN person ON person.person_id = member.person_id
        WHERE person.household_id IS NOT NULL
        """,
    ),
}
CUTS = ("", "sales_", "sales_brand_", "service_", "service_brand_")


def build(engine: Engine, day: Day) -> Built:
    """rfm and household_rfm: a row per person, and per household, with a deal or a paid repair order.

    Months and weights in policy scoring.yaml.
    """
    engine.register("rooftop_brand", rooftop_brands(day.policy.group))
    tables = {RFM.name: RFM, HOUSEHOLD_RFM.name: HOUSEHOLD_RFM}
    return {name: in_shape(scored(engine, day, name), table) for name, table in tables.items()}


def scored(engine: Engine, day: Day, name: str) -> pl.DataFrame:
    """The figures of people or households, by the name of their table, with their scores."""
    key, query = SUBJECTS[name]
    rfm = day.policy.scoring.rfm
    engine.register("subject", engine.sql(query))
    found = engine.sql(
        query_text("pipelines.traits", "rfm"),
        as_of=day.as_of,
        monetary_months=rfm.monetary_months,
        service_months=rfm.service_months,
        rewrite_days=day.policy.scoring.vehicles.rewrite_days,
        least_to_rank=LEAST_TO_RANK,
    )
    return found.rename({"subject_id": key}).with_columns(score(rfm, cut) for cut in CUTS)


def score(rfm: RfmPolicy, cut: str) -> pl.Expr:
    """Fifths of a cut, weighted; null where there are none. Sides take their own weights where policy gives them."""
    shared = RfmWeights(recency=rfm.recency_weight, frequency=rfm.frequency_weight, monetary=rfm.monetary_weight)
    own = {"sales": rfm.sales, "service": rfm.service}.get(cut.partition("_")[0])
    weights = own or shared
    parts = [getattr(weights, what) * pl.col(f"{cut}{what}_quintile") for what in ("recency", "frequency", "monetary")]
    return (parts[0] + parts[1] + parts[2]).round(6).alias(f"{cut}score" if cut else "rfm_score")


def rooftop_brands(group: Group) -> pl.DataFrame:
    """Which brand each rooftop sells: rooftop_id, brand."""
    rows = [(one.rooftop_id, one.brand) for one in group.rooftops]
    return pl.DataFrame(rows, schema={"rooftop_id": pl.String, "brand": pl.String}, orient="row")


STEP = Step(tables=(RFM, HOUSEHOLD_RFM), inputs=(Input("transaction"), Input("member"), Input("person")), build=build)
