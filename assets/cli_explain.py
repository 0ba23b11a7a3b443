"""velocity explain: why records are one person, or are not, and what became of an id.

Values of records are personal: they go to the terminal or the page only with --show-values, and into no log at all.
"""

from datetime import date
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.console import Console

from assets.cli_options import PolicyOption
from assets.explain_lake import from_lake
from assets.explain_source import ExplainError, Source, from_result
from assets.explain_tables import show_pair, show_person
from assets.explain_view import PairView, PersonView, evidence_table, pair_table, pair_view, person_view
from assets.house import PROJECT
from assets.identity_model_files import IdentityModelError
from assets.identity_record_files import RecordFileError
from assets.policy_problem import PolicyError
from pipelines.reports.explain_page import pair_page
from pipelines.reports.explain_person_page import person_page

MISUSED = 2
RESULT = ("--records", "--model", "--resolution")
LAKE = ("--group", "--lake")

out = Console(markup=False, highlight=False)
err = Console(stderr=True, markup=False, highlight=False)


def explain_command(
    asked: Annotated[str, typer.Argument(metavar="PERSON|RECORD", help="A person id, living or retired, or a record id.")],
    other: Annotated[str | None, typer.Argument(metavar="[RECORD]", help="A second record: explain the pair.")] = None,
    records: Annotated[Path | None, typer.Option("--records", help="The file that velocity resolve linked.")] = None,
    model: Annotated[Path | None, typer.Option("--model", help="The model file it was linked by.")] = None,
    resolution: Annotated[Path | None, typer.Option("--resolution", help="The folder velocity resolve wrote.")] = None,
    group: Annotated[str | None, typer.Option("--group", help="A folder of policy/, to explain the product's persons.")] = None,
    lake: Annotated[Path | None, typer.Option("--lake", help="Where the group's tables are kept.")] = None,
    day: Annotated[str | None, typer.Option("--date", help="The day, YYYY-MM-DD; the newest where not given.")] = None,
    policy: PolicyOption = PROJECT / "policy",
    html: Annotated[Path | None, typer.Option("--html", help="Write a page with waterfall charts here.")] = None,
    table: Annotated[Path | None, typer.Option("--table", help="Write the bits of every field and link here, .parquet.")] = None,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Show names, phones and all that was compared. Personal data: mind who looks.")
    ] = False,
) -> None:
    """Explain why records are one person or not: weights that add up, the rules that met them, the history of the id."""
    try:
        if table is not None and table.suffix != ".parquet":
            raise ExplainError(f"--table {table}", "a name without .parquet", "one that ends in .parquet")
        source = _source(records, model, resolution, group, lake, day, policy)
        if other is None:
            _person(source, person_view(source, asked, with_values=show_values), html, table)
        else:
            _pair(pair_view(source, asked, other, with_values=show_values), html, table)
    except (ExplainError, IdentityModelError, RecordFileError, PolicyError) as wrong:
        err.print(str(wrong), style="red", soft_wrap=True)
        raise typer.Exit(MISUSED) from None


def _source(
    records: Path | None, model: Path | None, resolution: Path | None,
    group: str | None, lake: Path | None, day: str | None, policy: Path,
) -> Source:  # fmt: skip
    """The source that the options name: all of a result's or all of a lake's."""
    if records and model and resolution and not (group or lake):
        return from_result(records, model, resolution)
    if group and lake and not (records or model or resolution):
        return from_lake(lake, group, _day(day), policy)
    given = dict(zip((*RESULT, *LAKE), (records, model, resolution, group, lake), strict=True))
    found = ", ".join(name for name, value in given.items() if value) or "no source"
    raise ExplainError("velocity explain", found, f"either {', '.join(RESULT)} or {', '.join(LAKE)}")


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ExplainError("--date", repr(text), "a day, YYYY-MM-DD") from None


def _pair(view: PairView, html: Path | None, table: Path | None) -> None:
    show_pair(out, view)
    if html:
        _write_page(html, pair_page(view.told, view.ends, view.place, view.said, view.history, view.values))
    if table:
        _write_table(table, pair_table(view.told) if view.told else None)


def _person(source: Source, view: PersonView, html: Path | None, table: Path | None) -> None:
    show_person(out, view)
    if html:
        _write_page(html, person_page(view.told, view.pairs, view.values))
    if table:
        every = pl.concat([view.told.inside, view.told.cut.drop("other_person_id"), view.told.homes.drop("other_person_id")])
        _write_table(table, evidence_table(source, every))


def _write_page(place: Path, text: str) -> None:
    place.write_text(text, encoding="utf-8")
    out.print(f"page written to {place}", soft_wrap=True)


def _write_table(place: Path, frame: pl.DataFrame | None) -> None:
    if frame is None:
        raise ExplainError("--table", "no weights: no model was learned on that day", "a day whose persons a model linked")
    frame.write_parquet(place, compression="zstd", statistics=True)
    out.print(f"{frame.height:,} rows written to {place}", soft_wrap=True)
