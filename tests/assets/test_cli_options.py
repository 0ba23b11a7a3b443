"""Options may stand in the environment, by the names that Dagster's UI and schedule read."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.cli import app
from assets.house import house_from_environment


def test_the_environment_stands_for_options_that_are_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VELOCITY_GROUP", "no_such_group")
    monkeypatch.setenv("VELOCITY_POLICY", str(tmp_path))
    told = CliRunner().invoke(app, ["check-policy"])
    assert told.exit_code == 2
    assert "no_such_group" in told.output
    assert house_from_environment().policy == str(tmp_path)


def test_an_option_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VELOCITY_GROUP", "no_such_group")
    assert CliRunner().invoke(app, ["check-policy", "--group", "velocity_b"]).exit_code == 0


def test_the_sample_day_goes_into_no_lake_of_the_environment() -> None:
    demo = CliRunner().invoke(app, ["demo", "--help"]).output
    assert "VELOCITY_LAKE" not in demo
    assert "VELOCITY_SEED" in CliRunner().invoke(app, ["run", "--help"], env={"COLUMNS": "200"}).output
