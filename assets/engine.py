"""The embedded engine: DuckDB in process. What runs here runs unchanged on any engine with the same methods."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl

from pipelines.engine import Value


class DuckDBEngine:
    """One in-memory DuckDB connection. Spills to `temp`, if given, beyond `memory_limit`; needs no extension."""

    def __init__(self, temp: Path | None = None, memory_limit: str = "4GB") -> None:
        # Without a folder of its own DuckDB would spill into the working directory, and leave it there when killed.
        place = str(temp) if temp else ""
        self._use(duckdb.connect(":memory:", config={"memory_limit": memory_limit, "temp_directory": place}))

    def _use(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.execute("SET enable_progress_bar = false")  # it would be printed among what commands say

    def register(self, name: str, frame: pl.DataFrame) -> None:
        """Make a frame readable under a name."""
        self._connection.register(name, frame.to_arrow())

    def view(self, name: str, files: Sequence[Path], *, hive: bool = False, columns: pl.DataFrame | None = None) -> None:
        """Make Parquet files readable under a name; with `hive`, the day of each partition is its column dt.

        A column that some files lack is null in them; so is one of the empty frame `columns` that no file has.
        """
        listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
        options = ", hive_partitioning = true, hive_types = {'dt': DATE}" if hive else ""
        options += ", union_by_name = true" if len(files) > 1 else ""
        rows = f"SELECT * FROM read_parquet([{listed}]{options})"
        if columns is not None:
            has = set(self._connection.sql(f"{rows} LIMIT 0").columns)
            lacking = [one for one in columns.columns if one not in has]
            if lacking:
                self.register(f"{name} since", columns.select(lacking).clear())
                rows += f' UNION ALL BY NAME SELECT * FROM "{name} since"'
        self._connection.execute(f'CREATE OR REPLACE VIEW "{name}" AS {rows}')

    def sql(self, query: str, **params: Value) -> pl.DataFrame:
        """Run one query with bound parameters and return its rows."""
        return _in_utc(self._connection.sql(query, params=params or None).pl())

    def keep(self, name: str, query: str, **params: Value) -> None:
        """Keep the rows of a query as a table of the connection. It spills like everything else."""
        self._connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {query}', params or None)

    def close(self) -> None:
        """Give the connection's memory back."""
        self._connection.close()


def _in_utc(frame: pl.DataFrame) -> pl.DataFrame:
    """DuckDB names the same zone Etc/UTC on some machines; one name keeps dtypes equal everywhere."""
    zoned = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Datetime) and dtype.time_zone]
    return frame.with_columns(pl.col(zoned).dt.convert_time_zone("UTC")) if zoned else frame
