"""What can be wrong with records that are to be linked. No message holds a value of a record.

What can be wrong with a model file is told elsewhere, before any record is read.
"""

from collections.abc import Sequence

from schemas.identity_mistakes import nearest


class RecordsError(ValueError):
    """Records that cannot be linked by a model."""


class MissingColumns(RecordsError):
    """Columns that a model names and the records lack. `missing` holds each with what the model wants it for."""

    def __init__(self, missing: Sequence[tuple[str, str]], available: Sequence[str]) -> None:
        self.missing, self.available = tuple(missing), tuple(available)
        told = "; ".join(f"no column {column!r} for {use}{_hint(column, available)}" for column, use in missing)
        super().__init__(f"{told}. Found {', '.join(available) or 'none'}; rename one, or name it in the model.")


class RecordIdNull(RecordsError):
    """Records without an id."""

    def __init__(self, column: str, nulls: int, records: int) -> None:
        self.column, self.nulls, self.records = column, nulls, records
        super().__init__(
            f"column {column!r}: null in {nulls} of {records} records; expected an id in each, such as a row number."
        )


class RecordIdRepeated(RecordsError):
    """Ids that more than one record holds."""

    def __init__(self, column: str, repeated: int, records: int) -> None:
        self.column, self.repeated, self.records = column, repeated, records
        told = f"column {column!r}: {repeated} ids are on more than one record, on {records} records in all"
        super().__init__(f"{told}; expected each once: remove the repeated rows or add a column that tells them apart.")


class UnreadableColumn(RecordsError):
    """A column of a dtype that has no text to compare."""

    def __init__(self, column: str, dtype: str) -> None:
        self.column, self.dtype = column, dtype
        wanted = "text, numbers, dates, true and false, categories, or lists of these"
        super().__init__(f"column {column!r}: {dtype}; expected {wanted}: cast it, or unpack the part that is to be compared.")


def _hint(column: str, available: Sequence[str]) -> str:
    near = nearest(column, available)
    return f" (did you mean {near!r}?)" if near else ""
