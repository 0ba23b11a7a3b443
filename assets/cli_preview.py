"""velocity preview: what a changed policy would make of the last published day. It publishes nothing and writes no policy."""

import time
from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from assets.cli_options import GroupOption, LakeOption, PolicyOption, SeedOption
from assets.house import PROJECT, House
from assets.policy_files import read_policy
from assets.policy_overlay import overlaid
from assets.policy_problem import Problem
from assets.preview_run import PolicyNotKept, Preview, last_day, preview, published_policy
from assets.preview_tables import show_preview
from assets.rehearsal import NotPublished
from pipelines.reports.preview_page import preview_page
from schemas.policy import Policy

MISUSED = 2

out = Console(markup=False, highlight=False)
err = Console(stderr=True, markup=False, highlight=False)


def preview_command(
    group: GroupOption,
    lake: LakeOption,
    change: Annotated[
        Path | None, typer.Argument(metavar="[FILE|FOLDER]", help="A changed or new file of policy, or a folder of such files.")
    ] = None,
    policy: PolicyOption = PROJECT / "policy",
    day: Annotated[str | None, typer.Option("--date", help="A published day, YYYY-MM-DD; the newest where not given.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page with charts here.")] = None,
    out_folder: Annotated[Path | None, typer.Option("--out", help="Write every table here as CSV; counts only.")] = None,
    people: Annotated[
        Path | None, typer.Option("--people", help="Write who moves and why here, .parquet: ids, never names.")
    ] = None,
    reach: Annotated[bool, typer.Option(help="Ask what each platform could match; the slowest part.")] = True,
    seed: SeedOption = "velocity",
) -> None:
    """Show what a changed policy would do to the audiences of the last published day, before anything is published."""
    if change is not None and not change.exists():
        _refuse(f"{change} is neither a file nor a folder; expected a YAML file of policy, such as an audience or scoring.yaml")
    if people is not None and people.suffix != ".parquet":
        _refuse(f"--people {people}: expected a name that ends in .parquet")
    after = _changed(group, policy, change)
    house = House(group=group, drop="", lake=str(lake.resolve()), policy=str(policy.resolve()), seed=seed)
    started = time.monotonic()
    try:
        chosen = _day(day) or last_day(house.tables)
        base = after if change is None else (read_policy(group, policy)[0] or after)
        before = published_policy(house.tables, chosen, base)
        with err.status("comparing"):
            told = preview(house, chosen, before, after, with_reach=reach)
    except (NotPublished, PolicyNotKept) as wrong:
        _refuse(str(wrong))
    show_preview(out, told, time.monotonic() - started)
    _write(told, after, html, out_folder, people)


def _changed(group: str, policy: Path, change: Path | None) -> Policy:
    """The policy to be previewed; every mistake is told, and none is computed with."""
    found, problems = read_policy(group, policy) if change is None else overlaid(group, policy, change)
    if found is None or problems:
        _tell(problems)
    return found


def _tell(problems: list[Problem]) -> NoReturn:
    for problem in problems:
        err.print(str(problem), style="red", soft_wrap=True)
    _refuse(f"{len(problems)} problem(s) in the policy; nothing was computed")


def _refuse(sentence: str) -> NoReturn:
    err.print(sentence, style="red", soft_wrap=True)
    raise typer.Exit(MISUSED)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day; expected YYYY-MM-DD", param_hint="--date") from None


def _write(told: Preview, after: Policy, html: Path | None, out_folder: Path | None, people: Path | None) -> None:
    if html:
        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(preview_page(told.day, after, told.frames, told.values, told.made), encoding="utf-8")
        out.print(f"page written to {html}", soft_wrap=True)
    if out_folder:
        out_folder.mkdir(parents=True, exist_ok=True)
        for name, frame in told.frames.items():
            frame.write_csv(out_folder / f"{name}.csv")
        out.print(f"{len(told.frames)} tables written to {out_folder}", soft_wrap=True)
    if people:
        people.parent.mkdir(parents=True, exist_ok=True)
        told.moved.write_parquet(people, compression="zstd", statistics=True)
        out.print(f"{told.moved.height:,} rows written to {people}: ids of people, mind who reads them", soft_wrap=True)
