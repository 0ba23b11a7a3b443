"""Numbers and their nouns in sentences: both engines say the same."""

import polars as pl
import pytest

from assets.engine import DuckDBEngine
from pipelines.normalise.singular import singular, singular_sql

SENTENCES = {
    "holds a Kia, 1 years old": "holds a Kia, 1 year old",
    "last sign of shopping 1 days ago": "last sign of shopping 1 day ago",
    "1 forms and 1 calls in 30 days": "1 form and 1 call in 30 days",
    "1 third-party signals in 30 days": "1 third-party signal in 30 days",
    "looked at 1 vehicle pages, mostly SUVs": "looked at 1 vehicle page, mostly SUVs",
    "lease ends in 1 days, on 2026-11-22": "lease ends in 1 day, on 2026-11-22",
    "last service 11 months ago": "last service 11 months ago",
    "vehicle is 1.0 years old": "vehicle is 1.0 years old",
    "lives 0.1 miles away": "lives 0.1 miles away",
    "1,001 points": "1,001 points",
    "active on 1 days of the last 30": "active on 1 day of the last 30",
}


@pytest.mark.parametrize(("plural", "expected"), SENTENCES.items())
def test_one_is_singular(engine: DuckDBEngine, plural: str, expected: str) -> None:
    frame = pl.DataFrame({"text": [plural]})
    engine.register("sentence", frame)
    assert frame.select(singular(pl.col("text"))).item() == expected
    assert engine.sql(f"SELECT {singular_sql('text')} AS text FROM sentence").item() == expected
