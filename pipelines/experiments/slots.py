"""From a running number to an arm: arms keep their shares within one person of every stratum, however few come at a time.

Systematic sampling (Madow 1949): with a start u drawn once for the stratum, the unit with number j is in the first arm where
floor((j + 1) p + u) is more than floor(j p + u). So of any n units that follow each other, floor(n p) or one more are, and
each has the chance p. The rest is counted on its own and split in the same way into the second arm and what follows.
With two arms each is within one unit of its share; with more, each further one may be off by one more.
"""

import hashlib

import polars as pl

from pipelines.experiments.cards import PARTS


def start(seed: str, test: str, stratum: str, place: int, below: int) -> int:
    """A number from 0 to below - 1 that depends on the key, the test, the stratum and the arm's place, and on nothing else."""
    told = "\x1f".join((seed, "start", test, stratum, str(place))).encode()
    return int.from_bytes(hashlib.blake2b(told, digest_size=8).digest()) % below


def with_arms(units: pl.DataFrame, arms: pl.DataFrame, seed: str) -> pl.DataFrame:
    """`units` (test, stratum, slot and others) with `arm`, by the shares of `arms` (test, place, arm, parts). Order is kept."""
    found = [_of_test(rows, arms, seed) for rows in units.with_row_index("_row").partition_by("test", maintain_order=True)]
    placed = pl.concat([units.with_row_index("_row").clear().with_columns(arm=pl.lit(None, pl.String)), *found])
    return placed.sort("_row").drop("_row")


def _of_test(units: pl.DataFrame, arms: pl.DataFrame, seed: str) -> pl.DataFrame:
    test = str(units["test"][0])
    mine = arms.filter((pl.col("test") == test) & (pl.col("parts") > 0)).sort("place")
    placed = units.with_columns(_at=pl.col("slot"), arm=pl.lit(None, pl.String))
    left = PARTS
    for place, arm, parts in mine.select("place", "arm", "parts").iter_rows():
        strata = units["stratum"].unique().sort()
        begins = [start(seed, test, one, place, left) for one in strata]
        card = pl.DataFrame({"stratum": strata, "_u": begins}, schema={"stratum": pl.String, "_u": pl.Int64})
        taken = (pl.col("_at") * parts + pl.col("_u")) // left
        after = ((pl.col("_at") + 1) * parts + pl.col("_u")) // left
        placed = placed.join(card, on="stratum", how="left", maintain_order="left").with_columns(_taken=taken, _is=after > taken)
        is_free = pl.col("arm").is_null()
        placed = placed.with_columns(
            arm=pl.when(is_free & pl.col("_is")).then(pl.lit(arm)).otherwise("arm"), _at=pl.col("_at") - pl.col("_taken")
        ).drop("_u", "_taken", "_is")
        left -= parts
    return placed.drop("_at")
