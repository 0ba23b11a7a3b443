"""Draws arms for those who are exposed to a test for the first time, and keeps everybody else's. Also where ids were merged.

First the global control, then the tests: who is in the control, or lives in the dark, is drawn for no test.
"""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.experiments.cards import CONTROL, GLOBAL, arm_cards, cards_of_tests
from pipelines.experiments.slots import with_arms
from pipelines.experiments.stock import too_small
from pipelines.shape import in_shape
from pipelines.step import Day, Input
from schemas.tables.experiments import ASSIGNMENT

INPUTS = (
    Input("person"), Input("retired_person"), Input("id_event"), Input("geo_cluster"), Input("assignment", "previous"),
)  # fmt: skip
_HELD_ABOVE = f"""
    SELECT e.person_id, e.segment FROM exposed e JOIN assigned a USING (person_id)
    WHERE a.test = '{GLOBAL}' AND a.arm = '{CONTROL}' AND $runs
    UNION SELECT e.person_id, e.segment FROM exposed e JOIN dark_zip d ON d.segment = e.segment AND d.zip = e.zip
    WHERE d.role IN ('dark', 'gap')
"""
_NOBODY = pl.DataFrame(schema={"person_id": pl.String, "segment": pl.String})


def assign(engine: Engine, day: Day, exposed: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The arm of each member (audience, person_id, arm), and the table assignment of the day.

    `exposed` has person_id, audience, segment, brand, market, market_type and zip of every member of the day. Reads INPUTS.
    arm is control, treatment, or `test:arm` joined by |; `geo_<segment>:geo_dark` where the person's ZIP stays dark.
    """
    engine.register("exposed", exposed)
    engine.register("arm_card", arm_cards(day.policy))
    engine.register("dark_zip", _dark(engine, day))
    engine.register("held_above", _NOBODY)
    cards = cards_of_tests(day.policy, day.as_of)
    engine.register("test_card", cards)
    rules = day.policy.experiments.assignment
    chosen = {"control_wins": rules.on_merge == "control_wins", "redraw": rules.on_change == "redraw"}
    engine.register("carried", engine.sql(query_text(__package__, "carried"), as_of=day.as_of, **chosen))
    engine.register("assigned", _extended(engine, day, cards.filter("is_control")))
    runs = bool(cards.filter("is_control")["is_in_force"][0])
    engine.register("held_above", engine.sql(_HELD_ABOVE, runs=runs))
    engine.register("carried", engine.sql("SELECT * FROM assigned"))
    assigned = _extended(engine, day, cards.filter(~pl.col("is_control")))
    engine.register("assigned", assigned)
    engine.register("test_card", cards)
    return engine.sql(query_text(__package__, "drawn")), in_shape(assigned, ASSIGNMENT)


def _extended(engine: Engine, day: Day, cards: pl.DataFrame) -> pl.DataFrame:
    """Those who have an arm, and with them those who get one today in the tests of `cards`."""
    engine.register("test_card", cards)
    edges = [float(one) for one in sorted(day.policy.experiments.assignment.relation_years)]
    engine.register("concerned", engine.sql(query_text(__package__, "concerned"), as_of=day.as_of, edges=edges))
    refused = too_small(engine, day)
    engine.register("test_card", cards.filter(~pl.col("test").is_in(refused)))
    fresh = engine.sql(query_text(__package__, "newcomer"), seed=day.seed).sort("test", "person_id")
    known, new = fresh.filter(pl.col("arm").is_not_null()), fresh.filter(pl.col("arm").is_null()).drop("arm")
    drawn = pl.concat([known, with_arms(new, arm_cards(day.policy), day.seed)], how="diagonal")
    met = pl.when("is_met").then(pl.lit(day.as_of, pl.Date))
    told = drawn.with_columns(assigned_on=pl.lit(day.as_of, pl.Date), from_person=pl.lit(None, pl.String), contaminated_on=met)
    carried = engine.sql("SELECT * FROM carried")
    return pl.concat([carried, told.select(pl.col(name).cast(dtype) for name, dtype in carried.schema.items())])


def _dark(engine: Engine, day: Day) -> pl.DataFrame:
    """segment, zip, role of ZIPs whose people are told apart: dark, buffer (addressed, not measured) or gap (not addressed)."""
    gaps = [one.segment for one in day.policy.experiments.geo_holdouts if one.is_on and one.buffer == "unaddressed"]
    segments = [one.segment for one in day.policy.experiments.geo_holdouts if one.is_on]
    found = engine.sql("SELECT CAST(segment AS VARCHAR) AS segment, zip, CAST(role AS VARCHAR) AS role FROM geo_cluster")
    told = found.filter(pl.col("segment").is_in(segments) & (pl.col("role") != "lit"))
    is_gap = (pl.col("role") == "buffer") & pl.col("segment").is_in(gaps)
    return told.with_columns(role=pl.when(is_gap).then(pl.lit("gap")).otherwise("role"))
