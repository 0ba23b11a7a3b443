"""Releasing what the breaker blocked: what is kept, what is refused, and what a rebuilt day is given."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from assets.breaker_check import breaker_findings, breaker_rows
from assets.breaker_release import record, released
from assets.cli_release import LaterDay, NothingBlocked, release
from assets.lake import Lake
from assets.rebuild_inputs import NotPinned, lay_lake
from assets.seed import OtherSeed, seed_fingerprint
from schemas.tables.breaker import BREAKER

DAY, LATER = date(2026, 11, 21), date(2026, 11, 22)
AT = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)


def row(platform, cell, figure="growth", **more):
    says = f"people more than are held: 80.0%, over the limit 50.0%. velocity release --platform {platform}"
    base = {"platform": platform, "cell": cell, "figure": figure, "subject": "", "value": 0.8, "limit": 0.5, "unit": "share"}
    return base | {"verdict": "over", "is_blocked": True, "says": says} | more


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """One day on which Google is blocked whole and one cell of Meta."""
    found = Lake(tmp_path, "velocity_b")
    withheld = {"value": 12.0, "limit": None, "verdict": "counted", "is_blocked": False, "says": "12 to add withheld"}
    rows = [row("google", "*"), row("meta", "VAG_CQ_LUX_M1"), row("google", "VAG_IM", "withheld", subject="add", **withheld)]
    rows.append(row("meta", "*", value=0.1, verdict="within", is_blocked=False))
    frame = pl.DataFrame(rows, schema=BREAKER.schema.create_empty().schema, orient="row")
    found.publish(found.stage("breaker", DAY, frame), "breaker", DAY)
    return found


def test_a_release_is_kept_for_its_day_and_the_newest_of_a_list_counts(lake):
    record(lake, DAY, "google", None, "first", "ann", AT)
    record(lake, DAY, "google", None, "second", "bob", AT)
    record(lake, LATER, "meta", "VAG_CQ_LUX_M1", "another day", "ann", AT)
    assert released(lake, DAY).rows() == [("google", "*", "second", "bob", AT)]
    assert released(lake, date(2026, 11, 20)).is_empty()


def test_a_day_that_is_made_again_is_given_its_releases_and_none_of_later_days(lake, tmp_path):
    record(lake, DAY, "google", None, "right", "ann", AT)
    record(lake, LATER, "meta", None, "later", "ann", AT)
    copy = lay_lake(lake, tmp_path / "again", DAY)
    assert released(copy, DAY).equals(released(lake, DAY))
    assert released(copy, LATER).is_empty()


def test_what_cannot_be_released_is_refused_and_nothing_is_kept(lake):
    asked = ("velocity", DAY, "email", None, "x", "y")
    with pytest.raises(NotPinned):
        release(lake, *asked)
    lake.write_json(f"_runs/{DAY}.json", {"seed": seed_fingerprint("velocity"), "policy_hash": "gone"})
    with pytest.raises(OtherSeed):
        release(lake, "other", *asked[1:])
    with pytest.raises(NothingBlocked, match=r"email is not blocked on 2026-11-21; blocked there: google \*, meta VAG_CQ_LUX_M1"):
        release(lake, *asked)
    with pytest.raises(NothingBlocked, match="meta VAG_IM is not blocked"):
        release(lake, "velocity", DAY, "meta", "VAG_IM", "x", "y")
    with pytest.raises(LaterDay, match="release 2026-11-21"):
        release(lake, "velocity", LATER, *asked[2:])
    assert released(lake, DAY).is_empty()


def test_the_terminal_says_what_is_blocked_and_how_much_is_withheld(lake):
    lines = breaker_rows(lake, DAY)
    assert [one.split(":")[0] for one in lines[:2]] == ["BLOCKED google *", "BLOCKED meta VAG_CQ_LUX_M1"]
    assert lines[2].startswith("withheld by the circuit breaker: add 12;")
    assert breaker_rows(lake, LATER) == []


def test_the_validation_page_is_given_whole_platforms_and_cells_over_a_limit(lake):
    found = {one["name"]: one["success"] for one in breaker_findings(lake, DAY)}
    assert found == {"google * growth": False, "meta * growth": True, "meta VAG_CQ_LUX_M1 growth": False}
