"""velocity preview refuses a broken policy before it computes anything: file, line, what was expected, the nearest name."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets import cli_preview
from assets.cli import app
from assets.house import PROJECT
from assets.policy_files import load_policy
from assets.policy_overlay import overlaid

GROUP = "velocity_b"
POLICY = PROJECT / "policy"
AUDIENCE = """\
audience: weekend_lookers
segment: in_market
title: "Looking at cars"
purpose: "Leads"
owner: "team:bdc"
code: WL
cell_by: [brand]
priority: 15
parameters:
  least: 2  # days in 30
rules:
  all:
    - {name: looked, when: "active_days_30d >= $least", reason: "active on {active_days_30d} days"}
score: intent_score
stay_days: 30
channels: [search]
message: in_market_selection
"""


def mistake(old: str, new: str) -> str:
    assert old in AUDIENCE
    return AUDIENCE.replace(old, new)


BROKEN = {
    "an unknown column": ("a.yaml", mistake("active_days_30d >=", "active_day_30d >="), ":13", "active_days_30d"),
    "a wrong type": ("a.yaml", mistake("active_days_30d >= $least", "intent_tier > 3"), ":13", "text"),
    "a rule that never holds": (
        "a.yaml", mistake("active_days_30d >= $least", "active_days_30d > 5 and active_days_30d < 2"), ":13", "no row can meet",
    ),
    "a misspelt key": ("a.yaml", mistake("stay_days", "stay_day"), ":15", "Did you mean 'stay_days'?"),
    "an unknown message": ("a.yaml", mistake("in_market_selection", "in_market_selecton"), ":17", "'in_market_selection'"),
    "an unknown segment": ("a.yaml", mistake("segment: in_market", "segment: inmarket"), ":2", "'in_market'"),
    "a parameter that is not there": ("a.yaml", mistake("least: 2", "lest: 2"), ":13", "least"),
    "a statement": ("a.yaml", mistake("active_days_30d >= $least", "drop table candidate"), ":13", "statement"),
    "text that is not YAML": ("a.yaml", mistake("cell_by: [brand]", "cell_by: [brand"), ":", "not YAML"),
    "a key twice": ("a.yaml", AUDIENCE + "code: WX\n", ":18", "twice"),
    "a code that is taken": ("a.yaml", mistake("code: WL", "code: IM"), ":6", "already that of in_market_broad"),
    "a file that nobody reads": ("scorin.yaml", "intent: {}\n", "scorin.yaml", "Did you mean 'scoring.yaml'?"),
    "a table that nobody reads": ("prices.csv", "a,b\n1,2\n", "prices.csv", "makes.csv"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_with_its_line(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, text, *said = BROKEN[name]
    (tmp_path / file).write_text(text, encoding="utf-8")
    done = refused(str(tmp_path / file), tmp_path)
    assert done.exit_code == 2
    assert str(tmp_path / file) in told(done, capsys)
    for one in said:
        assert one in told(done, capsys), name
    assert "nothing was computed" in told(done, capsys)


def refused(change: str, lake: Path, *more: str) -> object:
    return CliRunner().invoke(app, ["preview", change, "--group", GROUP, "--lake", str(lake), "--policy", str(POLICY), *more])


def told(done: object, capsys: pytest.CaptureFixture[str]) -> str:
    return done.output + getattr(done, "stderr", "")


def test_a_figure_out_of_its_limits_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (POLICY / GROUP / "scoring.yaml").read_text(encoding="utf-8")
    line = next(at for at, one in enumerate(text.splitlines(), start=1) if "half_life_days: 14" in one)
    (tmp_path / "scoring.yaml").write_text(text.replace("half_life_days: 14", "half_life_days: -14", 1), encoding="utf-8")
    done = refused(str(tmp_path / "scoring.yaml"), tmp_path)
    assert done.exit_code == 2
    assert f"scoring.yaml:{line}" in told(done, capsys) and "half_life_days" in told(done, capsys)


def test_a_lake_without_a_day_says_what_to_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text(AUDIENCE, encoding="utf-8")
    done = refused(str(tmp_path / "a.yaml"), tmp_path / "lake")
    assert done.exit_code == 2
    assert "run that day first" in told(done, capsys)
    assert not (tmp_path / "lake").exists()


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = refused(str(tmp_path / "none.yaml"), tmp_path)
    assert done.exit_code == 2 and "neither a file nor a folder" in told(done, capsys)


def test_a_new_audience_is_laid_over_and_the_policy_stays_as_it_is(tmp_path: Path) -> None:
    root = tmp_path / "policy"
    shutil.copytree(POLICY, root)
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    (tmp_path / "mine.yaml").write_text(AUDIENCE, encoding="utf-8")
    found, problems = overlaid(GROUP, root, tmp_path / "mine.yaml")
    assert found is not None and not problems
    assert "weekend_lookers" in {one.audience for one in found.audiences}
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_a_changed_audience_replaces_its_file_whatever_its_own_name(tmp_path: Path) -> None:
    for group in (GROUP, "velocity_sample"):
        text = (POLICY / GROUP / "audiences" / "in_market_broad.yaml").read_text(encoding="utf-8")
        (tmp_path / "draft.yaml").write_text(text + "\nstay_days: 31\n", encoding="utf-8")
        found, problems = overlaid(group, POLICY, tmp_path / "draft.yaml")
        assert found is not None and not problems
        assert [one.stay_days for one in found.audiences if one.audience == "in_market_broad"] == [31]


def test_a_folder_of_changes_is_laid_over_whole(tmp_path: Path) -> None:
    (tmp_path / "audiences").mkdir()
    (tmp_path / "audiences" / "new.yaml").write_text(AUDIENCE, encoding="utf-8")
    text = (POLICY / GROUP / "scoring.yaml").read_text(encoding="utf-8")
    (tmp_path / "scoring.yaml").write_text(
        text.replace("default_miles_per_year: ", "default_miles_per_year: 1", 1), encoding="utf-8"
    )
    found, problems = overlaid(GROUP, POLICY, tmp_path)
    assert found is not None and not problems
    assert found.scoring.default_miles_per_year > 100_000
    assert len(found.audiences) == len(load_policy(GROUP, POLICY).audiences) + 1


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_preview.err, "_width", 400, raising=False)
