"""velocity backtest: what followed on past days where a trigger fired, or where an audience would have had somebody.

Figures only: nobody is named, and nothing is published.
"""

from datetime import date
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.console import Console

from assets.backtest import backtest_trigger
from assets.backtest_request import BacktestRequestError
from assets.backtest_tables import show_trigger
from assets.house import PROJECT, House
from assets.policy_files import load_policy
from assets.policy_problem import PolicyError
from assets.rehearsal import NotPublished
from pipelines.measurement.backtest_result import TriggerBacktest
from pipelines.reports.backtest_page import trigger_page

MISUSED = 2

out = Console(markup=False, highlight=False)
err = Console(stderr=True, markup=False, highlight=False)


def backtest_command(
    from_day: Annotated[str, typer.Option("--from", help="First day to replay, YYYY-MM-DD.")],
    to_day: Annotated[str, typer.Option("--to", help="Last day to replay, YYYY-MM-DD.")],
    lake: Annotated[Path, typer.Option("--lake", help="Where tables are kept.")],
    group: Annotated[str, typer.Option("--group", help="A folder of policy/, such as velocity_b.")],
    trigger: Annotated[str | None, typer.Option("--trigger", help="A trigger of triggers.yaml, such as lease_end.")] = None,
    every: Annotated[int, typer.Option("--every", help="Replay every so many days.")] = 7,
    new_only: Annotated[
        bool, typer.Option("--new-only", help="Only people in whom it had not held before the first day.")
    ] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page with charts here.")] = None,
    out_folder: Annotated[Path | None, typer.Option("--out", help="Write the figures here, as Parquet and CSV.")] = None,
    policy: Annotated[Path, typer.Option("--policy", help="The folder that holds the groups.")] = PROJECT / "policy",
) -> None:
    """Replay past days and report what followed in the next 30, 60 and 90 days, against matched people, with intervals."""
    try:
        days = _day("--from", from_day), _day("--to", to_day)
        rules = load_policy(group, policy)
        house = House(group=group, drop="", lake=str(lake.resolve()), policy=str(policy.resolve()))
        if trigger is None:
            raise BacktestRequestError("velocity backtest", "nothing to test", "--trigger NAME")
        with out.status("replaying") as status:
            found = backtest_trigger(house, rules, trigger, *days, every, new_only=new_only, tell=status.update)
        show_trigger(out, found)
        if html:
            _write(html, trigger_page(rules.group.title, found))
        if out_folder:
            _write_tables(out_folder, found)
    except (BacktestRequestError, NotPublished, PolicyError) as wrong:
        err.print(str(wrong), style="red", soft_wrap=True)
        raise typer.Exit(MISUSED) from None


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BacktestRequestError(option, repr(text), "a day, YYYY-MM-DD") from None


def _write(place: Path, text: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    out.print(f"page written to {place}", soft_wrap=True)


def _write_tables(folder: Path, found: TriggerBacktest) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    funnel = pl.DataFrame(found.funnel, schema={"people_who": pl.String, "people": pl.Int64}, orient="row")
    for name, frame in {"results": found.results, "curves": found.curves, "balance": found.balance, "funnel": funnel}.items():
        frame.write_parquet(folder / f"{name}.parquet", compression="zstd", statistics=True)
        frame.write_csv(folder / f"{name}.csv")
    out.print(f"figures written to {folder}", soft_wrap=True)
