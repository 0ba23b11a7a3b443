"""Empty feeds by contract, and rows written down as dictionaries on top of them."""

from collections.abc import Callable
from datetime import date, datetime

import polars as pl
import pytest

from assets.engine import DuckDBEngine
from assets.policy_files import load_policy
from pipelines.step import Day, Step
from schemas.policy import Policy
from schemas.sources import all_feeds
from schemas.tables import records as tables

AS_OF = date(2026, 11, 21)
STAMP = datetime(2026, 11, 21, 5, 12)  # noqa: DTZ001 - file stamps are naive, in the group's time zone


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy("velocity_b")


@pytest.fixture
def day(policy: Policy) -> Day:
    return Day(as_of=AS_OF, policy=policy, seed="test")


@pytest.fixture
def rows() -> Callable[..., pl.DataFrame]:
    return feed_rows


def feed_rows(feed: str, *rows: dict) -> pl.DataFrame:
    """Accepted rows of a feed: what a row does not say is null; origin columns have defaults; dt is the day."""
    contract = all_feeds()[feed]
    schema = {**contract.schema().create_empty().schema, "dt": pl.Date}
    defaults = {"version_at": STAMP, "file_name": "f", "row_hash": 1, "is_superseded": False, "dt": AS_OF}
    full = []
    for number, row in enumerate(rows, start=1):
        unknown = set(row) - set(schema)
        assert not unknown, unknown
        key = "|".join(str(row.get(one) or "") for one in contract.key) or f"h{number}"
        full.append({**dict.fromkeys(schema), **defaults, "line_number": number, "row_key": key, **row})
    return pl.DataFrame(full, schema=schema, orient="row")


@pytest.fixture
def run(engine: DuckDBEngine, day: Day) -> Callable[..., pl.DataFrame]:
    """Run a step on literal inputs; inputs that are not given are empty. Returns the only table."""

    def go(step: Step, on: date = AS_OF, **inputs: pl.DataFrame) -> pl.DataFrame:
        for one in step.inputs:
            given = inputs.pop(one.alias, _empty(one.table))
            is_undated = one.window == "until" and "dt" not in given.columns
            engine.register(one.alias, given.with_columns(dt=pl.lit(None, pl.Date)) if is_undated else given)
        assert not inputs, f"not inputs of the step: {list(inputs)}"
        frames = step.frames(engine, Day(as_of=on, policy=day.policy, seed=day.seed))
        (frame,) = frames.values()
        step.tables[0].schema.validate(frame)
        assert frame.columns == step.tables[0].schema.column_names()
        return frame

    return go


def _empty(table: str) -> pl.DataFrame:
    if table in all_feeds():
        return feed_rows(table)
    found = next(one for one in vars(tables).values() if getattr(one, "name", None) == table)
    return found.schema.create_empty()
