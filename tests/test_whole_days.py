"""Days in a row: same bytes twice, in any order of files, after kill -9, and after redelivery."""

import os
import random
import shutil
from datetime import date
from pathlib import Path

import pytest

from assets.lake import Lake
from tests.worlds import ROOT, SAMPLE_DROP, fingerprint, killed_after, run_arguments, velocity

# The fixtures run whole days: on a machine with other work they take longer than one test may.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
DAYS = ("2026-11-19", "2026-11-20", "2026-11-21")
DONE = (0, 3)


def run_days(drop: Path, lake: Path, days: tuple[str, ...] = DAYS, at: Path | None = None) -> None:
    for day in days:
        done = velocity(*run_arguments(day, drop, lake), at=at)
        assert done.returncode in DONE, done.stderr


@pytest.fixture(scope="module")
def eve(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake on the evening before the last day; copy it, do not write to it."""
    lake = tmp_path_factory.mktemp("eve")
    run_days(SAMPLE_DROP, lake, DAYS[:-1])
    return lake


@pytest.fixture(scope="module")
def reference(eve: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    lake = tmp_path_factory.mktemp("reference") / "lake"
    shutil.copytree(eve, lake)
    run_days(SAMPLE_DROP, lake, DAYS[-1:])
    return lake, fingerprint(lake)


def test_running_a_day_twice_changes_no_byte_and_is_recorded(reference: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    lake, before = reference
    shutil.copyfile(ROOT / "dagster.yaml", tmp_path / "dagster.yaml")
    run_days(SAMPLE_DROP, lake, DAYS[-1:], at=tmp_path)
    assert fingerprint(lake) == before
    assert list((tmp_path / ".dagster").rglob("runs.db")), "the UI would show the run"


def test_another_order_of_files_gives_the_same_bytes(reference: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    drop, order = tmp_path / "drop", random.Random(1)
    files = [path for path in SAMPLE_DROP.rglob("*") if path.is_file()]
    order.shuffle(files)
    for moment, path in enumerate(files):
        place = drop / path.relative_to(SAMPLE_DROP)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
        os.utime(place, (moment, moment))
    run_days(drop, tmp_path / "lake")
    assert fingerprint(tmp_path / "lake") == reference[1]


@pytest.mark.parametrize("seconds", [3.0, 8.0, 12.0, 16.0])
def test_kill_nine_then_running_again_is_as_if_never_killed(
    eve: Path, reference: tuple[Path, dict[str, str]], tmp_path: Path, seconds: float
) -> None:
    lake = tmp_path / "lake"
    shutil.copytree(eve, lake)
    killed_after(seconds, *run_arguments(DAYS[-1], SAMPLE_DROP, lake))
    run_days(SAMPLE_DROP, lake, DAYS[-1:])
    assert fingerprint(lake) == reference[1]


def test_ids_hold_from_day_to_day(reference: tuple[Path, dict[str, str]]) -> None:
    lake = Lake(reference[0], "velocity_sample")
    before, after = (lake.read("member", date.fromisoformat(day)) for day in DAYS[-2:])
    joined = before.join(after, on="record_id", suffix="_after")
    moved = joined.filter(joined["person_id"] != joined["person_id_after"])
    assert moved.height <= 0.01 * joined.height
