"""The velocity command. Exit codes: 0 done; 1 failed, nothing of what failed was published; 2 wrong call or policy;
3 done, but some input was refused (velocity says which file, and why)."""

import logging
import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table as RichTable

from assets.arrivals import late_days
from assets.breaker_check import breaker_rows
from assets.cli_backtest import backtest_command
from assets.cli_deliver import deliver_command
from assets.cli_diff import diff_command
from assets.cli_experiments import experiments_command, power_command
from assets.cli_explain import explain_command
from assets.cli_forget import forget_command
from assets.cli_identity import resolve_command
from assets.cli_language import language_command
from assets.cli_options import DropOption, GroupOption, LakeOption, PolicyOption, SeedOption
from assets.cli_preview import preview_command
from assets.cli_rebuild import rebuild_command
from assets.cli_release import release_command
from assets.cli_serve import new_key_command, serve_command
from assets.cli_shared import shared_command
from assets.cli_subject import export_subject_command
from assets.cli_triggers import triggers_command
from assets.cli_update import update_command
from assets.delivery.told import delivery_rows
from assets.house import PROJECT, SAMPLE_GROUP, House
from assets.lake import Lake
from assets.policy_check import check_policy
from assets.policy_files import load_policy
from assets.policy_problem import PolicyError
from assets.replay import NothingToReplay, write_replay
from assets.run_day import AlreadyRunning, DayNotOver, DayResult, run_day
from assets.sensors import proposal
from assets.summary import audience_rows, export_rows, refused_files
from schemas.policy import Policy
from schemas.sources import all_feeds

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Daily audiences for a dealer group, from files to platforms.")
out = Console(markup=False)  # names of files and columns come from outside, and may hold what looks like markup
err = Console(stderr=True, markup=False)

FAILED, MISUSED, REFUSED = 1, 2, 3
SAMPLE_DAY = date(2026, 11, 21)
POLICY_ROOT = PROJECT / "policy"


app.command("resolve")(resolve_command)
app.command("backtest")(backtest_command)
app.command("update")(update_command)
app.command("explain")(explain_command)
app.command("preview")(preview_command)
app.command("diff")(diff_command)
app.command("deliver")(deliver_command)
app.command("rebuild")(rebuild_command)
app.command("release")(release_command)
app.command("power")(power_command)
app.command("experiments")(experiments_command)
app.command("language")(language_command)
app.command("triggers")(triggers_command)
app.command("serve")(serve_command)
app.command("shared")(shared_command)
app.command("new-key")(new_key_command)
app.command("forget")(forget_command)
app.command("export-subject")(export_subject_command)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise typer.BadParameter(f"{text!r} is not a day; expected YYYY-MM-DD") from wrong


@app.command("check-policy")
def check_policy_command(group: GroupOption, policy: PolicyOption = POLICY_ROOT) -> None:
    """Validate a group's policy without running anything."""
    problems = check_policy(group, policy)
    for problem in problems:
        err.print(str(problem), style="red", highlight=False, soft_wrap=True)
    if problems:
        err.print(f"{len(problems)} problem(s) in the policy of {group}")
        raise typer.Exit(MISUSED)
    out.print(f"policy of {group} is valid")


@app.command("simulate")
def simulate_command(
    out_folder: Annotated[Path, typer.Option("--out", help="Where the drop folder and the truth are written.")],
    group: GroupOption,
    people: Annotated[int, typer.Option(min=1, help="Customers known to the group.")] = 300,
    months: Annotated[int, typer.Option(min=1, max=120, help="Months of history.")] = 18,
    until: Annotated[str, typer.Option(help="Last day, YYYY-MM-DD.")] = "2026-11-21",
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 7,
    days: Annotated[int | None, typer.Option(min=1, help="Last days written as daily files; the rest is folded.")] = None,
    policy: PolicyOption = POLICY_ROOT,
) -> None:
    """Make a synthetic world: feeds to ingest, and the truth beside them."""
    from data_samples.simulator import simulate

    rules = _policy_or_exit(group, policy)
    with out.status("simulating") as status:
        summary = simulate(
            rules,
            people=people,
            months=months,
            until=_day(until),
            seed=seed,
            out=out_folder,
            days=days,
            progress=lambda what, share: status.update(f"{what} {share:4.0%}"),
        )
    out.print(summary)


@app.command("run")
def run_command(
    day: Annotated[str, typer.Option("--date", help="The day, YYYY-MM-DD.")],
    drop: DropOption,
    lake: LakeOption,
    group: GroupOption,
    policy: PolicyOption = POLICY_ROOT,
    seed: SeedOption = "velocity",
    deliver: Annotated[bool, typer.Option(help="Send to the platforms that policy says where to deliver.")] = True,
) -> None:
    """Run one whole day: feeds in, audiences and exports out, and delivered where policy says where to."""
    _folder_or_exit(drop)
    _policy_or_exit(group, policy)
    house = House(
        group=group,
        drop=str(drop.resolve()),
        lake=str(lake.resolve()),
        policy=str(policy.resolve()),
        seed=seed,
        delivers=deliver,
    )
    _report(house, _run(house, _day(day)))


