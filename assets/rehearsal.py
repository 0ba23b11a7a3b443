"""Runs steps in memory over a published day, under another policy or as of another day. It publishes nothing.

What is asked for is made; everything else is read from the day's partitions as the day itself read it. So under the same
policy the frames are those that the day published, row for row. Choosing what to make is `tables_between`.
"""

import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

import polars as pl
import pyarrow.parquet as pq

from assets.catalogue import STAGES
from assets.engine import DuckDBEngine
from assets.house import House
from assets.lake import Lake
from assets.policy_reads import policy_before
from assets.progress import give_back
from assets.table import as_declared, read_input, schema_of
from pipelines.step import Day, Input, Step, steps_of
from schemas.policy import Policy


class NotPublished(Exception):
    """The lake does not hold the day that is to be rehearsed."""

    def __init__(self, lake: Lake, day: date | None) -> None:
        self.day = day
        known = lake.days("feed_file")
        newest = f"the newest of {lake.group} is {known[-1]}" if known else f"{lake.root} holds no day of {lake.group}"
        super().__init__(f"no published day {day or ''}: {newest}; run that day first, or name one that was".replace("  ", " "))


class NoSuchStep(KeyError):
    """A table that no step makes."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(f"no step makes the table {table}")


@cache
def step_of_table() -> Mapping[str, Step]:
    """The step that makes each of our tables, by the table's name."""
    return {table.name: step for stage in STAGES for step in steps_of(f"pipelines.{stage}") for table in step.tables}


def rehearse(
    house: House, day: date, policy: Policy, tables: Iterable[str], *,
    as_of: date | None = None, given: Mapping[str, pl.DataFrame] | None = None,
) -> dict[str, pl.DataFrame]:  # fmt: skip
    """Make `tables` of a published day anew and return them by name, in the shape and order in which they are published.

    Tables that are not named are read from the lake, as they are on `day`; `given` frames stand in for them and are used
    as they are (a `previous_<table>` of that name too; one that is read `until` may carry its days in `dt`, else it is of the
    day). A table of ours that the lake lacks on the day, or holds in an older shape, is made and returned as well. `as_of` is
    what steps take for today, and what lies before it is their past; nothing is cut from the tables of `day` for it, so give
    tables cut to what was known. Errors: NotPublished, NoSuchStep.
    """
    if day not in house.tables.days("feed_file"):
        raise NotPublished(house.tables, day)
    return make(house, day, policy, tables, as_of=as_of, given=given)


def make(
    house: House, day: date, policy: Policy, tables: Iterable[str], *,
    as_of: date | None = None, given: Mapping[str, pl.DataFrame] | None = None,
) -> dict[str, pl.DataFrame]:  # fmt: skip
    """As `rehearse`, of a day that may still be under way: what the tables follow from must be published. Errors: NoSuchStep."""
    frames, made = dict(given or {}), dict[str, pl.DataFrame]()
    known = Day(as_of or day, policy, house.seed, policy_before(house.tables, day))
    for step in chain(house.tables, day, set(tables), set(frames)):
        built = _run(house, step, day, known, {**made, **frames}, set(frames))
        made |= {name: frame for name, frame in built.items() if name not in frames}
    return made


def _run(
    house: House, step: Step, day: date, known: Day, frames: Mapping[str, pl.DataFrame], whole: Collection[str]
) -> dict[str, pl.DataFrame]:  # fmt: skip
    with ready(house, step.inputs, day, known.as_of, frames, whole) as engine:
        built = step.frames(engine, known)
    give_back()
    return {table.name: as_declared(table, built[table.name]) for table in step.tables}


@contextmanager
def ready(
    house: House, inputs: Iterable[Input], day: date, as_of: date | None = None,
    frames: Mapping[str, pl.DataFrame] = MappingProxyType({}), whole: Collection[str] = (),
) -> Iterator[DuckDBEngine]:  # fmt: skip
    """An engine that knows inputs of a published day; `frames` stand in for tables, those in `whole` for all their days."""
    lake = house.tables
    with tempfile.TemporaryDirectory(prefix="velocity-rehearsal-") as spill:
        engine = DuckDBEngine(Path(spill), house.memory_limit)
        try:
            for one in inputs:
                if one.alias in frames:
                    _register(engine, one, lake, day, frames[one.alias], is_whole=one.table in whole)
                else:
                    read_input(lake, engine, one, (as_of or day) if one.window == "previous" else day)
            yield engine
        finally:
            engine.close()


def _register(engine: DuckDBEngine, one: Input, lake: Lake, day: date, frame: pl.DataFrame, *, is_whole: bool) -> None:
    """Give the engine a frame for an input. Of a log that was made anew, the days before are the lake's."""
    if one.window != "until":
        engine.register(one.alias, frame)
        return
    dated = frame if "dt" in frame.columns else frame.with_columns(dt=pl.lit(day, pl.Date))
    earlier = [] if is_whole else [lake.part(one.table, before) for before in lake.days(one.table) if before < day]
    if earlier:
        engine.view(f"earlier_{one.table}", earlier, hive=True)
        engine.register(f"made_{one.table}", dated)
        dated = engine.sql(f'SELECT * FROM "earlier_{one.table}" UNION ALL BY NAME SELECT * FROM "made_{one.table}"')
    engine.register(one.alias, dated)


def chain(lake: Lake, day: date, tables: Collection[str], given: Collection[str] = ()) -> list[Step]:
    """The steps that make tables, each after those whose tables it reads. Errors: NoSuchStep."""
    makers, wanted = step_of_table(), sorted(set(tables))
    ordered: list[Step] = []
    remade: set[str] = set(tables)
    for name in wanted:
        if name not in makers:
            raise NoSuchStep(name)
        _add(makers[name], ordered, remade, lake, day, set(given))
    return ordered


def _add(step: Step, ordered: list[Step], remade: set[str], lake: Lake, day: date, given: set[str]) -> None:
    if step in ordered:
        return
    for name in inputs_of(step):
        if name not in given and name in step_of_table() and (name in remade or not is_as_declared(lake, name, day)):
            _add(step_of_table()[name], ordered, remade, lake, day, given)
    ordered.append(step)


def inputs_of(step: Step) -> list[str]:
    """The tables of the same day that a step reads, in alphabetical order."""
    return sorted({one.table for one in step.inputs if one.window != "previous"} - {table.name for table in step.tables})


def is_as_declared(lake: Lake, table: str, day: date) -> bool:
    """Whether the lake holds the day's partition with exactly the columns of the contract."""
    place = lake.part(table, day)
    return place.is_file() and pq.read_schema(place).names == list(schema_of(table).columns())


def tables_between(changed: Collection[str], wanted: Collection[str]) -> set[str]:
    """The tables that follow from changed ones and that wanted ones follow from, both ends included. Names are of our tables."""
    after, before = set(changed), set(wanted)
    makers = step_of_table()
    for step in _ordered(makers):
        if after & ({*inputs_of(step)} | {table.name for table in step.tables}):
            after |= {table.name for table in step.tables}
    for step in reversed(_ordered(makers)):
        if before & {table.name for table in step.tables}:
            before |= set(inputs_of(step))
    return after & before & set(makers)


def _ordered(makers: Mapping[str, Step]) -> list[Step]:
    """Every step once, each after those whose tables it reads."""
    ordered: list[Step] = []

    def add(step: Step) -> None:
        if step not in ordered:
            for name in inputs_of(step):
                if name in makers:
                    add(makers[name])
            ordered.append(step)

    for name in sorted(makers):
        add(makers[name])
    return ordered
