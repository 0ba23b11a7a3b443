"""What a back-test reads besides the replayed days: who could be compared, and what people did afterwards."""

from datetime import date

import polars as pl

from assets.backtest_replay import PastDay, Replay
from assets.engine import DuckDBEngine
from assets.house import House
from pipelines.engine import query_text
from pipelines.measurement.backtest_identity import under_present_ids
from pipelines.step import Day
from pipelines.triggers.trigger_event import fired
from schemas.policy import Policy

PACKAGE = "pipelines.measurement"
SAME_DEAL_DAYS = 90  # a vehicle that is seen with somebody else so near to a purchase here left because of it
LEAD_KINDS = ("lead", "lead_third_party")

LISTED_PURCHASE = """
    SELECT DISTINCT m.person_id, l.purchased_on AS on_day
    FROM ownership_lists AS l JOIN member AS m ON m.record_id = 'ownership_lists:' || l.row_key || ':owner'
    WHERE l.purchased_on IS NOT NULL
"""
LEAD = """
    SELECT DISTINCT m.person_id, CAST(t.occurred_at AT TIME ZONE $time_zone AS DATE) AS on_day
    FROM touch AS t JOIN member AS m ON m.record_id = t.record_id
    WHERE list_contains($kinds, t.kind)
"""


def population_of(policy: Policy, past: PastDay) -> pl.DataFrame:
    """Customers' vehicles of a replayed day with what people are matched on; see backtest_population.sql."""
    brands = [(one.rooftop_id, one.brand) for one in policy.group.rooftops]
    engine = DuckDBEngine()
    try:
        engine.register("rooftop_brand", pl.DataFrame(brands, schema=["rooftop_id", "brand"], orient="row"))
        for name in ("garage", "transaction", "member", "person"):
            engine.register(name, past.tables[name])
        return today(engine.sql(query_text(PACKAGE, "backtest_population"), as_of=past.day), past)
    finally:
        engine.close()


def held_on(house: House, policy: Policy, past: PastDay) -> pl.DataFrame:
    """day, person_id, vin, due_on of those for whom the triggers of the policy that are on held on a replayed day."""
    engine = DuckDBEngine()
    try:
        for name, frame in past.tables.items():
            engine.register(name, frame)
        found = fired(engine, Day(past.day, policy, house.seed))
    finally:
        engine.close()
    return today(found.select(pl.lit(past.day).alias("day"), "person_id", "vin", "due_on"), past)


def today(rows: pl.DataFrame, past: PastDay) -> pl.DataFrame:
    """Rows of a past day under the ids that people bear today."""
    return rows if past.ids is None else under_present_ids(rows, past.ids).unique(maintain_order=True)


def outcomes_of(replay: Replay, from_on: date, to_on: date) -> pl.DataFrame:
    """outcome, person_id, on_day of everybody between two days, as the newest day knows it; see backtest_outcome.sql."""
    engine, lake = DuckDBEngine(), replay.house.tables
    try:
        for name in ("garage", "transaction", "member", "person"):
            engine.view(name, lake.parts(name, "day", replay.base))
        for name in ("ownership_lists", "touch"):
            replay.view_log(engine, name)
        engine.register("listed_purchase", engine.sql(LISTED_PURCHASE))
        zone = replay.policy.group.time_zone
        engine.register("lead", engine.sql(LEAD, time_zone=zone, kinds=list(LEAD_KINDS)))
        query = query_text(PACKAGE, "backtest_outcome")
        return engine.sql(query, from_on=from_on, to_on=to_on, same_deal_days=SAME_DEAL_DAYS)
    finally:
        engine.close()
