"""Runs the expectations of a table on its staged file, before anything is published. Sole importer of Great Expectations.

The import costs seconds, so it happens once per process, when the first table is judged.
"""

import logging
import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import event
from sqlalchemy.engine import Engine as SqlEngine
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

from pipelines.quality import Expectation


@dataclass(frozen=True)
class Finding:
    """What one expectation found. No value of any row is in it."""

    label: str
    success: bool
    observed: str
    expected: Mapping[str, object]
    is_blocking: bool = True


@dataclass(frozen=True)
class Verdict:
    """What a whole suite found about a table."""

    table: str
    rows: int
    findings: tuple[Finding, ...] = field(default=())

    @property
    def success(self) -> bool:
        """Whether every expectation holds that can keep the table from being published."""
        return all(finding.success for finding in self.findings if finding.is_blocking)

    @property
    def warnings(self) -> int:
        """How many expectations do not hold and only warn."""
        return sum(not finding.success for finding in self.findings if not finding.is_blocking)

    @property
    def failures(self) -> list[str]:
        """The expectations that do not hold, in words."""
        return [f"{one.label}: expected {dict(one.expected)}, found {one.observed}" for one in self.findings if not one.success]


def judge(
    table: str, staged: Path, expectations: Sequence[Expectation], references: Mapping[str, Sequence[Path]], work: Path
) -> Verdict:
    """Run a suite on a staged Parquet file; `references` are the files of tables that it refers to.

    `work` is a folder for one throw-away database of views, removed before returning.
    """
    work.mkdir(parents=True, exist_ok=True)
    database = work / f"judge-{uuid.uuid4().hex}.duckdb"
    rows = _views(database, staged, references)
    try:
        results = _run(database, table, expectations)
    finally:
        database.unlink(missing_ok=True)
    return Verdict(table, rows, tuple(results))


def _views(database: Path, staged: Path, references: Mapping[str, Sequence[Path]]) -> int:
    def reading(files: Sequence[Path]) -> str:
        return "read_parquet([" + ", ".join("'" + str(file).replace("'", "''") + "'" for file in files) + "])"

    with duckdb.connect(str(database)) as connection:
        connection.execute(f"CREATE VIEW staged AS SELECT * FROM {reading([staged])}")
        for name, files in references.items():
            connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM {reading(files)}')
        counted = connection.sql("SELECT count(*) FROM staged").fetchall()
    return int(counted[0][0])


def _run(database: Path, table: str, expectations: Sequence[Expectation]) -> list[Finding]:
    gx, context = _great_expectations()
    source = context.data_sources.add_sql(name=uuid.uuid4().hex, connection_string=f"duckdb:///{database}")
    try:
        asset = source.add_table_asset(name=table, table_name="staged")
        batch = asset.add_batch_definition_whole_table("day").get_batch()
        suite = gx.ExpectationSuite(name=uuid.uuid4().hex)
        for one in expectations:
            suite.add_expectation(getattr(gx.expectations, one.kind)(**one.arguments, meta={"label": one.label}))
        # No value of a row may reach a result: they end in metadata and on pages.
        outcome = batch.validate(suite, result_format={"result_format": "BASIC", "partial_unexpected_count": 0})
        # Results come in an order of their own; the label says whose they are.
        by_label = {result.expectation_config.meta["label"]: result for result in outcome.results}
        return [_finding(one, by_label[one.label]) for one in expectations]
    finally:
        context.data_sources.delete(source.name)


def _finding(expectation: Expectation, result: Any) -> Finding:
    if result.exception_info and result.exception_info.get("raised_exception"):
        raise RuntimeError(f"{expectation.label}: {result.exception_info.get('exception_message')}")
    details = result.result or {}
    observed = details.get("observed_value", details.get("unexpected_count", "as expected"))
    shown = {key: value for key, value in expectation.arguments.items() if key not in ("unexpected_rows_query", "column_list")}
    return Finding(expectation.label, bool(result.success), str(observed)[:200], shown, expectation.is_blocking)


@cache
def _great_expectations() -> tuple[Any, Any]:
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx  # seconds to import; only a process that judges pays for it
    from great_expectations.data_context.types.base import ProgressBarsConfig

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    event.listen(SqlEngine, "after_cursor_execute", _buffer_duckdb_rows)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return gx, context


def _buffer_duckdb_rows(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
    # Great Expectations reads a DuckDB cursor after its connection was closed; its rows are fetched while it is open.
    if connection.dialect.name == "duckdb" and context is not None and cursor.description:
        context.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(cursor, initial_buffer=cursor.fetchall())
