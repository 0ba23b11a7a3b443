"""Rows of feeds and tables written down as dictionaries, and steps run on them."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

import polars as pl
import pytest

from assets.engine import DuckDBEngine
from pipelines.step import Day, Step
from schemas.policy import Policy
from schemas.sources import all_feeds
from schemas.tables import all_tables

AS_OF = date(2026, 11, 21)
STAMP = datetime.fromisoformat("2026-11-21T05:00")


@pytest.fixture(scope="session")
def typed() -> Callable[..., pl.DataFrame]:
    """Rows of a feed or table: what a row does not say is null, or plain where null is not allowed."""

    def go(name: str, rows: list[dict]) -> pl.DataFrame:
        feed = all_feeds().get(name)
        schema = dict((feed.schema() if feed else all_tables()[name].schema).create_empty().schema)
        plain: dict = {"is_superseded": False, "version_at": STAMP, "file_name": "f", "row_hash": 1, "updated_at": STAMP}
        if feed:
            schema["dt"] = pl.Date
            plain["dt"] = AS_OF
        full = []
        for number, row in enumerate(rows, start=1):
            assert set(row) <= set(schema), set(row) - set(schema)
            base = {one: [] if isinstance(kind, pl.List) else plain.get(one) for one, kind in schema.items()}
            base |= {one: number for one in ("line_number",) if one in schema}
            base |= {"row_key": f"k{number}"} if "row_key" in schema else {}
            full.append(base | row)
        return pl.DataFrame(full, schema=schema, orient="row")

    return go


@pytest.fixture
def run(engine: DuckDBEngine, policy: Policy, typed: Callable[..., pl.DataFrame]) -> Callable[..., Mapping[str, pl.DataFrame]]:
    """Run a step on literal inputs, given as rows or frames; inputs that are not given are empty."""

    def go(step: Step, on: date = AS_OF, **inputs: list[dict] | pl.DataFrame) -> Mapping[str, pl.DataFrame]:
        for one in step.inputs:
            given = inputs.pop(one.alias, [])
            engine.register(one.alias, typed(one.table, given) if isinstance(given, list) else given)
        assert not inputs, f"not inputs of the step: {list(inputs)}"
        frames = step.frames(engine, Day(on, policy, "key"))
        for table in step.tables:
            table.schema.validate(frames[table.name])
        return frames

    return go


@pytest.fixture(scope="session")
def micros() -> Callable[[str], int]:
    """Microseconds since 1970 UTC of a moment like 2026-11-20T12:00."""
    return lambda moment: int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()) * 1_000_000
