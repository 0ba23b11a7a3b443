"""velocity forget: take a person out of the lake for good, with proof. Exit codes: 0 done; 1 something is left; 2 cannot be."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from assets.cli_options import GroupOption, LakeOption, PolicyOption, SeedOption
from assets.delivery.fold import PATIENCE_SECONDS
from assets.delivery.lock import AlreadyDelivering, all_stopped
from assets.forget import Asked, Preview, TellsTooMuch, forget, newest_day, preview, resume, stones_of
from assets.forget_day import lift
from assets.forget_drop import still_held, write_cleaned
from assets.forget_subject import NobodyThere
from assets.house import PROJECT, House
from assets.policy_problem import PolicyError
from assets.run_day import AlreadyRunning, only_writer
from assets.seed import OtherSeed

FAILED, MISUSED = 1, 2

out = Console(markup=False, highlight=False)
err = Console(stderr=True, markup=False, highlight=False)


def forget_command(
    asked: Annotated[
        str, typer.Argument(metavar="PERSON|TOMBSTONE", help="A person id, living or retired; with --lift a tombstone id.")
    ],
    group: GroupOption,
    lake: LakeOption,
    reason: Annotated[str, typer.Option("--reason", help="Why, without naming the person; it is kept in the proof.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who decided it; kept in the proof.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    lift_it: Annotated[bool, typer.Option("--lift", help="Put a tombstone out of force: the person may come back.")] = False,
    drop: Annotated[Path | None, typer.Option("--drop", help="List the files of this folder that still hold the person.")] = None,
    purge_drop: Annotated[
        Path | None, typer.Option("--purge-drop", help="Write copies without the person here (with --drop).")
    ] = None,
    policy: PolicyOption = PROJECT / "policy",
    seed: SeedOption = "velocity",
) -> None:
    """Forget a person: rows, files and hashes go, platforms are asked to drop them, and no re-pull brings them back."""
    house = House(group=group, drop=str(drop or ""), lake=str(lake.resolve()), policy=str(policy.resolve()), seed=seed)
    if not dry_run and not (reason and by):
        raise typer.BadParameter("say why and who decides: --reason and --by; both are kept in the proof", param_hint="--reason")
    if purge_drop and not drop:
        raise typer.BadParameter("name the folder of the files with --drop", param_hint="--purge-drop")
    try:
        if dry_run:
            _show(preview(house, asked))
            return
        delivered_to = [name for name, one in house.rules.channels.platforms.items() if one.delivery]
        with only_writer(house.tables), all_stopped(house.tables, delivered_to, PATIENCE_SECONDS):
            if lift_it:
                _lift(house, asked)
                return
            stones = stones_of(house, asked) if drop else None
            certificate = _forgotten(house, asked, reason, by)
    except (NobodyThere, TellsTooMuch, PolicyError, OtherSeed) as wrong:
        err.print(str(wrong), style="red", soft_wrap=True)
        raise typer.Exit(MISUSED) from None
    except (AlreadyRunning, AlreadyDelivering) as busy:
        err.print(str(busy), style="red", soft_wrap=True)
        raise typer.Exit(FAILED) from None
    _tell(certificate)
    for held in still_held(drop, stones) if drop and stones else ():
        lines = ", ".join(map(str, held.lines))
        out.print(f"still in the drop folder: {held.feed.name}/{held.name}, lines {lines}", soft_wrap=True)
        if purge_drop:
            place = write_cleaned(held, purge_drop)
            out.print(
                f"  cleaned copy: {place}" if place else "  its rows are not its lines: clean it at the source", soft_wrap=True
            )
    if not certificate["is_complete"]:
        raise typer.Exit(FAILED)


def _forgotten(house: House, asked: str, reason: str, by: str) -> dict[str, Any]:
    """Forget somebody, or finish what was cut and was the same."""
    finished = resume(house)
    try:
        return forget(house, asked, Asked(reason, by, newest_day(house.tables), datetime.now(UTC).isoformat(timespec="seconds")))
    except NobodyThere:
        if finished:  # it was this erasure that was cut
            return finished[-1]
        raise


def _lift(house: House, tombstone_id: str) -> None:
    count = lift(house.tables, tombstone_id, newest_day(house.tables))
    if not count:
        err.print(f"no tombstone {tombstone_id!r} is in force; table forgotten has their ids", style="red", soft_wrap=True)
        raise typer.Exit(MISUSED)
    out.print(f"{tombstone_id} is lifted: rows of the person are taken from now on, and from files that are delivered again")


def _tell(certificate: dict[str, Any]) -> None:
    table = Table(title=f"Forgotten under {certificate['tombstone_id']}", title_justify="left")
    for head in ("table or folder", "files", "rows gone", "rows blanked"):
        table.add_column(head, overflow="fold")
    for name, counts in sorted(certificate["by_table"].items()):
        table.add_row(name, *(f"{counts[one]:,}" for one in ("files", "removed", "blanked")))
    out.print(table)
    queued = certificate["removals_queued"]
    out.print(f"removals that the next day's exports ask for: {json.dumps(queued) if queued else 'none'}", soft_wrap=True)
    if certificate["left_in"]:
        err.print("still named in: " + ", ".join(certificate["left_in"]), style="red", soft_wrap=True)
    else:
        named = "only the removals that are owed name" if queued else "nothing names"
        out.print(f"every file of the lake was searched: {named} the person any more", soft_wrap=True)
    out.print(f"proof: _forget/{certificate['tombstone_id']}/certificate.json and table forget_proof", soft_wrap=True)


def _show(found: Preview) -> None:
    table = Table(title="What would go", title_justify="left")
    for head in ("partition", "rows gone", "rows blanked"):
        table.add_column(head, overflow="fold")
    for name, removed, blanked in found.files:
        table.add_row(name, f"{removed:,}", f"{blanked:,}")
    out.print(table)
    held = ", ".join(f"{name} {count}" for name, count in found.platforms.items())
    out.print(f"lists at platforms to be taken off: {held or 'none'}", soft_wrap=True)
