"""velocity export-subject: give a person all that is known of them. Exit codes: 0 done; 2 nobody there, or the folder is used."""

import json
import os
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.console import Console

from assets.catalogue import all_contracts
from assets.cli_options import GroupOption, LakeOption, PolicyOption
from assets.forget import newest_day, placeholders
from assets.forget_subject import NobodyThere, subject_of
from assets.house import PROJECT, House
from assets.policy_problem import PolicyError
from assets.subject_rows import rows_by_table
from pipelines.reports.subject_page import subject_page

MISUSED = 2

out = Console(markup=False, highlight=False)
err = Console(stderr=True, markup=False, highlight=False)


def export_subject_command(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="A person id, living or retired.")],
    group: GroupOption,
    lake: LakeOption,
    folder: Annotated[
        Path, typer.Option("--out", help="A new folder; only this user can read it. Personal data: mind who looks.")
    ],
    policy: PolicyOption = PROJECT / "policy",
) -> None:
    """Write all that is known of a person: JSON and CSV by table, and a page to read."""
    if folder.exists() and any(folder.iterdir()):
        err.print(f"--out {folder} is not empty; name a new folder", style="red", soft_wrap=True)
        raise typer.Exit(MISUSED)
    house = House(group=group, drop="", lake=str(lake.resolve()), policy=str(policy.resolve()))
    tables = house.tables
    try:
        subject = subject_of(tables, person, placeholders(house))
    except (NobodyThere, PolicyError) as nobody:
        err.print(str(nobody), style="red", soft_wrap=True)
        raise typer.Exit(MISUSED) from None
    found = dict(rows_by_table(tables, subject))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name, rows in found.items():
        _write(folder / f"{name}.json", json.dumps(rows.to_dicts(), indent=1, default=str, ensure_ascii=False))
        _write(folder / f"{name}.csv", flat(rows).write_csv())
    said = {name: (one.stage, one.description) for name, one in all_contracts().items()}
    _write(folder / "index.html", subject_page(group, newest_day(tables), found, said))
    out.print(f"{sum(one.height for one in found.values()):,} rows of {len(found)} tables written to {folder}", soft_wrap=True)


def flat(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that a CSV can hold: lists and structures as JSON."""
    nested = [name for name, dtype in rows.schema.items() if dtype.is_nested()]
    told = {one: [json.dumps(value, default=str, ensure_ascii=False) for value in rows[one].to_list()] for one in nested}
    return rows.with_columns(**{name: pl.Series(values, dtype=pl.String) for name, values in told.items()})


def _write(place: Path, text: str) -> None:
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as writing:
        writing.write(text)
