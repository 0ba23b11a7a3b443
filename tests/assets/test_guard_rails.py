"""Guard rails in Dagster: a broken limit warns and the day is published; one that policy blocks leaves the last good day."""

from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from assets.guard_rails import measured
from assets.house import PROJECT, SAMPLE_GROUP, House
from assets.pages import verdicts
from assets.partitions import daily
from assets.table import asset_of
from pipelines.engine import Engine
from pipelines.reports.validation_page import validation_page
from pipelines.step import Day, Step
from schemas.tables.identity import MEMBER
from schemas.tables.identity_state import IDENTITY_HEALTH

pytestmark = pytest.mark.gx
FIRST = date(2026, 11, 20)
SECOND = FIRST + timedelta(days=1)
GOOD = {"metric": "churn", "value": 0.0005, "limit": 0.001, "is_within": True, "is_blocking": False}
BAD = {**GOOD, "value": 0.25, "is_within": False}
BLOCKED = {**BAD, "is_blocking": True}
LEARNED = {"metric": "is_learned", "value": 1.0, "limit": None, "is_within": True, "is_blocking": False}


def rows(*found: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(found), schema=IDENTITY_HEALTH.schema.create_empty().schema)


class Lake:
    """A step that makes one member and the health of the day that it is told, run by the factory."""

    def __init__(self, home: Path) -> None:
        self.house = House(group=SAMPLE_GROUP, drop=str(home), lake=str(home / "lake"), policy=str(PROJECT / "policy"))

    def run(self, day: date, *found: dict[str, object]) -> dg.ExecuteInProcessResult:
        def build(engine: Engine, day: Day) -> dict[str, pl.DataFrame]:
            row = {"record_id": "a:1", "person_id": "p1", "tier": "exact", "rule": "created", "since": day.as_of}
            return {"member": pl.DataFrame([row]), "identity_health": rows(*found)}

        step = asset_of(Step((MEMBER, IDENTITY_HEALTH), (), build), daily(self.house.rules, FIRST))
        with dg.DagsterInstance.ephemeral() as instance:
            return dg.materialize(
                [step],
                partition_key=day.isoformat(),
                instance=instance,
                resources={"house": self.house},
                raise_on_error=False,
            )


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def check(result: dg.ExecuteInProcessResult, metric: str) -> dg.AssetCheckEvaluation:
    (found,) = [one for one in result.get_asset_check_evaluations() if one.check_name == metric]
    assert found.asset_key == dg.AssetKey("member")
    return found


def shown(found: dg.AssetCheckEvaluation) -> dict[str, object]:
    return {name: one.value for name, one in found.metadata.items()}


def test_every_guard_rail_is_a_check_on_the_members(lake: Lake) -> None:
    result = lake.run(FIRST, GOOD)
    checks = {one.check_name for one in result.get_asset_check_evaluations() if one.asset_key == dg.AssetKey("member")}
    assert checks == {"contract", "expectations"} | {rail.metric for rail in IDENTITY_HEALTH.guard_rails}
    found = check(result, "churn")
    assert (found.passed, found.severity, shown(found)) == (True, dg.AssetCheckSeverity.WARN, {"value": 0.0005, "limit": 0.001})


def test_what_was_not_measured_holds_and_says_so(lake: Lake) -> None:
    found = check(lake.run(FIRST, GOOD), "full_run_agreement")
    assert (found.passed, found.description, shown(found)) == (True, "not measured on this day", {})


def test_a_broken_limit_warns_and_the_day_is_published(lake: Lake) -> None:
    result = lake.run(FIRST, BAD)
    found = check(result, "churn")
    assert (found.passed, found.severity, shown(found)) == (False, dg.AssetCheckSeverity.WARN, {"value": 0.25, "limit": 0.001})
    assert result.success
    assert lake.house.tables.read("member", FIRST).height == 1


def test_a_blocking_limit_keeps_the_last_good_day(lake: Lake) -> None:
    assert lake.run(FIRST, {**GOOD, "is_blocking": True}).success
    result = lake.run(SECOND, BLOCKED)
    found = check(result, "churn")
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert not result.success
    (said,) = [one.step_failure_data.user_failure_data for one in result.all_events if one.is_step_failure]
    assert said and "churn is 0.25 against a limit of 0.001" in str(said.description)
    page = validation_page(SECOND, verdicts(lake.house.tables, SECOND))
    assert "What held tables back" in page and "churn" in page
    for table in ("member", "identity_health"):
        assert lake.house.tables.days(table) == [FIRST]


def test_a_day_that_was_published_is_not_taken_back_by_a_blocked_run_of_it(lake: Lake) -> None:
    lake.run(FIRST, GOOD)
    lake.run(FIRST, BLOCKED)
    assert lake.house.tables.read("identity_health", FIRST)["value"].to_list() == [0.0005]


@pytest.mark.parametrize("document", ["docs/identity.md", "docs/policy.md"])
def test_every_guard_rail_is_documented(document: str) -> None:
    text = (PROJECT / document).read_text(encoding="utf-8")
    assert [rail.metric for rail in IDENTITY_HEALTH.guard_rails if f"`{rail.metric}`" not in text] == []


def test_a_limit_that_no_check_would_show_is_refused() -> None:
    assert measured(IDENTITY_HEALTH, rows(GOOD, LEARNED)).keys() == {"churn", "is_learned"}
    with pytest.raises(ValueError, match="speed"):
        measured(IDENTITY_HEALTH, rows({**GOOD, "metric": "speed"}))
    assert measured(MEMBER, pl.DataFrame()) == {}
