"""velocity resolve: link the records of any file by a model file. Prints counts and shares, never values of anybody."""

import time
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.console import Console

from assets.identity_model_files import IdentityModelError, check_columns, load_model, named_columns
from assets.identity_record_files import RecordFileError, check_records, read_records, record_columns
from assets.identity_result_files import ResultFolderError, check_folder
from assets.identity_runs import SEED, check_apart, day_of, next_of, written
from assets.identity_state_files import Kept, StateFolderError, holds_state, load_state
from assets.identity_summary import counts, event_counts, result_frames, rounded, summary_table
from assets.policy_problem import listed
from assets.whole_folder import FolderInUse, only_writer_of
from pipelines.identity.pairwise import Pairwise, pairwise
from pipelines.identity.resolve import Resolution, resolve
from schemas.identity_model import IdentityModel
from schemas.names import nearest_of, proposed

MISUSED = 2
WRONG_CALL = (IdentityModelError, RecordFileError, ResultFolderError, StateFolderError, FolderInUse)

out = Console(markup=False, highlight=False)
err = Console(stderr=True, markup=False, highlight=False)


def resolve_command(
    records: Annotated[Path, typer.Argument(help="The file to link: .parquet, .csv or .tsv, with a record in each row.")],
    model: Annotated[Path, typer.Option("--model", help="The model file, see docs/identity.md.")],
    out_folder: Annotated[Path, typer.Option("--out", help="A new folder, or one with a former result, which is replaced.")],
    state: Annotated[
        Path | None, typer.Option("--state", help="Keep here what velocity update needs; ids of a state that is there go on.")
    ] = None,
    truth: Annotated[str | None, typer.Option("--truth", help="A column with who each record really is, to be scored.")] = None,
) -> None:
    """Link the records of a file: who is one person, and who lives together."""
    try:
        with only_writer_of(state) if state else nullcontext():
            _resolved(records, model, out_folder, state, truth)
    except WRONG_CALL as wrong:
        err.print(str(wrong), style="red", soft_wrap=True)
        raise typer.Exit(MISUSED) from None


def _resolved(records: Path, path: Path, folder: Path, state: Path | None, truth: str | None) -> None:
    spec, rows = _inputs(records, path, truth)
    check_folder(folder)
    former = _former(folder, state) if state else None
    started = time.perf_counter()
    found = resolve(rows, spec, before=_people(former), seed=SEED, as_of=day_of(former.run + 1 if former else 0))
    seconds = time.perf_counter() - started
    frames = result_frames(found.members, found.edges, found.households, found.learned, found.diagnostics)
    summary = counts(spec, frames)
    kept = Kept(found.state, spec, path.read_text(encoding="utf-8")) if state else None
    if former and kept:
        after, told = next_of(former, found.state)
        kept = Kept(found.state, spec, kept.model_text, after.run, after.retired)
        frames |= told.frames()
        summary |= {"run": kept.run, "events": event_counts(told.events)}
    if truth:
        summary["score"] = rounded(_score(found, rows, spec, truth))
    written(folder, frames, summary, kept, state)
    out.print(summary_table(summary, seconds))
    out.print(f"written to {folder}" + (f", state in {state}" if state else ""), soft_wrap=True)


def _former(folder: Path, state: Path) -> Kept | None:
    check_apart(folder, state)
    return load_state(state, for_ids=True) if holds_state(state) else None


def _people(former: Kept | None) -> pl.DataFrame | None:
    """record_id, person_id, created_on of persons known earlier."""
    if former is None:
        return None
    known = former.state.members.select("record_id", "person_id")
    return known.join(former.state.people, on="person_id").select("record_id", "person_id", "created_on")


def _inputs(records: Path, path: Path, truth: str | None) -> tuple[IdentityModel, pl.DataFrame]:
    """The model, and the columns of the records that it names. The model is told first, then the columns, then the rows."""
    model = load_model(path)
    columns = record_columns(records)
    check_columns(model, columns, path)
    if truth and truth not in columns:
        there = f"{listed(columns)}.{proposed(nearest_of(truth, columns))}"
        raise RecordFileError(records, f"no column {truth!r}, which --truth names", there)
    named = [column for _, column in named_columns(model)]
    rows = read_records(records, [*named, *([truth] if truth else [])])
    check_records(model, rows, records)
    return model, rows


def _score(found: Resolution, rows: pl.DataFrame, model: IdentityModel, truth: str) -> Pairwise:
    known = rows.select(pl.col(model.record_id).cast(pl.String).alias("record_id"), truth=truth, source=model.source or pl.lit(0))
    both = found.members.join(known, on="record_id", how="left", maintain_order="left")
    return pairwise(both["person_id"], both["truth"], both["source"] if model.mode == "link" else None)
