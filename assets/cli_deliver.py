"""velocity deliver: send the newest day's changes to the platforms that policy says where to find.

Exit codes: 0 all delivered; 1 a fault of ours; 2 wrong call; 3 something is set aside, refused or left out, see the table.
"""

import json
import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, NoReturn

import polars as pl
import typer
from rich.console import Console
from rich.table import Table

from assets.cli_options import GroupOption, LakeOption, PolicyOption
from assets.delivery.engine import Delivered
from assets.delivery.facts import receipts
from assets.delivery.plan import Account, bodies_of, deliverable, left_to_ask
from assets.delivery.round import Fault, deliver_each
from assets.delivery.standing import BeingMade, NoExports, NotNewest, check_day
from assets.house import PROJECT
from assets.lake import Lake
from assets.policy_files import load_policy
from assets.policy_problem import PolicyError, listed
from assets.run_day import AlreadyRunning, only_writer
from schemas.names import nearest_of
from schemas.tables.receipts import RECEIPT

FAILED, MISUSED, SET_ASIDE = 1, 2, 3
FIRST_KEYS = 3
COUNTS = ("bodies", "delivered", "set_aside", "refused", "people", "rejected")

out = Console(markup=False, highlight=False)
err = Console(stderr=True, markup=False, highlight=False)


def deliver_command(
    day: Annotated[str, typer.Option("--date", help="The newest day with exports, YYYY-MM-DD.")],
    lake: LakeOption,
    group: GroupOption,
    platform: Annotated[list[str] | None, typer.Option("--platform", help="Only this platform; may be given again.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be sent, and send nothing.")] = False,
    resync: Annotated[bool, typer.Option("--resync", help="Then send everything that each platform should hold.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    policy: PolicyOption = PROJECT / "policy",
) -> None:
    """Send a day's opt-outs, adds, refreshes and removals; go on where an earlier call ended; show the receipts."""
    tables = Lake(lake.resolve(), group)
    chosen, accounts = _day(day), _accounts(group, policy, platform)
    try:
        check_day(tables, chosen)
        if dry_run:
            _show_plan([_diff(tables, one, chosen) for one in accounts], is_json=as_json)
            return
        with only_writer(tables):
            pass  # a run of the day delivers itself, and closes what is under way
        found = deliver_each(tables, accounts, chosen, os.environ, is_resync=resync)
    except (NoExports, NotNewest, BeingMade, AlreadyRunning) as wrong:
        _refuse(str(wrong))
    _show(found, chosen, is_json=as_json)
    if any(isinstance(one, Fault) for one in found):
        raise typer.Exit(FAILED)
    if not all(isinstance(one, Delivered) and _is_clean(one) for one in found):
        raise typer.Exit(SET_ASIDE)


def _accounts(group: str, root: Path, wanted: Iterable[str] | None) -> list[Account]:
    try:
        rules = load_policy(group, root)
    except PolicyError as wrong:
        _refuse(str(wrong))
    known = {one.platform: one for one in deliverable(rules)}
    for name in wanted or []:
        if name not in known:
            near = nearest_of(name, known)
            hint = f"; did you mean {near!r}?" if near else ""
            _refuse(f"--platform {name}: channels.yaml gives no delivery for it; expected {listed(known)}{hint}")
    if not known:
        _refuse(f"channels.yaml of {group} gives no platform a delivery block: nothing is sent, files are uploaded by hand")
    return [known[name] for name in sorted(set(wanted or known))]


def _diff(lake: Lake, where: Account, day: date) -> dict[str, Any]:
    """What would be sent to a platform: people per cell, action and cause, a few of their keys, and the bodies."""
    asks = left_to_ask(lake, where, day).with_columns(pl.col("action", "cause").cast(pl.String))
    per = asks.group_by("cell", "action", "cause").agg(
        people=pl.len(), first=pl.col("person_id").sort().head(FIRST_KEYS)
    ).sort("cell", "action", "cause")  # fmt: skip
    bodies = bodies_of(where, asks)
    return {
        "platform": where.platform,
        "changes": per.to_dicts(),
        "bodies": [
            {"sequence": one.sequence, "cell": one.cell, "operation": one.operation, "name": one.name, "request": one.request,
             "people": len(set(one.members)), "bytes": len(one.body), "is_urgent": one.is_urgent}
            for one in bodies
        ],
    }  # fmt: skip


def _show_plan(found: list[dict[str, Any]], *, is_json: bool) -> None:
    if is_json:
        typer.echo(json.dumps(found, indent=1))
        return
    for one in found:
        table = Table(title=f"{one['platform']}: {len(one['bodies'])} bodies", title_justify="left")
        for name in ("cell", "action", "cause", "people", "first keys"):
            table.add_column(name, justify="right" if name == "people" else "left", overflow="fold")
        for row in one["changes"]:
            table.add_row(row["cell"], row["action"], row["cause"], f"{row['people']:,}", ", ".join(row["first"]))
        out.print(table)
    out.print("Nothing was sent.")


def _show(found: list[Delivered | Fault], day: date, *, is_json: bool) -> None:
    if is_json:
        typer.echo(json.dumps([_told(one) for one in found], indent=1, default=str))
        return
    table = Table(title=f"Deliveries of {day}", title_justify="left")
    for name in ("platform", *(name.replace("_", " ") for name in COUNTS)):
        table.add_column(name, justify="left" if name == "platform" else "right", no_wrap=True)
    told = [_told(one) for one in found]
    for one in told:
        table.add_row(one["platform"], *(f"{one['counts'][name]:,}" for name in COUNTS))
    out.print(table)
    for one in told:
        for reason in dict.fromkeys([one["problem"], *one["reasons"]]):
            if reason and reason != "not sent":
                out.print(f"{one['platform']}: {reason}", soft_wrap=True)
        for cell, sizes in sorted(one["drift"].items()):
            if sizes["reported"] != sizes["expected"]:
                out.print(f"{one['platform']} {cell}: reports {sizes['reported']:,} members, {sizes['expected']:,} are expected")


def _told(one: Delivered | Fault) -> dict[str, Any]:
    """What became of a platform, as one document. No person and no secret is in it."""
    if isinstance(one, Fault):
        counts = dict.fromkeys(COUNTS, 0)
        return {"platform": one.platform, "problem": one.sentence, "reasons": [], "counts": counts, "receipts": [], "drift": {}}
    rows = pl.concat([receipts(journal) for journal in one.journals]) if one.journals else RECEIPT.schema.create_empty()
    status = rows["status"].cast(pl.String)
    counts = {"bodies": rows.height, **{name: int((status == name).sum()) for name in ("delivered", "set_aside", "refused")}}
    counts |= {"people": int(rows["accepted"].sum()), "rejected": int(rows["rejected"].sum())}
    reasons = sorted({str(reason) for reason in rows["reason"].drop_nulls().unique()})
    return {"platform": one.platform, "problem": one.problem, "reasons": reasons, "counts": counts,
            "receipts": rows.with_columns(pl.selectors.enum().cast(pl.String)).to_dicts(),
            "drift": {cell: {"reported": told, "expected": ours} for cell, (told, ours) in one.drift.items()}}  # fmt: skip


def _is_clean(one: Delivered) -> bool:
    return one.is_complete and not any(state.answer.rejections for journal in one.journals for state in journal.states.values())


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day; expected YYYY-MM-DD", param_hint="--date") from None


def _refuse(sentence: str) -> NoReturn:
    err.print(sentence, style="red", soft_wrap=True)
    raise typer.Exit(MISUSED)
