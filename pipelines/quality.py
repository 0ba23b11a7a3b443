"""Whether a whole table may go on: expectations derived from its contract, as data. Running them happens on the top floor.

Rows are judged by the row contract; nothing of it is repeated here. A table is judged by its keys, volume, null shares,
value mix and references, all of them stated once on the `Table` or on its columns.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import dataframely as dy

from schemas.contract import Table


@dataclass(frozen=True)
class Expectation:
    """One expectation by its Great Expectations class name and arguments. `label` is its name in results."""

    label: str
    kind: str
    arguments: Mapping[str, object]
    is_blocking: bool = True


def suite(table: Table, previous_rows: int | None, as_of: date) -> list[Expectation]:
    """The expectations of a table on a day, given the row count of its previous partition (None where there is none)."""
    return [
        *_shape(table),
        *_volume(table, previous_rows),
        *_nulls(table),
        *_mix(table),
        *_references(table),
        *_freshness(table, as_of),
    ]


def _shape(table: Table) -> list[Expectation]:
    columns = list(table.schema.columns())
    found = [Expectation("columns", "ExpectTableColumnsToMatchOrderedList", {"column_list": columns})]
    if len(table.key) == 1:
        found.append(Expectation("key_is_unique", "ExpectColumnValuesToBeUnique", {"column": table.key[0]}))
    elif table.key:
        found.append(Expectation("key_is_unique", "ExpectCompoundColumnsToBeUnique", {"column_list": list(table.key)}))
    return found


def _volume(table: Table, previous_rows: int | None) -> list[Expectation]:
    low, high = table.limits.min_rows, None
    if previous_rows and table.limits.min_growth is not None:
        low = max(low, int(previous_rows * table.limits.min_growth))
    if previous_rows and table.limits.max_growth is not None:
        high = max(int(previous_rows * table.limits.max_growth), previous_rows + SMALL_CHANGE_ROWS)
    if previous_rows and previous_rows - low <= SMALL_CHANGE_ROWS:
        low = max(table.limits.min_rows, min(low, previous_rows - SMALL_CHANGE_ROWS))
    bounds: dict[str, object] = {"min_value": max(low, 0)}
    if high is not None:
        bounds["max_value"] = high
    return [Expectation("row_count", "ExpectTableRowCountToBeBetween", bounds)]


SMALL_CHANGE_ROWS = 50  # below this many rows a ratio between two days says nothing


def _nulls(table: Table) -> list[Expectation]:
    return [
        Expectation(
            f"{column}_null_share",
            "ExpectColumnValuesToNotBeNull",
            {"column": column, "mostly": round(1 - share, 4)},
            is_blocking=not table.limits.is_advisory,
        )
        for column, share in sorted(table.limits.max_null_share.items())
    ]


def _mix(table: Table) -> list[Expectation]:
    return [
        Expectation(
            f"{name}_values", "ExpectColumnDistinctValuesToBeInSet", {"column": name, "value_set": list(column.categories)}
        )
        for name, column in table.schema.columns().items()
        if isinstance(column, dy.Enum)
    ]


def _references(table: Table) -> list[Expectation]:
    found = []
    for column, target in sorted(table.limits.references.items()):
        other, other_column = target.split(".")
        query = (
            f'SELECT t."{column}" FROM {{batch}} AS t LEFT JOIN "{other}" AS o ON t."{column}" = o."{other_column}" '
            f'WHERE t."{column}" IS NOT NULL AND o."{other_column}" IS NULL'
        )
        label = f"{column}_is_in_{other}"
        found.append(Expectation(label, "UnexpectedRowsExpectation", {"unexpected_rows_query": query, "description": label}))
    return found


def _freshness(table: Table, as_of: date) -> list[Expectation]:
    column = table.limits.fresh_column
    if column is None:
        return []
    oldest = as_of - timedelta(days=table.limits.fresh_days)
    query = f"SELECT newest FROM (SELECT max(\"{column}\") AS newest FROM {{batch}}) WHERE newest < DATE '{oldest.isoformat()}'"
    arguments = {"unexpected_rows_query": query, "description": f"newest {column} on or after {oldest.isoformat()}"}
    return [Expectation("is_fresh", "UnexpectedRowsExpectation", arguments, is_blocking=not table.limits.is_advisory)]