@app.command("demo")
def demo_command(
    lake: Annotated[Path, typer.Option("--lake", help="Where tables are kept.")] = PROJECT / "lake",
) -> None:
    """Run the sample day that ships with the project and show the three audiences."""
    house = House(
        group=SAMPLE_GROUP, drop=str(PROJECT / "data_samples" / "drop"), lake=str(lake.resolve()), policy=str(POLICY_ROOT)
    )
    _report(house, _run(house, SAMPLE_DAY), is_demo=True)


@app.command("late")
def late_command(
    drop: DropOption,
    lake: LakeOption,
    group: GroupOption,
) -> None:
    """List files that came after their day was run, and the days to rebuild."""
    _folder_or_exit(drop)
    tables = Lake(lake.resolve(), group)
    if not tables.home.is_dir():
        err.print(f"--lake {lake} holds no group {group}; run a day of it first", style="red")
        raise typer.Exit(MISUSED)
    out.print(proposal(late_days(drop, tables), tables.days("feed_file")), highlight=False, soft_wrap=True)


@app.command("replay")
def replay_command(
    feed: Annotated[str, typer.Option("--feed", help="The feed, such as dms_sales.")],
    day: Annotated[str, typer.Option("--into", help="The day that is to judge the rows again, YYYY-MM-DD.")],
    drop: DropOption,
    lake: LakeOption,
    group: GroupOption,
    rule: Annotated[str | None, typer.Option("--rule", help="Only rows that broke this rule, such as birth_date|date.")] = None,
) -> None:
    """Put quarantined rows back into the drop folder; run the day to judge them again."""
    if feed not in all_feeds():
        raise typer.BadParameter(f"{feed!r} is not a feed; feeds are {', '.join(all_feeds())}", param_hint="--feed")
    _folder_or_exit(drop)
    try:
        for place, rows in write_replay(Lake(lake.resolve(), group), drop, all_feeds()[feed], _day(day), rule):
            out.print(f"{rows} rows -> {place}", highlight=False, soft_wrap=True)
    except NothingToReplay as nothing:
        err.print(str(nothing), style="red")
        raise typer.Exit(MISUSED) from nothing


def _folder_or_exit(drop: Path) -> None:
    if not drop.is_dir():
        err.print(f"--drop {drop} is not a folder; expected one with a folder per feed, see docs/feeds.md", style="red")
        raise typer.Exit(MISUSED)


def _policy_or_exit(group: str, root: Path) -> Policy:
    try:
        return load_policy(group, root)
    except PolicyError as wrong:
        err.print(str(wrong), style="red", highlight=False, soft_wrap=True)
        raise typer.Exit(MISUSED) from wrong


def _run(house: House, day: date) -> DayResult:
    try:
        return run_day(house, day, tell=_tell)
    except DayNotOver as early:
        err.print(str(early), style="red", soft_wrap=True)
        raise typer.Exit(MISUSED) from early
    except AlreadyRunning as busy:
        err.print(str(busy), style="red", soft_wrap=True)
        raise typer.Exit(FAILED) from busy


def _tell(line: str) -> None:
    err.print(f"{datetime.now().astimezone():%H:%M:%S} {line}", highlight=False, style="dim")


def _report(house: House, result: DayResult, *, is_demo: bool = False) -> None:
    for failure in result.failures:
        err.print(f"FAILED {failure}", style="red", highlight=False, soft_wrap=True)
    refused = refused_files(house.tables, result.day)
    for line in refused:
        err.print(f"refused: {line}", style="yellow", highlight=False, soft_wrap=True)
    if result.failures:
        raise typer.Exit(FAILED)
    _show(house, result.day)
    if refused and not is_demo:
        raise typer.Exit(REFUSED)


def _show(house: House, day: date) -> None:
    table = RichTable(title=f"Audiences of {house.rules.group.title}, {day}")
    for name in ("segment", "audience", "people", "most frequent reasons"):
        table.add_column(name, justify="right" if name == "people" else "left", overflow="fold")
    for row in audience_rows(house.tables, day):
        table.add_row(*row)
    out.print(table)
    for line in [*export_rows(house.tables, day), *delivery_rows(house.tables, day)]:
        out.print(line, highlight=False)
    for line in breaker_rows(house.tables, day):
        out.print(line, highlight=False, soft_wrap=True, style="yellow")


def main() -> None:
    """The console script. Ends at once when all is written: at a usual end DuckDB's bindings print forty lines about leaks."""
    code: object = FAILED
    try:
        app()
    except SystemExit as end:
        code = end.code
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))
