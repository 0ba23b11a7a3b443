"""The rule language's table: one row per person and own brand. It joins what others computed and computes little itself."""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.shape import in_shape
from pipelines.step import Day, Input, Step
from pipelines.triggers import all_triggers
from schemas.policy import Policy
from schemas.tables.traits import CANDIDATE

INPUTS = (
    "person", "member", "person_identifier", "garage",
    "geography", "rfm", "intent", "interest", "lifecycle", "service", "equity", "trigger_event", "propensity",
    "transaction", "vehicle", "consent_event",
)  # fmt: skip


def own_brands(policy: Policy) -> pl.DataFrame:
    """The group's brands: brand, make."""
    rows = [(one.brand, one.make) for one in policy.group.brands]
    return pl.DataFrame(rows, schema={"brand": pl.String, "make": pl.String}, orient="row")


def conquest_makes(policy: Policy) -> pl.DataFrame:
    """Makes that each brand can win from: brand, make."""
    rows = [(one.brand, make) for one in policy.conquest.brands for make in one.makes]
    return pl.DataFrame(rows, schema={"brand": pl.String, "make": pl.String}, orient="row").unique(maintain_order=True)


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """One row per person and own brand, sorted; devices without a scored touch in the window and people who asked to be
    deleted are left out.
    """
    engine.register("own_brand", own_brands(day.policy))
    engine.register("conquest_make", conquest_makes(day.policy))
    of_competitor = [one.name for one in all_triggers().values() if one.is_of_competitor]
    engine.register("competitor_trigger", pl.DataFrame({"trigger": of_competitor}, schema={"trigger": pl.String}))
    query = query_text(__package__, "candidate")
    found = engine.sql(query, as_of=day.as_of, life_event_days=day.policy.triggers.life_event_days)
    return in_shape(found, CANDIDATE)


STEP = Step(tables=(CANDIDATE,), inputs=tuple(Input(name) for name in INPUTS), build=build)
