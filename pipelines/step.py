"""A step: how one or more tables of a day are made from others. The folder is the registry: modules define STEP.

A step is pure: its inputs are tables that the engine knows by name, its arguments are the day and the policy.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from pipelines.engine import Engine
from schemas.contract import Table
from schemas.policy import Policy

Window = Literal["day", "until", "previous", "otherwise"]


@dataclass(frozen=True)
class Input:
    """A table that a step reads. The engine knows it under `alias`.

    day: the partition of the day. until: every partition up to and including the day.
    previous: the newest partition before the day, under previous_<table>; empty with the right columns where there is none.
    otherwise: what the policy of that earlier day would have made of this one, under otherwise_<table>; the day's own partition
    where the policy is the same, or no longer known.
    An input with no partition at all is an empty table with the right columns.
    """

    table: str
    window: Window = "day"

    @property
    def alias(self) -> str:
        """The name under which queries know the input."""
        return f"{self.window}_{self.table}" if self.window in ("previous", "otherwise") else self.table


@dataclass(frozen=True)
class Day:
    """What a step knows besides its tables: the day, the group's policy and the key for ids.

    policy_before is the policy of the newest earlier day; None where there is no such day or the lake did not keep it.
    """

    as_of: date
    policy: Policy
    seed: str
    policy_before: Policy | None = None


Built = pl.DataFrame | Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Step:
    """How `tables` are made: declared inputs and a pure function of the engine and the day.

    With one table `build` may return its frame; with several it returns a frame per table name.
    Frames hold exactly the columns of the table's schema, in its dtypes and sorted by its key.
    """

    tables: tuple[Table, ...]
    inputs: tuple[Input, ...]
    build: Callable[[Engine, Day], Built]

    def frames(self, engine: Engine, day: Day) -> dict[str, pl.DataFrame]:
        """Run the step and return a frame per table name."""
        built = self.build(engine, day)
        return {self.tables[0].name: built} if isinstance(built, pl.DataFrame) else dict(built)


def steps_of(package: str) -> list[Step]:
    """Every STEP declared by a module of a package, in alphabetical order of modules."""
    found = importlib.import_module(package)
    modules = sorted(one.name for one in pkgutil.iter_modules(found.__path__))
    loaded = [importlib.import_module(f"{package}.{name}") for name in modules]
    return [module.STEP for module in loaded if hasattr(module, "STEP")]
