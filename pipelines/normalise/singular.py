"""One day, not 1 days: the plural that a sentence's template writes, made singular where its number is one."""

import polars as pl

UNITS = ("call", "day", "form", "mile", "month", "page", "point", "signal", "time", "visit", "year")

# A whole number one, at most one describing word, and a unit. $1, 21, 1.5 and 0.1 are no ones.
PATTERN = rf"(^|[^0-9.,$])1 ((?:[a-z-]+ )?(?:{'|'.join(UNITS)}))s\b"
REPLACEMENT = r"\11 \2"  # in DuckDB a group has one digit: the first group, a 1, the second group


def singular(text: pl.Expr) -> pl.Expr:
    """The sentences with `1 days` as `1 day`, `1 third-party signals` as `1 third-party signal`; others unchanged."""
    return text.str.replace_all(PATTERN, "${1}1 ${2}")


def singular_sql(text: str) -> str:
    """The same in SQL: an expression around the expression `text`."""
    return f"regexp_replace({text}, '{PATTERN}', '{REPLACEMENT}', 'g')"
