"""velocity shared: what of a person was shared with whom, when, for what and on which basis, and when it was taken back."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from assets.cli_options import GroupOption, LakeOption
from assets.delivery.subject import ids_of, is_known, shared_rows, stays
from assets.lake import Lake

MISUSED = 2

out = Console(markup=False, highlight=False)
err = Console(stderr=True, markup=False, highlight=False)


def shared_command(
    person_id: Annotated[str, typer.Argument(metavar="PERSON", help="The person's id, living or merged into another.")],
    lake: LakeOption,
    group: GroupOption,
    as_json: Annotated[bool, typer.Option("--json", help="Print every single sharing as one JSON document.")] = False,
) -> None:
    """Answer a person's question: who was told what of me, when, on which basis, and was it taken back?"""
    tables = Lake(lake.resolve(), group)
    ids = ids_of(tables, person_id)
    rows = shared_rows(tables, ids)
    if rows.is_empty() and not is_known(tables, ids):
        err.print(
            f"{tables.home} knows no person {person_id!r}; expected an id of table person, or one merged into another",
            style="red",
        )
        raise typer.Exit(MISUSED)
    found = stays(rows)
    if as_json:
        typer.echo(
            json.dumps({"person_id": person_id, "ids": ids, "stays": found, "shared": rows.to_dicts()}, indent=1, default=str)
        )
        return
    if len(ids) > 1:
        out.print(f"known as {', '.join(ids)}", soft_wrap=True)
    if not found:
        out.print("Nothing of this person was shared with anybody.")
        return
    table = Table(title="What was shared", title_justify="left")
    for head in ("recipient", "list", "how", "for", "basis", "times", "first", "last", "taken back"):
        table.add_column(head, justify="right" if head == "times" else "left", overflow="fold")
    for one in found:
        back = str(one["taken_back_on"] or ("asked, not confirmed" if one["is_taking_back_unconfirmed"] else "no"))
        told = ("way", "purposes", "bases", "times", "first_on", "last_on")
        table.add_row(one["recipient"], one["cell"], *(_text(one[name]) for name in told), back)
    out.print(table)


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value if value is not None else "")
