"""The catalogue of triggers, and the page that is kept of it."""

from typer.testing import CliRunner

from assets.cli import app
from assets.cli_triggers import trigger_page, trigger_sources
from assets.house import PROJECT
from pipelines.triggers import all_triggers

POLICY = PROJECT / "policy"
PAGE = PROJECT / "docs" / "triggers.md"


def test_the_page_is_what_the_command_prints() -> None:
    done = CliRunner().invoke(app, ["triggers", "--group", "velocity_b"])
    assert done.exit_code == 0
    assert PAGE.read_text(encoding="utf-8") == done.stdout, "velocity triggers --group velocity_b > docs/triggers.md"


def test_every_trigger_has_its_meaning_unit_and_source() -> None:
    page = trigger_page("velocity_a", POLICY)
    sources = trigger_sources("velocity_a", POLICY)
    for name, one in all_triggers().items():
        section = page.split(f"\n## {name}\n")[1].split("\n## ")[0]
        assert one.example_sentence in section and one.meaning in section
        assert sources[name] and sources[name] in section
        for number in one.takes:
            assert number.unit and number.low < number.high
            assert f"| `{number.name}` |" in section


def test_a_group_that_extends_another_takes_its_sources() -> None:
    assert trigger_sources("velocity_sample", POLICY) == trigger_sources("velocity_b", POLICY)


def test_an_unknown_group_is_told() -> None:
    done = CliRunner().invoke(app, ["triggers", "--group", "nobody"])
    assert done.exit_code == 2
