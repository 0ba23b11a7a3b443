"""velocity rebuild: make a past day again from what it pinned, and compare. Exit codes: 0 the same; 1 not; 2 cannot be."""

import time
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from assets.cli_options import DropOption, GroupOption, LakeOption, SeedOption
from assets.house import PROJECT, House
from assets.rebuild import NotTheSameWay, RebuildFailed, Rebuilt, put_back, rebuilt
from assets.rebuild_compare import SAYS
from assets.rebuild_inputs import FilesGone, NotPinned, PlaceTaken, PolicyGone
from assets.run_day import AlreadyRunning
from assets.seed import OtherSeed

FAILED, MISUSED = 1, 2

out = Console(markup=False, highlight=False)
err = Console(stderr=True, markup=False, highlight=False)


def rebuild_command(
    day: Annotated[str, typer.Argument(metavar="DAY", help="A day that was run, YYYY-MM-DD.")],
    group: GroupOption,
    lake: LakeOption,
    drop: DropOption = PROJECT / "data_samples" / "drop",
    check: Annotated[bool, typer.Option("--check", help="Only compare: change nothing in the lake.")] = False,
    keep: Annotated[Path | None, typer.Option("--keep", help="Make the day in this new folder, and leave it there.")] = None,
    seed: SeedOption = "velocity",
) -> None:
    """Make a past day again from its files, policy, code and seed, and say in which table and column it differs."""
    chosen = _day(day)
    house = House(group=group, drop=str(drop.resolve()), lake=str(lake.resolve()), policy="", seed=seed)
    started = time.monotonic()
    try:
        with rebuilt(house, chosen, keep.resolve() if keep else None, tell=_tell) as made:
            _show(made, time.monotonic() - started)
            if made.differing and not check:
                back = put_back(house.tables, made)
                out.print(f"put back: {', '.join(back) or 'nothing'}", soft_wrap=True)
                made_good = len(back) == len(made.differing)
            else:
                made_good = not made.differing
    except (NotPinned, OtherSeed, FilesGone, PolicyGone, PlaceTaken) as wrong:
        err.print(str(wrong), style="red", soft_wrap=True)
        raise typer.Exit(MISUSED) from wrong
    except (RebuildFailed, NotTheSameWay, AlreadyRunning) as wrong:
        err.print(str(wrong), style="red", soft_wrap=True)
        raise typer.Exit(FAILED) from wrong
    if not made_good:
        raise typer.Exit(FAILED)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day; expected YYYY-MM-DD", param_hint="DAY") from None


def _tell(line: str) -> None:
    err.print(line, style="dim", soft_wrap=True)


def _show(made: Rebuilt, seconds: float) -> None:
    for note in made.notes:
        out.print(f"not as on the day: {note}", style="yellow", soft_wrap=True)
    same = sum(one.verdict == "same" for one in made.found)
    out.print(
        f"{made.day} made again in {seconds:.0f} s: {same} of {len(made.found)} tables and export files byte for byte the same"
    )
    others = [one for one in made.found if one.verdict != "same"]
    if not others:
        return
    table = Table(title="What is not byte for byte the same", title_justify="left")
    for head in ("table or file", "first column", "how much", "what it means"):
        table.add_column(head, overflow="fold")
    for one in others:
        table.add_row(one.name, one.column, one.detail, SAYS[one.verdict])
    out.print(table)
