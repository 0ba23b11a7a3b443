"""How a trigger's sentence is filled in: figures in the reader's spelling, one day and not 1 days, today and not 0 days."""

import re

import polars as pl

from pipelines.normalise.singular import singular

_FIELD = re.compile(r"\{(\w+)(?::(usd|short|whole))?\}")
_PART = re.compile(r"\[([^\]]*)\]|([^\[]+)")
_NONE = {r", 0 days ago\b": ", today", r", 0 days\b": ", today", r", 0 months left\b": ", less than a month left"}


def sentence_of(template: str) -> pl.Expr:
    """The template filled in from the columns it names.

    {name} is the value as it is, dates as YYYY-MM-DD; {name:usd} whole dollars, $12,345; {name:whole} a whole number,
    12,345; {name:short} a number with at most one decimal. What stands in [] is said only where all its columns have a
    value; outside of [] a column without one reads `unknown`.
    """
    parts = [_part(optional, plain) for optional, plain in _PART.findall(template)]
    text = singular(pl.concat_str(parts))
    for none, words in _NONE.items():
        text = text.str.replace_all(none, words)
    return text


def _part(optional: str, plain: str) -> pl.Expr:
    text = _filled(optional or plain)
    names = [found.group(1) for found in _FIELD.finditer(optional)]
    if not names:
        return text
    return pl.when(pl.all_horizontal(pl.col(name).is_not_null() for name in names)).then(text).otherwise(pl.lit(""))


def _filled(template: str) -> pl.Expr:
    parts: list[pl.Expr] = []
    end = 0
    for field in _FIELD.finditer(template):
        parts += [pl.lit(template[end : field.start()]), _worded(field.group(1), field.group(2))]
        end = field.end()
    return pl.concat_str([*parts, pl.lit(template[end:])])


def _worded(name: str, form: str | None) -> pl.Expr:
    value = pl.col(name)
    forms = {"usd": dollars, "whole": whole_number, "short": short_number}
    text = forms[form](value) if form else value.cast(pl.String)
    return text.fill_null("unknown")


def whole_number(amount: pl.Expr) -> pl.Expr:
    """Rounded to a whole number with thousands separated: 12,345 or -1,200."""
    whole = amount.cast(pl.Float64).round(0).cast(pl.Int64)
    reversed_groups = whole.abs().cast(pl.String).str.reverse().str.replace_all(r"(\d{3})", "$1,")
    grouped = reversed_groups.str.reverse().str.strip_chars_start(",")
    return pl.concat_str([pl.when(whole < 0).then(pl.lit("-")).otherwise(pl.lit("")), grouped])


def dollars(amount: pl.Expr) -> pl.Expr:
    """US dollars rounded to whole ones, as $12,345 or -$1,200."""
    text = whole_number(amount)
    return pl.concat_str(
        [pl.when(text.str.starts_with("-")).then(pl.lit("-$")).otherwise(pl.lit("$")), text.str.strip_chars_start("-")]
    )


def short_number(amount: pl.Expr) -> pl.Expr:
    """At most one decimal: 13.5, and 3 in place of 3.0."""
    return amount.cast(pl.Float64).round(1).cast(pl.String).str.strip_suffix(".0")
