"""Polars expressions that write a value the way a feed writes it."""

import polars as pl


def us_date(column: str) -> pl.Expr:
    """M/D/YYYY from a day number; blank below 1900 days and where null."""
    return pl.when(pl.col(column) > 0).then(pl.col(column).cast(pl.Int32).cast(pl.Date).dt.strftime("%-m/%-d/%Y"))


def iso_date(column: str) -> pl.Expr:
    """YYYY-MM-DD from a day number; blank for days before 1970."""
    return pl.when(pl.col(column) > 0).then(pl.col(column).cast(pl.Int32).cast(pl.Date).dt.strftime("%Y-%m-%d"))


def iso_time(day: str, second: str) -> pl.Expr:
    """YYYY-MM-DDTHH:MM:SSZ from a day number and the second of the day, UTC."""
    moment = (pl.col(day).cast(pl.Int64) * 86_400 + pl.col(second).cast(pl.Int64)) * 1_000_000
    return moment.cast(pl.Datetime("us")).dt.strftime("%Y-%m-%dT%H:%M:%SZ")


def money(column: str, has_commas: bool = False) -> pl.Expr:
    """Two decimals; with a comma between thousands where asked. Amounts below a billion."""
    cents = (pl.col(column).cast(pl.Float64) * 100).round().cast(pl.Int64)
    whole, rest = cents // 100, (cents % 100).cast(pl.String).str.zfill(2)
    text = whole.cast(pl.String)
    if has_commas:
        split = pl.concat_str((whole // 1000).cast(pl.String), pl.lit(","), (whole % 1000).cast(pl.String).str.zfill(3))
        text = pl.when(whole >= 1000).then(split).otherwise(text)
    return pl.concat_str(text, pl.lit("."), rest)


def whole(column: str) -> pl.Expr:
    """A whole number; blank where it is zero or less."""
    return pl.when(pl.col(column) > 0).then(pl.col(column).cast(pl.Int64).cast(pl.String))
