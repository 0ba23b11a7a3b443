"""The one factory: from a step and the contracts of its tables to Dagster assets. Write, audit, publish.

An asset reads its declared inputs, builds, stages Parquet beside its place, judges it by the row contract and by the
table's expectations, and only then renames it into place. What fails is recorded and nothing of it is published.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import dagster as dg
import dataframely as dy
import polars as pl

from assets.catalogue import all_contracts
from assets.guard_rails import Rails, broken, measured, rail_findings, rail_results, rail_specs
from assets.house import House
from assets.judge import Verdict, judge
from assets.lake import Lake
from assets.policy_reads import watched, write_reads
from assets.progress import give_back, peak_mb, tell
from pipelines.quality import suite
from pipelines.step import Input, Step
from schemas.contract import Table

SLICE_ROWS = 250_000  # row rules are checked in slices, so that a large table is never held twice
CHECKS = {
    "contract": "Every row obeys the row contract of the table.",
    "expectations": "The table as a whole may go on: key, volume, blanks, values, references, freshness (Great Expectations).",
}


@dataclass(frozen=True)
class Staged:
    """A table that is written but not yet published."""

    table: Table
    path: Path
    rows: int
    broken_rules: Mapping[str, int]
    verdict: Verdict
    rails: Rails = field(default_factory=dict)
    reads: frozenset[str] | None = None  # sections of the policy that its step read; None: no step made it

    @property
    def passed(self) -> bool:
        """Whether it may be published."""
        return not self.broken_rules and self.verdict.success and not broken(self.rails)


Given = Callable[[House, Step, date], Mapping[str, pl.DataFrame]]


def nothing_given(house: House, step: Step, day: date) -> Mapping[str, pl.DataFrame]:
    """No frame but those that the lake holds."""
    return {}


def asset_of(step: Step, partitions: dg.DailyPartitionsDefinition, given: Given = nothing_given) -> dg.AssetsDefinition:
    """The Dagster definition of a step: one asset per table, with its checks. `given` makes inputs that no partition holds."""
    names = [table.name for table in step.tables]
    # Yesterday's tables are history, not lineage: as dependencies they would make a ring of every table that remembers.
    deps = sorted({one.table for one in step.inputs if one.window != "previous"} - set(names))

    @dg.multi_asset(
        name="_and_".join(names) if len(names) < 3 else f"{step.tables[0].stage}_{names[0]}",
        specs=[spec_of(table, deps=deps) for table in step.tables],
        check_specs=[*(spec for name in names for spec in check_specs(name, CHECKS)), *rail_specs(step.tables)],
        partitions_def=partitions,
    )
    def body(context: dg.AssetExecutionContext, house: House) -> Iterator[Any]:
        started = time.monotonic()
        day = day_of(context)
        staged = stage_step(house, step, day, given(house, step, day))
        yield from publish(context, house, staged)
        tell(names[0], sum(one.rows for one in staged), started)

    return body


def check_specs(asset: str, checks: Mapping[str, str]) -> list[dg.AssetCheckSpec]:
    """The checks of an asset, by name and description."""
    return [dg.AssetCheckSpec(name, asset=asset, description=text) for name, text in checks.items()]


def spec_of(table: Table, deps: list[str] | None = None) -> dg.AssetSpec:
    """What Dagster's UI knows about a table before any run."""
    return dg.AssetSpec(
        key=table.name,
        deps=deps or [],
        description=table.description,
        group_name=table.stage,
        owners=[table.owner],
        kinds={"polars" if table.stage == "sources" else "duckdb", "parquet"},
        tags={"personal": "yes" if table.is_personal else "no", "keeps": table.kind},
        metadata={"dagster/column_schema": column_schema(table), "dagster/relation_identifier": table.name},
    )


def column_schema(table: Table) -> dg.TableSchema:
    """The columns tab, from the contract."""
    dtypes = table.schema.create_empty().schema
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name,
                type=str(dtypes[name]),
                description=column.description,
                constraints=dg.TableColumnConstraints(nullable=column.nullable, unique=table.key == (name,)),
            )
            for name, column in table.schema.columns().items()
        ]
    )


def day_of(context: dg.AssetExecutionContext) -> date:
    """The day of a run."""
    return date.fromisoformat(context.partition_key)


def stage_step(house: House, step: Step, day: date, given: Mapping[str, pl.DataFrame] = MappingProxyType({})) -> list[Staged]:
    """Read the inputs, build the tables, write them beside their places and judge them. `given` are inputs, by alias."""
    lake, engine = house.tables, house.engine()
    reads: set[str] = set()
    try:
        read_inputs(lake, engine, step, day, given)
        frames = step.frames(engine, replace(house.day(day), policy=watched(house.rules, reads.add)))
    finally:
        engine.close()
    missing = {table.name for table in step.tables} ^ set(frames)
    if missing:
        raise ValueError(f"step of {step.tables[0].name}: frames and declared tables differ by {sorted(missing)}")
    frames = {table.name: as_declared(table, frames.pop(table.name)) for table in step.tables}
    paths = {name: lake.stage(name, day, frame) for name, frame in frames.items()}
    rails = {table.name: measured(table, frames[table.name]) for table in step.tables}
    # Each frame goes as soon as its rows are judged: judging a large table as a whole takes the memory that it held.
    judged = {table.name: broken_rules(table, frames.pop(table.name)) for table in step.tables}
    give_back()
    return [
        Staged(
            table,
            paths[table.name],
            *judged[table.name],
            judge_staged(house, table, paths[table.name], day, paths),
            rails[table.name],
            frozenset(reads),
        )
        for table in step.tables
    ]


