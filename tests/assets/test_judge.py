"""Great Expectations on a staged file: it sees what is wrong, and says nothing personal."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.judge import judge
from pipelines.quality import suite
from schemas.contract import Limits
from schemas.tables import all_tables

pytestmark = pytest.mark.gx
SUPPRESSION = replace(
    all_tables()["suppression"], limits=Limits(references={"person_id": "person.person_id"}, max_null_share={"source": 0.5})
)
DAY = date(2026, 11, 21)
ROW = {"person_id": "p1", "purpose": "ads", "reason": "gpc", "since": None, "source": "privacy_requests"}


def verdict(tmp_path: Path, rows: list[dict[str, object]], previous: int | None = None) -> dict[str, bool]:
    staged, people = tmp_path / "staged.parquet", tmp_path / "people.parquet"
    pl.DataFrame(rows, schema=SUPPRESSION.schema.create_empty().schema).write_parquet(staged)
    pl.DataFrame({"person_id": ["p1", "p2"]}).write_parquet(people)
    found = judge("suppression", staged, suite(SUPPRESSION, previous, DAY), {"person": [people]}, tmp_path / "work")
    assert "p9" not in str(found), "a value of a row reached the result"
    assert not list((tmp_path / "work").iterdir())
    return {one.label: one.success for one in found.findings}


def test_a_good_table_passes(tmp_path: Path) -> None:
    assert all(verdict(tmp_path, [ROW, {**ROW, "person_id": "p2"}]).values())


@pytest.mark.parametrize(
    ("rows", "broken"),
    [
        ([ROW, ROW], "key_is_unique"),
        ([{**ROW, "purpose": "ads", "person_id": "p9"}], "person_id_is_in_person"),
        ([{**ROW, "source": None}], "source_null_share"),
    ],
)
def test_each_fault_breaks_its_own_expectation(tmp_path: Path, rows: list[dict[str, object]], broken: str) -> None:
    assert {label for label, ok in verdict(tmp_path, rows).items() if not ok} == {broken}


def test_volume_is_held_against_the_day_before(tmp_path: Path) -> None:
    shrinking = replace(SUPPRESSION, limits=Limits(min_growth=0.9))
    assert [one.arguments for one in suite(shrinking, 1000, DAY) if one.label == "row_count"] == [{"min_value": 900}]
    assert [one.arguments for one in suite(shrinking, 40, DAY) if one.label == "row_count"] == [{"min_value": 0}]


def test_a_stale_feed_warns_and_is_published_all_the_same(tmp_path: Path) -> None:
    old = replace(SUPPRESSION, limits=Limits(fresh_column="since", fresh_days=3, is_advisory=True))
    staged = tmp_path / "staged.parquet"
    row = {**ROW, "since": date(2026, 11, 1)}
    pl.DataFrame([row], schema=SUPPRESSION.schema.create_empty().schema).write_parquet(staged)
    verdict = judge("suppression", staged, suite(old, None, DAY), {}, tmp_path / "work")
    assert (verdict.success, verdict.warnings) == (True, 1)
