"""What every normalising rule shares: its shape, removing what cannot be seen, and recognising what is already a hash."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

Stage = Callable[[pl.Expr], pl.Expr]

HASH = r"(?i)^\s*[0-9a-f]{64}\s*$"  # SHA-256 in hex
# Characters that print nothing: controls, bidirectional marks, zero-width characters, byte order mark, variation selectors.
INVISIBLE = r"[\p{Cf}\u{FE00}-\u{FE0F}\x00-\x08\x0e-\x1f\x7f]"
ODD = r"[^\x20-\x7e]"


@dataclass(frozen=True)
class Rule:
    """One spelling: stages that are applied in turn, each to the finished result of the one before.

    `finished` is a pattern of values that the rule leaves as they are: most of a clean column, so they are not worked on.
    """

    stages: tuple[Stage, ...]
    finished: str | None = None

    def __call__(self, values: pl.Series) -> pl.Series:
        """The spelling of each value, in order; null where a value is not such an identifier."""
        if self.finished is None:
            return self._worked(values)
        done = values.str.contains(self.finished).fill_null(False)
        if done.all():
            return values
        worked = self._worked(values.filter(~done))
        place = (~done).cum_sum().cast(pl.Int64) - 1  # where the worked value of a row stands
        both = pl.DataFrame({"value": values, "done": done, "worked": worked.gather(place.clip(0))})
        return both.select(pl.when("done").then("value").otherwise("worked").alias(values.name)).to_series()

    def _worked(self, values: pl.Series) -> pl.Series:
        """Printing ASCII needs no look at what cannot be seen and no composing; what is not, is worked in full."""
        is_odd = values.str.contains(ODD).fill_null(False)
        if is_odd.any():
            worked = _run(self.stages, values.filter(is_odd))
            place = is_odd.cum_sum().cast(pl.Int64) - 1
            both = pl.DataFrame({"odd": is_odd, "worked": worked.gather(place.clip(0)), "plain": self._plain(values)})
            return both.select(pl.when("odd").then("worked").otherwise("plain").alias(values.name)).to_series()
        return self._plain(values)

    def _plain(self, values: pl.Series) -> pl.Series:
        return _run(tuple(_lower_plain if one is lower else one for one in self.stages if one is not visible), values)


def _run(stages: tuple[Stage, ...], values: pl.Series) -> pl.Series:
    for stage in stages:
        values = values.to_frame("value").select(stage(pl.col("value"))).to_series()
    return values


def _lower_plain(value: pl.Expr) -> pl.Expr:
    return value.str.to_lowercase()


def visible(value: pl.Expr) -> pl.Expr:
    """The text without characters that print nothing, composed (NFC), so that equal sights are equal bytes."""
    return value.str.replace_all(INVISIBLE, "").str.normalize("NFC")


def trimmed(value: pl.Expr) -> pl.Expr:
    """Without blanks at both ends."""
    return value.str.strip_chars()


def lower(value: pl.Expr) -> pl.Expr:
    """Lower case; composed again, because lower case of some letters comes apart."""
    return value.str.to_lowercase().str.normalize("NFC")


def spaceless(value: pl.Expr) -> pl.Expr:
    """Without any blank."""
    return value.str.replace_all(r"\s+", "")


def blank_to_null(text: pl.Expr) -> pl.Expr:
    """Null where nothing is left, or where the raw value is already a hash: a hash is never hashed again."""
    return pl.when((text != "") & ~text.str.contains(HASH)).then(text)
