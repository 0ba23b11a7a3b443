"""What typing does to text: a letter too many, too few, another one, or two the wrong way round."""

import numpy as np
import polars as pl

LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyz"))
DIGITS = np.array(list("0123456789"))


def with_chance(random: np.random.Generator, chance: float, values: pl.Series) -> pl.Series:
    """The values of a share `chance` of rows, null elsewhere."""
    return values.set(pl.Series(random.random(len(values)) >= chance), None)


def _slips(text: pl.Series, random: np.random.Generator) -> pl.Series:
    """One slip in every value; a value of digits gets a digit."""
    size = len(text)
    frame = pl.DataFrame({"text": text}).with_columns(
        at=(pl.Series(random.random(size)) * pl.col("text").str.len_chars()).cast(pl.Int64),
        kind=pl.Series(random.integers(0, 4, size)),
        letter=pl.when(pl.col("text").str.contains(r"^[\d-]+$"))
        .then(pl.Series(DIGITS[random.integers(0, 10, size)]))
        .otherwise(pl.Series(LETTERS[random.integers(0, 26, size)])),
    )
    head, here = pl.col("text").str.slice(0, "at"), pl.col("text").str.slice("at", 1)
    after, tail = pl.col("text").str.slice(pl.col("at") + 1, 1), pl.col("text").str.slice(pl.col("at") + 1)
    ways = (
        head + pl.col("letter") + here + tail,
        head + tail,
        head + pl.col("letter") + tail,
        head + after + here + pl.col("text").str.slice(pl.col("at") + 2),
    )
    return frame.select(pl.coalesce(pl.when(pl.col("kind") == n).then(way) for n, way in enumerate(ways)).alias("text"))["text"]


def mistyped(random: np.random.Generator, values: pl.Series, chance: float) -> pl.Series:
    """The column with one slip in a share `chance` of its values; what is left of a single letter may be null."""
    rows = np.flatnonzero(random.random(len(values)) < chance)
    slipped = _slips(values.gather(rows), random)
    kept = pl.DataFrame({"text": slipped}).select(pl.when(pl.col("text") != "").then("text"))["text"]
    return values.clone().scatter(rows, kept)
