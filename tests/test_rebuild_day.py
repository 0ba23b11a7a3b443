"""A middle day of the sample world made again after later days ran, late files and another policy: the same bytes."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from assets.lake import Lake
from tests.worlds import ROOT, SAMPLE_DROP, fingerprint, run_arguments, velocity

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
GROUP, DAYS = "velocity_sample", ("2026-11-19", "2026-11-20", "2026-11-21")
LATE = "dms_sales/DVD46301_20261120_2350_SL.txt"
DONE = (0, 3)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Drop folder and lake of three days. A file of the second came on the third, whose policy is another one."""
    home = tmp_path_factory.mktemp("rebuild")
    drop, lake, policy = home / "drop", home / "lake", home / "policy"
    shutil.copytree(SAMPLE_DROP, drop)
    shutil.copytree(ROOT / "policy", policy)
    late = (drop / LATE).read_bytes()
    (drop / LATE).unlink()
    for day in DAYS[:2]:
        assert velocity(*run_arguments(day, drop, lake)).returncode in DONE
    (drop / LATE).write_bytes(late)
    changed = policy / "velocity_b" / "audiences" / "loyalty_service_overdue.yaml"
    text = changed.read_text(encoding="utf-8")
    assert "overdue_days: 180" in text
    changed.write_text(text.replace("overdue_days: 180", "overdue_days: 60"), encoding="utf-8")
    assert velocity(*run_arguments(DAYS[2], drop, lake), "--policy", str(policy)).returncode in DONE
    return drop, lake


def rebuild(day: str, drop: Path, lake: Path, *more: str) -> tuple[int, str]:
    done = velocity("rebuild", day, "--group", GROUP, "--lake", str(lake), "--drop", str(drop), *more)
    return done.returncode, done.stdout + done.stderr


def test_a_middle_day_comes_out_byte_for_byte_and_nothing_in_the_lake_changes(world: tuple[Path, Path]) -> None:
    drop, lake = world
    before = fingerprint(lake)
    code, said = rebuild(DAYS[1], drop, lake, "--check")
    assert code == 0, said
    assert "not as on the day" not in said and "What is not byte for byte" not in said
    assert fingerprint(lake) == before


def test_a_table_that_was_lost_and_one_that_was_damaged_are_put_back(world: tuple[Path, Path]) -> None:
    drop, lake = world
    before, tables = fingerprint(lake), Lake(lake, GROUP)
    day = date.fromisoformat(DAYS[1])
    tables.part("rfm", day).unlink()
    tables.publish(tables.stage("garage", day, tables.read("garage", day).head(1)), "garage", day)
    code, said = rebuild(DAYS[1], drop, lake)
    assert code == 0, said
    assert "put back: garage, rfm" in said
    assert fingerprint(lake) == before


def test_a_changed_rule_changes_its_audience_and_the_day_says_so(world: tuple[Path, Path]) -> None:
    lake = Lake(world[1], GROUP)
    changes = lake.read("membership_change", date.fromisoformat(DAYS[2]))
    by_rule = changes.filter(changes["cause"].cast(str) == "rule")
    assert by_rule.height
    left = by_rule.filter(by_rule["change"].cast(str) == "leave")
    assert set(left["audience"]) == {"loyalty_service_overdue"}
    assert set(left["rule"]) == {"service_overdue"}
    done = velocity("diff", DAYS[1], DAYS[2], "--group", GROUP, "--lake", str(world[1]))
    assert done.returncode == 0, done.stderr
    assert "overdue_days" in done.stdout


def test_another_file_or_seed_is_refused_by_name(world: tuple[Path, Path], tmp_path: Path) -> None:
    drop, lake = world
    assert rebuild(DAYS[1], drop, lake, "--check", "--seed", "another")[0] == 2
    shutil.copytree(drop, tmp_path / "drop")
    name = "dms_service/" + sorted(path.name for path in (drop / "dms_service").glob("*20261120*"))[0]
    (tmp_path / "drop" / name).unlink()
    code, said = rebuild(DAYS[1], tmp_path / "drop", lake, "--check")
    assert code == 2
    assert name in said.replace("\n", "")
