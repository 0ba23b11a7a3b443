"""What can be said of one distinct text: its sound, its year, its words. Keys and levels are made of these."""

from collections.abc import Callable
from functools import cache

import jellyfish
import polars as pl
from nicknames import NickNamer

_X = pl.col("x")
_LETTERS = _X.str.replace_all(r"[^\p{L}]", "")


def derived(function: str | None, values: pl.Series, n: int | None = None) -> pl.Series:
    """A function of each distinct text; null where it says nothing. `n` is the number of prefix, suffix and word."""
    if function is None:
        return values
    if function in _BY_TEXT:
        return _each(values, _BY_TEXT[function])
    out = pl.DataFrame({"x": values}).select(x=_EXPRESSIONS[function](n))
    return out.select(pl.when(_X != "").then(_X)).to_series()


def _each(values: pl.Series, function: Callable[[str], str]) -> pl.Series:
    told = [None if text is None else function(text) or None for text in values.to_list()]
    return pl.Series(told, dtype=pl.String)


def _long_enough(n: int | None, cut: pl.Expr) -> pl.Expr:
    return pl.when(_X.str.len_chars() >= n).then(cut)


def _word(n: int | None) -> pl.Expr:
    place = n or 1
    return _X.str.split(" ").list.get(place - 1 if place > 0 else place, null_on_oob=True)


def _eight(cut: pl.Expr) -> pl.Expr:
    """A part of a date, where it is a whole one."""
    return pl.when(_X.str.contains(r"^[0-9]{8}$")).then(cut)


_EXPRESSIONS: dict[str, Callable[[int | None], pl.Expr]] = {
    "prefix": lambda n: _long_enough(n, _X.str.head(n or 1)),
    "suffix": lambda n: _long_enough(n, _X.str.tail(n or 1)),
    "year": lambda _: _eight(_X.str.slice(0, 4)),
    "month": lambda _: _eight(_X.str.slice(4, 2)),
    "day": lambda _: _eight(_X.str.slice(6, 2)),
    "month_day": lambda _: _eight(_X.str.slice(4, 4)),
    "month_year": lambda _: _eight(_X.str.slice(0, 6)),
    "swapped": lambda _: _eight(_X.str.slice(0, 4) + _X.str.slice(6, 2) + _X.str.slice(4, 2)),
    "user": lambda _: _X.str.replace(r"@.*$", ""),
    "domain": lambda _: _X.str.replace(r"^.*@", ""),
    "word": _word,
    "words": lambda _: _X.str.split(" ").list.sort().list.join(" "),
    "digits": lambda _: _X.str.replace_all(r"\D", ""),
    "number": lambda _: _X.str.extract(r"(\d+)", 1),
    "initial": lambda _: _X.str.head(1),
}


@cache
def full_names(name: str) -> tuple[str, ...]:
    """A given name and the names it is short for, sorted."""
    head = name.split(" ", maxsplit=1)[0]
    return tuple(sorted({head, *_namer().canonicals_of(head)}))


@cache
def _namer() -> NickNamer:
    return NickNamer()


@cache
def _full_name(name: str) -> str:
    """Of the names that a given name is short for, the one with most short forms: Bob and Rob both give Robert."""
    return min(full_names(name), key=lambda full: (-len(_namer().nicknames_of(full)), full))


def _sound(text: str) -> str:
    letters = text if text.isalpha() else "".join(one for one in text if one.isalpha() or one == " ")
    return jellyfish.metaphone(letters)


def _soundex(text: str) -> str:
    letters = "".join(one for one in text if one.isalpha())
    return jellyfish.soundex(letters) if letters else ""


_BY_TEXT: dict[str, Callable[[str], str]] = {"sound": _sound, "soundex": _soundex, "full_name": _full_name}
