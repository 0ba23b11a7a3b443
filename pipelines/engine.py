"""The engine: where tables meet tables. A small interface, so that a pipeline never knows which engine runs it.

SQL is DuckDB's dialect. Values are bound (`$name`), never formatted into the text; tables are known by name.
"""

from importlib import resources
from typing import Protocol

import polars as pl

Value = str | int | float | bool | bytes | None | object


class Engine(Protocol):
    """What a pipeline may ask of the engine."""

    def sql(self, query: str, **params: Value) -> pl.DataFrame:
        """Run one query with bound parameters and return its rows. Order is only what the query orders."""
        ...

    def register(self, name: str, frame: pl.DataFrame) -> None:
        """Make a frame readable by queries under a name, replacing an earlier one of that name."""
        ...

    def keep(self, name: str, query: str, **params: Value) -> None:
        """Keep the rows of a query as a table inside the engine, replacing an earlier one: for what only later queries read."""
        ...


def query_text(package: str, name: str) -> str:
    """The text of a .sql file that ships beside a module: query_text("pipelines.traits", "rfm")."""
    return resources.files(package).joinpath(f"{name}.sql").read_text(encoding="utf-8")
