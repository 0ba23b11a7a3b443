"""velocity update: link what is new, changed or deleted in a file, on the state that a run before it kept."""

import time
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from assets.cli_identity import MISUSED, WRONG_CALL, err, out
from assets.identity_model_files import load_model
from assets.identity_record_files import RecordFileError, check_ids, check_records, read_records, record_columns, rows_at
from assets.identity_result_files import check_folder
from assets.identity_runs import SEED, check_apart, day_of, next_of, written
from assets.identity_state_files import Kept, StateFolderError, load_state, model_sha256
from assets.identity_summary import counts, event_counts, result_frames, summary_table
from assets.policy_problem import listed
from assets.whole_folder import is_there, only_writer_of
from pipelines.identity.state import columns_read
from pipelines.identity.update import Update, update
from schemas.names import nearest_of, proposed


def update_command(
    changed: Annotated[Path, typer.Argument(help="New and changed records, whole rows: .parquet, .csv or .tsv.")],
    state: Annotated[Path, typer.Option("--state", help="The folder that velocity resolve --state wrote; it is replaced.")],
    out_folder: Annotated[Path, typer.Option("--out", help="A new folder, or one with a former result, which is replaced.")],
    deleted: Annotated[Path | None, typer.Option("--deleted", help="A file with the ids of records that are no more.")] = None,
    model: Annotated[Path | None, typer.Option("--model", help="Only to be sure: must be the model of the state.")] = None,
) -> None:
    """Link new, changed and deleted records by the model as it was learned; ids of persons go on."""
    try:
        check_apart(out_folder, state)
        if not is_there(state):
            load_state(state)  # tells what is missing, and makes no folder
        with only_writer_of(state):
            _updated(changed, state, out_folder, deleted, model)
    except WRONG_CALL as wrong:
        err.print(str(wrong), style="red", soft_wrap=True)
        raise typer.Exit(MISUSED) from None


def _updated(changed: Path, state: Path, folder: Path, deleted: Path | None, model: Path | None) -> None:
    started = time.perf_counter()
    before = load_state(state)
    _check_model(before, model, state)
    check_folder(folder)
    rows, gone = _rows(before, changed, state), _gone(before, deleted)
    _check_both(before, rows, gone, deleted)
    told = update(before.state, before.model, rows, gone, seed=SEED, as_of=day_of(before.run + 1))
    after, ids = next_of(before, told.state, told.changed)
    frames = _frames(told) | ids.frames()
    kinds = dict(ids.changes.group_by("change").len().iter_rows())
    new = kinds.get("new", 0)
    counted = {"run": after.run, "new": new, "changed": len(told.changed) - new, "deleted": len(gone)}
    summary = counts(before.model, frames, **counted, unchanged=rows.height - len(told.changed))
    summary["events"] = event_counts(ids.events)
    written(folder, frames, summary, after, state)
    out.print(summary_table(summary, time.perf_counter() - started))
    out.print(f"written to {folder}, state in {state}", soft_wrap=True)


def _frames(told: Update) -> dict[str, pl.DataFrame]:
    members = told.state.members.sort("record_id")
    edges = told.state.edges.sort("left_record_id", "right_record_id", "kind", "rule")
    homes = members.group_by("household_id").agg(people=pl.col("person_id").n_unique().cast(pl.Int64)).sort("household_id")
    diagnostics = {"rules": told.rules, "dropped": told.dropped, "patterns": told.patterns}
    return result_frames(members, edges, homes, told.state.learned, diagnostics)


def _check_model(before: Kept, path: Path | None, state: Path) -> None:
    """Raise StateFolderError where another model is named than the one that the state was learned by."""
    if path and model_sha256(load_model(path)) != model_sha256(before.model):
        wanted = f"{state / 'model.yaml'}, or link all records by the other one: velocity resolve --state {state}; the ids go on"
        raise StateFolderError(state, f"the model {before.model.model!r} that --model {path} differs from", wanted)


def _rows(before: Kept, path: Path, state: Path) -> pl.DataFrame:
    """The changed records, in the columns that the model of the state reads."""
    wanted, there = columns_read(before.model), record_columns(path)
    for column in wanted:
        if column not in there:
            found = f"no column {column!r}, which the model of state {state} reads"
            raise RecordFileError(
                path,
                found,
                f"all of {listed(wanted, len(wanted))}; there are {listed(there)}.{proposed(nearest_of(column, there))}",
            )
    rows = read_records(path, wanted)
    check_records(before.model, rows, path, is_part=True)
    return _as_kept(before, rows, path)


def _as_kept(before: Kept, rows: pl.DataFrame, path: Path) -> pl.DataFrame:
    """A column that holds lists in the state holds lists here; one of texts may not."""
    lists = {name for name, dtype in before.state.records.schema.items() if isinstance(dtype, pl.List)}
    here = {name for name, dtype in rows.schema.items() if isinstance(dtype, pl.List | pl.Array)}
    if odd := sorted(here - lists):
        raise RecordFileError(path, f"lists in {', '.join(odd)}", "texts, as in the records that the state was made of")
    one = [
        pl.when(pl.col(name).is_not_null()).then(pl.concat_list(pl.col(name).cast(pl.String))) for name in sorted(lists - here)
    ]
    return rows.with_columns(one)


def _gone(before: Kept, path: Path | None) -> pl.Series:
    """Ids of deleted records, each of which the state holds."""
    name = before.model.record_id
    if path is None:
        return pl.Series(name, [], dtype=pl.String)
    there = record_columns(path)
    if name not in there:
        raise RecordFileError(
            path, f"no column {name!r}", f"one with the ids of deleted records, as the model names it; there are {listed(there)}"
        )
    ids = read_records(path, [name])[name].cast(pl.String)
    check_ids(ids, path)
    unknown = ~ids.is_in(before.state.records[name].implode())
    if unknown.any():
        wanted = (
            f"ids of records that the state holds after run {before.run}; take out those that never were, or are deleted already"
        )
        raise RecordFileError(path, f"a {name} that the state does not hold in {rows_at(unknown)}", wanted)
    return ids


def _check_both(before: Kept, rows: pl.DataFrame, gone: pl.Series, path: Path | None) -> None:
    both = gone.is_in(rows[before.model.record_id].cast(pl.String).implode())
    if path and both.any():
        found = f"a {gone.name} that is among the changed records too in {rows_at(both)}"
        raise RecordFileError(path, found, "an id in one of the two files only")
