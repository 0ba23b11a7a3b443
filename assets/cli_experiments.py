"""velocity power and velocity experiments: how many people a test needs, and how the tests of a lake stand."""

from datetime import date
from math import isfinite
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from assets.cli_options import GroupOption, LakeOption, PolicyOption
from assets.experiments_view import experiments_view
from assets.house import PROJECT, House
from assets.policy_files import load_policy
from assets.policy_problem import PolicyError
from assets.rehearsal import NotPublished
from assets.screen import print_table
from pipelines.experiments.power import (
    Question,
    Unpowered,
    detectable_lift,
    exact_per_arm,
    people_per_arm,
    power_with,
    weeks_until,
)
from pipelines.reports.experiments_page import arms_table, geo_table, health_table, planned_table, power_table, tests_of

MISUSED = 2
TOO_FEW = 1

out = Console(markup=False, highlight=False)
err = Console(stderr=True, markup=False, highlight=False)


def experiments_command(
    group: GroupOption,
    lake: LakeOption,
    day: Annotated[str | None, typer.Option("--date", help="A published day, YYYY-MM-DD; the newest where not given.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page here.")] = None,
    policy: PolicyOption = PROJECT / "policy",
) -> None:
    """List the tests in force: sizes, balance, power by now, contamination. Exit code 1: a check is broken."""
    house = House(group=group, drop="", lake=str(lake.resolve()), policy=str(policy.resolve()))
    try:
        rules = load_policy(group, policy)
        view = experiments_view(house.tables, _day(day))
    except (PolicyError, NotPublished) as wrong:
        err.print(str(wrong), style="red", soft_wrap=True)
        raise typer.Exit(MISUSED) from None
    running = view.arms.filter("is_in_force")
    for test in tests_of(running):
        print_table(out, arms_table(running, test))
    for block in (power_table(running), geo_table(view.geo), planned_table(view.arms), health_table(view.health)):
        print_table(out, block)
    if html:
        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(view.page(rules), encoding="utf-8")
        err.print(f"{html} written", soft_wrap=True)
    if not view.health["is_within"].all():
        raise typer.Exit(TOO_FEW)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day; expected YYYY-MM-DD", param_hint="--date") from None


def power_command(
    baseline: Annotated[float, typer.Option("--baseline", help="Rate without the treatment, 0 to 1, such as 0.025.")],
    lift: Annotated[float, typer.Option("--lift", help="Relative lift that must be seen, such as 0.10.")],
    power: Annotated[float, typer.Option("--power", help="Chance of seeing it where it is there.")] = 0.80,
    confidence: Annotated[float, typer.Option("--confidence", help="Two-sided.")] = 0.95,
    arms: Annotated[int, typer.Option("--arms", help="Arms, the one compared with among them.")] = 2,
    share: Annotated[float | None, typer.Option("--share", help="Share of the control or smaller arm; equal if absent.")] = None,
    members: Annotated[int | None, typer.Option("--members", min=0, help="People there are, over all arms.")] = None,
    per_week: Annotated[float | None, typer.Option("--per-week", min=0, help="New people a week, over all arms.")] = None,
) -> None:
    """How many people a test needs, and what the people there are can show. Exit code 1: they are too few."""
    try:
        asked = _asked(baseline, lift, power, confidence, arms, share)
    except Unpowered as wrong:
        err.print(f"--{wrong}", style="red", soft_wrap=True)
        raise typer.Exit(MISUSED) from None
    needed, smaller = people_per_arm(asked), share if share is not None else 1 / arms
    total = _total(asked, smaller)
    bounds = f"{confidence:.0%} confidence" + (f", shared by {arms - 1} comparisons" if arms > 2 else "")
    out.print(
        f"From {baseline:.4g} to {baseline * (1 + lift):.4g} (a relative lift of {lift:.4g}) at {power:.0%} power, {bounds}:"
    )
    out.print(f"  {needed:,} people in the smaller arm ({exact_per_arm(asked):,.1f} exactly), {total:,} in all {arms} arms")
    if members is not None:
        _judge(asked, members, smaller, needed, per_week)


def _asked(baseline: float, lift: float, power: float, confidence: float, arms: int, share: float | None) -> Question:
    if arms < 2:
        raise Unpowered("arms", arms, "two or more, the one compared with among them")
    if share is not None and not 0 < share <= 1 / arms:
        raise Unpowered("share", share, f"more than 0 and at most {1 / arms:.4g}, since it is the smallest of {arms} arms")
    ratio = 1.0 if share is None else (1 - share) / (arms - 1) / share
    return Question(baseline, lift, power, confidence, arms, ratio)


def _total(asked: Question, smaller: float) -> int:
    needed = people_per_arm(asked)
    return needed * asked.arms if asked.ratio == 1 else -int(-exact_per_arm(asked) // smaller)


def _judge(asked: Question, members: int, smaller: float, needed: int, per_week: float | None) -> None:
    there = members * smaller
    out.print(f"  with {members:,} people: {there:,.0f} in the smaller arm, power {power_with(asked, there):.1%}")
    least = detectable_lift(asked, there)
    out.print(f"  smallest lift that they can show: {'none' if least is None else f'{least:.1%}'}")
    if there >= needed:
        out.print("  enough")
        return
    weeks = weeks_until(needed, there, (per_week or 0) * smaller)
    wait = f"; enough in {weeks:.1f} weeks" if isfinite(weeks) else "; say --per-week to learn when" if per_week is None else ""
    out.print(f"  too few: {needed - there:,.0f} people short in the smaller arm{wait}", style="red")
    raise typer.Exit(TOO_FEW)
