"""velocity diff: what happened to the audiences between two days, by cause. It reads; it changes nothing."""

from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn

import polars as pl
import typer
from rich.console import Console

from assets.cli_options import GroupOption, LakeOption
from assets.lake import Lake
from assets.policy_reads import changed_values, kept_policy, read_under
from assets.screen import print_table
from pipelines.audiences.diff import figures, moved_people
from pipelines.reports.diff_page import (
    causes_block,
    cells_block,
    diff_page,
    moves_block,
    others_block,
    policy_block,
    sizes_block,
)
from pipelines.reports.page import TableBlock
from schemas.policy import Policy
from schemas.tables.audiences import MEMBERSHIP, MEMBERSHIP_CHANGE

MISUSED = 2
MOST_ROWS = 25

out = Console(markup=False, highlight=False)
err = Console(stderr=True, markup=False, highlight=False)


def diff_command(
    first: Annotated[str, typer.Argument(metavar="DAY", help="The earlier day, YYYY-MM-DD.")],
    second: Annotated[str, typer.Argument(metavar="DAY", help="The later day, YYYY-MM-DD.")],
    group: GroupOption,
    lake: LakeOption,
    audience: Annotated[str | None, typer.Option("--audience", help="Only this audience.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page with charts here.")] = None,
    out_folder: Annotated[Path | None, typer.Option("--out", help="Write every table here as CSV; counts only.")] = None,
    people: Annotated[
        Path | None, typer.Option("--people", help="Write who moved and why here, .parquet: ids, never names.")
    ] = None,
) -> None:
    """Compare the audiences of two days: sizes, cells, who entered, who left and why; it all adds up."""
    tables = Lake(lake.resolve(), group)
    days = _days(tables, first, second)
    if people is not None and people.suffix != ".parquet":
        _refuse(f"--people {people}: expected a name that ends in .parquet")
    before, after = (_of(tables.read(MEMBERSHIP.name, one), audience) for one in days)
    if audience and before.is_empty() and after.is_empty():
        known = sorted({name for one in days for name in tables.read(MEMBERSHIP.name, one)["audience"].unique()})
        _refuse(f"no audience {audience!r} had a member on either day; audiences that had: {', '.join(known)}")
    moved = moved_people(before, after, changes_between(tables, *days))
    told = figures(before, after, moved)
    policies = [policy_of(tables, one) for one in days]
    changed = changed_values(policies[0], policies[1]) if policies[0] and policies[1] else []
    _show(days, told, changed)
    if html and policies[1]:
        _place(html).write_text(diff_page(days, policies[1], told, changed), encoding="utf-8")
        out.print(f"page written to {html}", soft_wrap=True)
    elif html:
        _refuse(f"no page: the lake does not keep the policy of {days[1]}, or this version cannot read it")
    if out_folder:
        out_folder.mkdir(parents=True, exist_ok=True)
        for name, frame in told.items():
            frame.write_csv(out_folder / f"{name}.csv")
        out.print(f"{len(told)} tables written to {out_folder}", soft_wrap=True)
    if people:
        moved.write_parquet(_place(people), compression="zstd", statistics=True)
        out.print(f"{moved.height:,} rows written to {people}: ids of people, mind who reads them", soft_wrap=True)


def changes_between(lake: Lake, first: date, second: date) -> pl.DataFrame:
    """membership_change of every day after the first up to the second, with the day as dt; days without one are left out."""
    shape = MEMBERSHIP_CHANGE.schema.create_empty().with_columns(pl.selectors.enum().cast(pl.String), dt=pl.lit(None, pl.Date))
    frames = [shape]
    for one in lake.days(MEMBERSHIP_CHANGE.name):
        if first < one <= second:
            told = lake.read(MEMBERSHIP_CHANGE.name, one).with_columns(pl.selectors.enum().cast(pl.String), dt=pl.lit(one))
            frames.append(told.select([name for name in shape.columns if name in told.columns]))
    return pl.concat(frames, how="diagonal")


def policy_of(lake: Lake, day: date) -> Policy | None:
    """The policy under which a day's members were made, where the lake keeps it."""
    policy_hash = read_under(lake, MEMBERSHIP.name, day)
    return kept_policy(lake, policy_hash) if policy_hash else None


def _days(lake: Lake, first: str, second: str) -> tuple[date, date]:
    found = []
    for text in (first, second):
        try:
            found.append(date.fromisoformat(text))
        except ValueError:
            raise typer.BadParameter(f"{text!r} is not a day; expected YYYY-MM-DD", param_hint="DAY") from None
    known = lake.days(MEMBERSHIP.name)
    for one in found:
        if one not in known:
            has = f"it has {known[0]} to {known[-1]}" if known else "it has none"
            _refuse(f"{lake.home} holds no audiences of {one}; {has}. Run the day first: velocity run --date {one}")
    if found[0] >= found[1]:
        _refuse(f"{found[0]} is not before {found[1]}; expected the earlier day first")
    return found[0], found[1]


def _of(members: pl.DataFrame, audience: str | None) -> pl.DataFrame:
    return members.filter(pl.col("audience") == audience) if audience else members


def _show(days: tuple[date, date], told: dict[str, pl.DataFrame], changed: list[tuple[str, str, str]]) -> None:
    out.print(f"{days[0]} against {days[1]}", style="bold")
    _print(sizes_block(told["sizes"]), most=100)
    _print(causes_block(told["causes"]))
    if told["causes"].is_empty():
        out.print("Nobody entered or left.")
    _print(narrowed(cells_block(told["cells"])))
    _print(moves_block(told["moves"]))
    if told["others"].height:
        _print(others_block(told["others"]))
    if changed:
        _print(policy_block(changed))


def narrowed(block: TableBlock) -> TableBlock:
    """A table of cells for a screen: without the audience, and without moves where nobody moved."""
    moves = [at for at, head in enumerate(block.heads) if head.startswith("Moved")]
    gone = {block.heads.index("Audience"), *(at for at in moves if all(row[at] == "0" for row in block.rows))}
    kept = [at for at in range(len(block.heads)) if at not in gone]
    heads, rows = [block.heads[at] for at in kept], [[row[at] for at in kept] for row in block.rows]
    return TableBlock(block.caption, heads, rows, numeric=range(1, len(kept)), note=block.note)


def _print(block: TableBlock, most: int = MOST_ROWS) -> None:
    if block.rows:
        print_table(out, block, most)


def _place(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _refuse(sentence: str) -> NoReturn:
    err.print(sentence, style="red", soft_wrap=True)
    raise typer.Exit(MISUSED)
