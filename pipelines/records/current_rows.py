"""The current row of a key: every version of it folded, field by field, so that blanks and older files never overwrite."""

from collections.abc import Sequence


def touched_keys(feed: str) -> str:
    """SQL for the row keys of a feed that got a new version on the day $as_of."""
    return f"SELECT DISTINCT row_key FROM {feed} WHERE dt = $as_of"


def current_rows(feed: str, columns: Sequence[str], among: str | None = None) -> str:
    """SQL for one row per key: row_key, `columns`, updated_at (newest stamp), taken_in_on (first day), line_number.

    `feed` and `columns` come from a contract, never from data. `among` is SQL that yields the row keys wanted; the keys
    touched on $as_of where it is not given. The newest value that is not null wins: arg_max skips nulls.
    """
    folded = ",\n    ".join(f"arg_max({column}, version) AS {column}" for column in columns)
    return f"""
SELECT row_key,
    {folded},
    max(version_at) AS updated_at, min(dt) AS taken_in_on, arg_max(line_number, version) AS line_number
FROM (
    SELECT *, row_number() OVER (ORDER BY version_at, file_name, line_number, row_hash) AS version
    FROM {feed}
    WHERE row_key IN ({among or touched_keys(feed)}) AND dt <= $as_of
)
GROUP BY row_key
ORDER BY row_key
"""