def read_inputs(lake: Lake, engine: Any, step: Step, day: date, given: Mapping[str, pl.DataFrame] = MappingProxyType({})) -> None:
    """Give the engine every declared input under its alias; one without a partition is empty with the right columns."""
    for one in step.inputs:
        if one.alias in given:
            engine.register(one.alias, given[one.alias])
        else:
            read_input(lake, engine, one, day)


def read_input(lake: Lake, engine: Any, one: Input, day: date) -> None:
    """Give the engine one declared input of a day under its alias."""
    parts = lake.parts(one.table, one.window, day)
    if parts:
        engine.view(one.alias, parts, hive=one.window == "until", columns=schema_of(one.table).create_empty())
    else:
        empty = schema_of(one.table).create_empty()
        engine.register(one.alias, empty.with_columns(dt=pl.lit(None, pl.Date)) if one.window == "until" else empty)


def schema_of(name: str) -> type[dy.Schema]:
    """The schema of any table by name. KeyError names it."""
    return all_contracts()[name].schema


def as_declared(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame in the columns and dtypes of its contract. ValueError names columns that are missing or undeclared."""
    wanted = table.schema.create_empty().schema
    missing, extra = [one for one in wanted if one not in frame.columns], [one for one in frame.columns if one not in wanted]
    if missing or extra:
        raise ValueError(f"table {table.name}: built without {missing or 'nothing'} and with undeclared {extra or 'nothing'}")
    return frame.select(pl.col(name).cast(dtype) for name, dtype in wanted.items())


def audit(house: House, table: Table, path: Path, frame: pl.DataFrame, day: date) -> Staged:
    """Judge a staged table by its row contract and by its expectations."""
    return Staged(table, path, *broken_rules(table, as_declared(table, frame)), judge_staged(house, table, path, day))


def broken_rules(table: Table, frame: pl.DataFrame) -> tuple[int, dict[str, int]]:
    """How many rows of a frame as declared there are, and how many of them break each rule of the row contract."""
    broken: dict[str, int] = {}
    for part in frame.iter_slices(SLICE_ROWS):
        for rule, count in table.schema.filter(part)[1].counts().items():
            broken[rule] = broken.get(rule, 0) + count
    return frame.height, broken


def judge_staged(house: House, table: Table, path: Path, day: date, staged: Mapping[str, Path] | None = None) -> Verdict:
    """Run the table's expectations on its staged file."""
    lake = house.tables
    others = {target.split(".")[0] for target in table.limits.references.values()}
    references = {one: [staged[one]] if staged and one in staged else lake.parts(one, "day", day) for one in sorted(others)}
    previous = lake.rows(table.name, "previous", day)
    return judge(table.name, path, suite(table, previous, day), references, lake.home / ".staged")


def publish(context: dg.AssetExecutionContext, house: House, staged: list[Staged]) -> Iterator[Any]:
    """Record every verdict; publish all tables of the step, or none."""
    day = day_of(context)
    for one in staged:
        yield from check_results(one)
        write_verdict(house.tables, one, day)
    failed = [one for one in staged if not one.passed]
    if failed:
        raise dg.Failure(description="; ".join(_why(one) for one in failed), allow_retries=False)
    for one in staged:
        place = house.tables.publish(one.path, one.table.name, day)
        if one.reads is not None:
            write_reads(house.tables, one.table.name, day, house.rules, one.reads)
        yield dg.MaterializeResult(asset_key=one.table.name, metadata=published_metadata(one, place))


def _why(one: Staged) -> str:
    rules = [f"{count} rows break {rule}" for rule, count in sorted(one.broken_rules.items())]
    return f"table {one.table.name} was not published: " + "; ".join([*rules, *one.verdict.failures, *broken(one.rails)])


def check_results(one: Staged) -> Iterator[dg.AssetCheckResult]:
    """The checks of a table, as results: its two, and its guard rails."""
    yield from rail_results(one.table, one.rails)
    yield dg.AssetCheckResult(
        asset_key=one.table.name,
        check_name="contract",
        passed=not one.broken_rules,
        metadata={"rows": one.rows, "broken_rules": dg.MetadataValue.json(dict(one.broken_rules))},
    )
    yield dg.AssetCheckResult(
        asset_key=one.table.name,
        check_name="expectations",
        passed=one.verdict.success and not one.verdict.warnings,
        severity=dg.AssetCheckSeverity.WARN if one.verdict.success else dg.AssetCheckSeverity.ERROR,
        metadata={
            "expectations": len(one.verdict.findings),
            "found": dg.MetadataValue.md(
                "\n".join(f"- {'ok' if f.success else 'BROKEN'} {f.label}: {f.observed}" for f in one.verdict.findings)
            ),
        },
    )


def published_metadata(one: Staged, place: Path) -> dict[str, Any]:
    """What the UI shows about a published partition. No value of any row is in it."""
    return {
        "dagster/row_count": one.rows,
        "dagster/partition_row_count": one.rows,
        "dagster/uri": str(place),
        "bytes": place.stat().st_size,
        "peak_memory_mb": peak_mb(),
    }


def write_verdict(lake: Lake, one: Staged, day: date) -> None:
    """Keep what was found about a table on a day, for the validation page."""
    found = {
        "table": one.table.name,
        "stage": one.table.stage,
        "rows": one.rows,
        "success": one.passed,
        "broken_rules": dict(one.broken_rules),
        "expectations": [
            {"name": f.label, "success": f.success, "observed": f.observed, "expected": dict(f.expected)}
            for f in one.verdict.findings
        ]
        + rail_findings(one.rails),
    }
    lake.write_json(f"_validation/{day.isoformat()}/{one.table.name}.json", found)
