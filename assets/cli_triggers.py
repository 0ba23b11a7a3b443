"""velocity triggers: the catalogue of triggers with a group's numbers and where they come from, as Markdown."""

import re
from pathlib import Path

import typer
from rich.console import Console

from assets.cli_options import GroupOption, PolicyOption
from assets.house import PROJECT
from assets.policy_files import load_policy
from assets.policy_problem import PolicyError
from pipelines.triggers.catalogue import catalogue

MISUSED = 2
LINE = re.compile(r"^  (\w+): \{.*\}\s+# (.*)$", re.MULTILINE)
EXTENDS = re.compile(r"^extends:\s*(\w+)", re.MULTILINE)

err = Console(stderr=True, markup=False)


def triggers_command(
    group: GroupOption,
    policy: PolicyOption = PROJECT / "policy",
) -> None:
    """Print what each trigger means, its numbers with unit and source, and how it reads."""
    try:
        page = trigger_page(group, policy)
    except PolicyError as wrong:
        err.print(str(wrong), style="red", highlight=False, soft_wrap=True)
        raise typer.Exit(MISUSED) from None
    typer.echo(page, nl=False)


def trigger_page(group: str, root: Path) -> str:
    """The catalogue of a group of the policy folder. PolicyError where the policy cannot be used."""
    return catalogue(group, load_policy(group, root).triggers, trigger_sources(group, root))


def trigger_sources(group: str, root: Path) -> dict[str, str]:
    """The remark beside each trigger in triggers.yaml, of the group or of the one that it extends."""
    path, extends = root / group / "triggers.yaml", root / group / "extends.yaml"
    if path.is_file():
        return dict(LINE.findall(path.read_text(encoding="utf-8")))
    other = EXTENDS.search(extends.read_text(encoding="utf-8")) if extends.is_file() else None
    return trigger_sources(other.group(1), root) if other else {}
