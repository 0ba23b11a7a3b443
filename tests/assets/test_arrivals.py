"""Which files belong to which day."""

from datetime import date
from pathlib import Path

import pytest

from assets.arrivals import DayOutOfOrder, arrivals, late_days, unclaimed, write_manifest
from assets.lake import Lake
from schemas.sources import all_feeds

CALLS = all_feeds()["call_tracking"]
D1, D2, D3, D8 = date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 26)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake", "g")


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    (tmp_path / "drop" / CALLS.name).mkdir(parents=True)
    return tmp_path / "drop"


def put(drop: Path, name: str, content: str = "x") -> None:
    (drop / CALLS.name / name).write_text(content)


def run(drop: Path, lake: Lake, day: date) -> dict[str, str]:
    seen = arrivals(drop, lake, CALLS, day)
    write_manifest(lake, CALLS, day, seen)
    return {one.name: one.verdict for one in seen}


def test_the_first_day_takes_all_history_and_nothing_of_tomorrow(drop: Path, lake: Lake) -> None:
    for name in ("calls_20250101.csv", "calls_20261119.csv", "calls_20261120.csv"):
        put(drop, name, name)
    assert run(drop, lake, D1) == {"calls_20250101.csv": "take", "calls_20261119.csv": "take"}
    assert run(drop, lake, D2) == {"calls_20261120.csv": "take"}


def test_running_a_day_twice_sees_the_same_files(drop: Path, lake: Lake) -> None:
    put(drop, "calls_20261119.csv")
    assert run(drop, lake, D1) == run(drop, lake, D1)


def test_late_files_are_taken_up_within_three_days_and_listed_after(drop: Path, lake: Lake) -> None:
    put(drop, "calls_20261119.csv", "a")
    run(drop, lake, D1)
    put(drop, "calls_20261119_2.csv", "late")
    assert run(drop, lake, D2) == {"calls_20261119_2.csv": "take"}
    put(drop, "calls_20261119_3.csv", "very late")
    assert run(drop, lake, D8) == {"calls_20261119_3.csv": "too_late"}


def test_rebuilding_converges_to_one_history(drop: Path, lake: Lake) -> None:
    put(drop, "calls_20261119.csv", "a")
    run(drop, lake, D1)
    put(drop, "calls_20261119_2.csv", "late")
    run(drop, lake, D2)
    assert set(run(drop, lake, D1)) == {"calls_20261119.csv", "calls_20261119_2.csv"}
    with pytest.raises(DayOutOfOrder, match="every later day must be rebuilt"):
        arrivals(drop, lake, CALLS, D3)
    assert run(drop, lake, D2) == {}
    assert run(drop, lake, D3) == {}


def test_late_days_names_the_days_to_rebuild(drop: Path, lake: Lake) -> None:
    put(drop, "calls_20261119.csv", "a")
    run(drop, lake, D1)
    run(drop, lake, D2)
    assert late_days(drop, lake) == {}
    put(drop, "calls_20261119_b.csv", "b")
    assert late_days(drop, lake) == {D1: ["call_tracking/calls_20261119_b.csv"]}


def test_same_bytes_under_another_name_are_a_redelivery(drop: Path, lake: Lake) -> None:
    put(drop, "calls_20261119.csv", "same")
    run(drop, lake, D1)
    put(drop, "calls_20261120.csv", "same")
    assert run(drop, lake, D2) == {"calls_20261120.csv": "redelivered"}


def test_a_changed_file_under_the_same_name_is_taken_again(drop: Path, lake: Lake) -> None:
    put(drop, "calls_20261119.csv", "a")
    run(drop, lake, D1)
    put(drop, "calls_20261119.csv", "a and late rows")
    assert run(drop, lake, D2) == {"calls_20261119.csv": "take"}


def test_a_file_without_a_stamp_belongs_to_the_day_that_first_saw_it(drop: Path, lake: Lake) -> None:
    put(drop, "calls_export.csv", "a")
    assert run(drop, lake, D2) == {"calls_export.csv": "take"}
    assert run(drop, lake, D3) == {}
    assert run(drop, lake, D1) == {}
    assert run(drop, lake, D2) == {"calls_export.csv": "take"}


def test_files_at_the_top_are_claimed_by_name_and_strays_are_listed(drop: Path, lake: Lake) -> None:
    (drop / "calls_20261119.csv").write_text("top")
    (drop / "notes.docx").write_text("stray")
    (drop / "no_such_feed").mkdir()
    (drop / "no_such_feed" / "x.csv").write_text("stray")
    assert run(drop, lake, D1) == {"calls_20261119.csv": "take"}
    assert [path.name for path in unclaimed(drop)] == ["x.csv", "notes.docx"]
