"""velocity release: let what the circuit breaker blocked go, with a recorded reason, and make the day's exports again.

Exit codes: 0 done; 1 the exports could not be made; 2 nothing to release, or a wrong call.
"""

from datetime import date
from typing import Annotated

import typer
from rich.console import Console

from assets.breaker_check import blocked, breaker_rows
from assets.breaker_release import record
from assets.cli_options import GroupOption, LakeOption, SeedOption
from assets.house import House
from assets.lake import Lake
from assets.rebuild_inputs import NotPinned, PolicyGone, pinned_policy
from assets.rebuild_pins import pins_of
from assets.run_day import AlreadyRunning, run_day
from assets.seed import OtherSeed, check_seed
from schemas.tables.breaker import WHOLE

FAILED, MISUSED = 1, 2

out = Console(markup=False, highlight=False)
err = Console(stderr=True, markup=False, highlight=False)


class NothingBlocked(Exception):
    """No figure blocks what was named."""

    def __init__(self, day: date, platform: str, cell: str | None, blocked: list[tuple[str, str]]) -> None:
        self.blocked = blocked
        named = f"{platform} {cell}" if cell else platform
        there = ", ".join(f"{one[0]} {one[1]}" for one in blocked) or "nothing"
        super().__init__(f"{named} is not blocked on {day}; blocked there: {there} (* is a whole platform)")


class LaterDay(Exception):
    """Days after the one that is to be released were made from what it holds."""

    def __init__(self, day: date, newest: date | None) -> None:
        last = f"release {newest}, where the block still stands" if newest else "no day of this lake has exports: run one"
        super().__init__(f"{day} is not the newest day with exports; {last}")


def release_command(
    platform: Annotated[str, typer.Option("--platform", help="The platform, as in channels.yaml.")],
    day: Annotated[str, typer.Option("--date", help="The day that was blocked, YYYY-MM-DD.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it is right all the same; it is kept.")],
    by: Annotated[str, typer.Option("--by", help="Who answers for it; it is kept.")],
    group: GroupOption,
    lake: LakeOption,
    cell: Annotated[str | None, typer.Option("--cell", help="One cell only; else the platform with all its cells.")] = None,
    seed: SeedOption = "velocity",
) -> None:
    """Release a platform or cell that the circuit breaker blocked, and make the day's exports again."""
    if not reason.strip() or not by.strip():
        raise typer.BadParameter("say why, and who answers for it: --reason and --by may not be blank")
    tables = Lake(lake.resolve(), group)
    try:
        failures = release(tables, seed, _day(day), platform, cell, reason, by)
    except (NothingBlocked, LaterDay, NotPinned, OtherSeed, PolicyGone) as wrong:
        err.print(str(wrong), style="red", soft_wrap=True)
        raise typer.Exit(MISUSED) from wrong
    except AlreadyRunning as busy:
        err.print(str(busy), style="red", soft_wrap=True)
        raise typer.Exit(FAILED) from busy
    for failure in failures:
        err.print(f"FAILED {failure}", style="red", soft_wrap=True)
    if failures:
        raise typer.Exit(FAILED)
    out.print(f"released {platform} {cell or ''} on {day}, by {by}: {reason}".replace("  ", " "), soft_wrap=True)
    for line in breaker_rows(tables, _day(day)):
        out.print(line, soft_wrap=True)


def release(lake: Lake, seed: str, day: date, platform: str, cell: str | None, reason: str, by: str) -> tuple[str, ...]:
    """Record a release and make what follows from it, under the day's own policy; returns what failed.

    Errors: LaterDay, NothingBlocked, NotPinned, OtherSeed, PolicyGone, AlreadyRunning.
    """
    days = lake.days("breaker")
    if not days or days[-1] != day:
        raise LaterDay(day, days[-1] if days else None)
    pins = pins_of(lake, day)
    if pins is None:
        raise NotPinned(lake, day)
    check_seed(pins, seed, day)
    _blocked_or_error(lake, day, platform, cell)
    policy = pinned_policy(lake, pins, day)
    record(lake, day, platform, cell or WHOLE, reason, by)
    # Nothing that follows from a release reads the drop folder.
    house = House(group=lake.group, drop="", lake=str(lake.root), policy=str(policy), seed=seed)
    return run_day(house, day, only_after="breaker_release").failures


def _blocked_or_error(lake: Lake, day: date, platform: str, cell: str | None) -> None:
    rows = blocked(lake, day).select("platform", "cell").unique().sort("platform", "cell").rows()
    if not [one for one in rows if one[0] == platform and cell in (None, one[1])]:
        raise NothingBlocked(day, platform, cell, rows)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day; expected YYYY-MM-DD", param_hint="--date") from None
