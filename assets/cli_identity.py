"""velocity resolve: link the records of any file by a model file. Prints counts and shares, never values of anybody."""

import time
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer
from rich.console import Console
from rich.table import Table as RichTable

from assets.identity_model_files import IdentityModelError, check_columns, load_model, named_columns
from assets.identity_record_files import RecordFileError, check_records, read_records, record_columns
from assets.identity_result_files import ResultFolderError, check_folder, write_result
from assets.policy_problem import listed, nearest_of
from pipelines.identity.pairwise import Pairwise, pairwise
from pipelines.identity.resolve import Resolution, resolve
from schemas.identity_model import IdentityModel

MISUSED = 2
TIERS = ("exact", "strict", "loose")

out = Console(markup=False, highlight=False)
err = Console(stderr=True, markup=False, highlight=False)


def resolve_command(
    records: Annotated[Path, typer.Argument(help="The file to link: .parquet, .csv or .tsv, with a record in each row.")],
    model: Annotated[Path, typer.Option("--model", help="The model file, see docs/identity.md.")],
    out_folder: Annotated[Path, typer.Option("--out", help="A new folder, or one with a former result, which is replaced.")],
    truth: Annotated[str | None, typer.Option("--truth", help="A column with who each record really is, to be scored.")] = None,
) -> None:
    """Link the records of a file: who is one person, and who lives together."""
    try:
        spec, rows = _inputs(records, model, truth)
        check_folder(out_folder)
        started = time.perf_counter()
        found = resolve(rows, spec)
        seconds = time.perf_counter() - started
        score = _score(found, rows, spec, truth) if truth else None
        summary = _summary(found, rows, spec, score)
        write_result(out_folder, _frames(found), summary)
    except (IdentityModelError, RecordFileError, ResultFolderError) as wrong:
        err.print(str(wrong), style="red", soft_wrap=True)
        raise typer.Exit(MISUSED) from None
    _show(summary, seconds, out_folder)


def _inputs(records: Path, path: Path, truth: str | None) -> tuple[IdentityModel, pl.DataFrame]:
    """The model, and the columns of the records that it names. The model is told first, then the columns, then the rows."""
    model = load_model(path)
    columns = record_columns(records)
    check_columns(model, columns, path)
    if truth and truth not in columns:
        near = nearest_of(truth, columns)
        hint = f" Did you mean {near!r}?" if near else ""
        raise RecordFileError(records, f"no column {truth!r}, which --truth names", f"{listed(columns)}.{hint}")
    named = [column for _, column in named_columns(model)]
    rows = read_records(records, [*named, *([truth] if truth else [])])
    check_records(model, rows, records)
    return model, rows


def _score(found: Resolution, rows: pl.DataFrame, model: IdentityModel, truth: str) -> Pairwise:
    known = rows.select(pl.col(model.record_id).cast(pl.String).alias("record_id"), truth=truth, source=model.source or pl.lit(0))
    both = found.members.join(known, on="record_id", how="left", maintain_order="left")
    return pairwise(both["person_id"], both["truth"], both["source"] if model.mode == "link" else None)


def _frames(found: Resolution) -> dict[str, pl.DataFrame]:
    tables = {"members": found.members, "edges": found.edges, "households": found.households}
    tables |= {"parameters": found.learned.parameters, "shares": found.learned.shares}
    return tables | {f"diagnostics_{name}": frame for name, frame in sorted(found.diagnostics.items())}


def _summary(found: Resolution, rows: pl.DataFrame, model: IdentityModel, score: Pairwise | None) -> dict[str, Any]:
    """What is told of a result, in the order of the table."""
    people = found.members.group_by("person_id").len()["len"]
    linked = found.members.filter(pl.col("person_id").is_duplicated())
    tiers = dict(linked.group_by(pl.col("tier").cast(pl.String)).len().iter_rows())
    told: dict[str, Any] = {
        "model": model.model,
        "mode": model.mode,
        "records": rows.height,
        "persons": len(people),
        "largest_person": max(people, default=0),
        "alone": rows.height - linked.height,
        "tiers": {tier: tiers.get(tier, 0) for tier in TIERS},
        "households": found.households["household_id"].n_unique(),
        "edges": found.edges.height,
        "blocks_dropped": found.diagnostics["dropped"].height,
    }
    if score:
        told["score"] = {name: round(getattr(score, name), 6) for name in ("precision", "recall", "f1")}
    return told


def _show(summary: dict[str, Any], seconds: float, folder: Path) -> None:
    table = RichTable(title=f"Records linked by {summary['model']}", show_header=False)
    table.add_column("what")
    table.add_column("how many", justify="right")
    for name in ("records", "persons", "largest_person", "alone"):
        table.add_row(name.replace("_", " "), f"{summary[name]:,}")
    for tier, count in summary["tiers"].items():
        table.add_row(f"linked, tier {tier}", f"{count:,}")
    for name in ("households", "edges", "blocks_dropped"):
        table.add_row(name.replace("_", " "), f"{summary[name]:,}")
    for name, share in summary.get("score", {}).items():
        table.add_row(name, f"{share:.4f}")
    table.add_row("seconds", f"{seconds:.2f}")
    out.print(table)
    out.print(f"written to {folder}", soft_wrap=True)
