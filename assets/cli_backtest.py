"""velocity backtest: what followed on past days where a trigger fired, or where an audience would have had somebody.

Figures only: nobody is named, and nothing is published.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.console import Console

from assets.backtest import backtest_trigger
from assets.backtest_audience import backtest_audience
from assets.backtest_request import BacktestRequestError
from assets.backtest_tables import show_audience, show_trigger
from assets.cli_options import GroupOption, LakeOption, PolicyOption, SeedOption
from assets.house import PROJECT, House
from assets.policy_files import load_policy
from assets.policy_overlay import overlaid
from assets.policy_problem import PolicyError, Problem
from assets.policy_yaml import read_yaml
from assets.rehearsal import NotPublished
from pipelines.measurement.backtest_result import AudienceBacktest, TriggerBacktest
from pipelines.reports.backtest_audience_page import audience_backtest_page
from pipelines.reports.backtest_page import trigger_page
from schemas.policy import Policy

MISUSED = 2
WHAT = "--trigger NAME, or --audience NAME or FILE; one of the two"

out = Console(markup=False, highlight=False)
err = Console(stderr=True, markup=False, highlight=False)


def backtest_command(
    from_day: Annotated[str, typer.Option("--from", help="First day to replay, YYYY-MM-DD.")],
    to_day: Annotated[str, typer.Option("--to", help="Last day to replay, YYYY-MM-DD.")],
    lake: LakeOption,
    group: GroupOption,
    trigger: Annotated[str | None, typer.Option("--trigger", help="A trigger of triggers.yaml, such as lease_end.")] = None,
    audience: Annotated[str | None, typer.Option("--audience", help="An audience of policy, or the YAML file of one.")] = None,
    every: Annotated[int, typer.Option("--every", help="Replay every so many days.")] = 7,
    new_only: Annotated[
        bool, typer.Option("--new-only", help="Only people in whom it had not held before the first day.")
    ] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page with charts here.")] = None,
    out_folder: Annotated[Path | None, typer.Option("--out", help="Write the figures here, as Parquet and CSV.")] = None,
    policy: PolicyOption = PROJECT / "policy",
    seed: SeedOption = "velocity",
) -> None:
    """Replay past days and report what followed in the next 30, 60 and 90 days, with intervals."""
    try:
        days = _day("--from", from_day), _day("--to", to_day)
        house = House(group=group, drop="", lake=str(lake.resolve()), policy=str(policy.resolve()), seed=seed)
        if (trigger is None) == (audience is None):
            raise BacktestRequestError("velocity backtest", "both" if trigger else "neither", WHAT)
        with err.status("replaying") as status:
            tell: Callable[[str], None] = status.update
            if trigger is not None:
                rules = load_policy(group, policy)
                page, tables = _trigger(
                    backtest_trigger(house, rules, trigger, *days, every, new_only=new_only, tell=tell), rules
                )
            else:
                rules, name = _audience(str(audience), group, policy)
                page, tables = _of_audience(backtest_audience(house, rules, name, *days, every, tell=tell), rules)
        if html:
            _write(html, page)
        if out_folder:
            _write_tables(out_folder, tables)
    except (BacktestRequestError, NotPublished, PolicyError) as wrong:
        err.print(str(wrong), style="red", soft_wrap=True)
        raise typer.Exit(MISUSED) from None


def _trigger(found: TriggerBacktest, rules: Policy) -> tuple[str, dict[str, pl.DataFrame]]:
    show_trigger(out, found)
    funnel = pl.DataFrame(found.funnel, schema={"people_who": pl.String, "people": pl.Int64}, orient="row")
    tables = {"results": found.results, "curves": found.curves, "balance": found.balance, "funnel": funnel}
    return trigger_page(rules.group.title, found), tables


def _of_audience(found: AudienceBacktest, rules: Policy) -> tuple[str, dict[str, pl.DataFrame]]:
    show_audience(out, found)
    tables = {"rates": found.rates, "caught": found.caught, "sizes": found.sizes}
    return audience_backtest_page(rules.group.title, found), tables


def _audience(asked: str, group: str, root: Path) -> tuple[Policy, str]:
    """The policy and the audience's name; a file is laid over the policy as velocity preview does. Errors: PolicyError."""
    file = Path(asked)
    if not file.is_file():
        if file.suffix or "/" in asked:
            raise BacktestRequestError("--audience", asked, "a file that exists, or the name of an audience")
        return load_policy(group, root), asked
    rules, problems = overlaid(group, root, file)
    read = read_yaml(file, str(file))
    name = None if isinstance(read, Problem) else read.value(("audience",))
    if problems or rules is None:
        raise PolicyError(group, problems)
    if not isinstance(name, str):
        raise BacktestRequestError("--audience", f"{file} without `audience:`", "the YAML file of one audience")
    return rules, name


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BacktestRequestError(option, repr(text), "a day, YYYY-MM-DD") from None


def _write(place: Path, text: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    out.print(f"page written to {place}", soft_wrap=True)


def _write_tables(folder: Path, tables: dict[str, pl.DataFrame]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        frame.write_parquet(folder / f"{name}.parquet", compression="zstd", statistics=True)
        frame.write_csv(folder / f"{name}.csv")
    out.print(f"figures written to {folder}", soft_wrap=True)
