"""Whether arms have the sizes they should have, and are alike in their strata.

Sample ratio mismatch by chi-square on the units drawn: Fabijan and others, Diagnosing Sample Ratio Mismatch (KDD 2019).
Standardised differences of shares: Austin, Balance diagnostics (Statistics in Medicine 28, 2009), section 3.
"""

import polars as pl
from scipy.stats import chi2

UNITS = """
    SELECT a.test, a.arm, count(DISTINCT a.unit_id) AS units
    FROM assignment a JOIN test_card t ON t.test = a.test AND t.design = a.design GROUP BY a.test, a.arm
"""
STRATA = "SELECT test, arm, stratum, count(DISTINCT unit_id) AS units FROM assignment GROUP BY test, arm, stratum"


def ratio_p(units: dict[str, int], shares: dict[str, float]) -> float | None:
    """The chi-square p of sizes against shares; None where there is nobody, or one arm."""
    total, expected = sum(units.values()), {arm: share for arm, share in shares.items() if share > 0}
    if total == 0 or len(expected) < 2:
        return None
    if any(count and arm not in expected for arm, count in units.items()):
        return 0.0
    statistic = sum((units.get(arm, 0) - total * share) ** 2 / (total * share) for arm, share in expected.items())
    return float(chi2.sf(statistic, len(expected) - 1))


def imbalances(strata: pl.DataFrame) -> pl.DataFrame:
    """test, arm, imbalance: the largest standardised difference of a stratum's share between the arm and the others of its test.

    `strata` has test, arm, stratum, units. Null where there is no other arm with anybody.
    """
    arms = strata.group_by("test", "arm").agg(size=pl.col("units").sum())
    every = arms.join(strata.select("test", "stratum").unique(), on="test").join(
        strata, on=["test", "arm", "stratum"], how="left"
    )
    every = every.with_columns(pl.col("units").fill_null(0))
    every = every.with_columns(
        all_units=pl.col("units").sum().over("test", "stratum"), all_size=pl.col("units").sum().over("test")
    )
    mine = pl.col("units") / pl.col("size")
    others = (pl.col("all_units") - pl.col("units")) / (pl.col("all_size") - pl.col("size"))
    told = every.with_columns(p=mine, q=others).with_columns(
        spread=((pl.col("p") * (1 - pl.col("p")) + pl.col("q") * (1 - pl.col("q"))) / 2).sqrt(),
        apart=(pl.col("p") - pl.col("q")).abs(),
    )
    difference = pl.when(pl.col("apart") == 0).then(0.0).when(pl.col("spread") > 0).then(pl.col("apart") / pl.col("spread"))
    told = told.filter(pl.col("all_size") > pl.col("size")).with_columns(difference=difference)
    return told.group_by("test", "arm").agg(imbalance=pl.col("difference").max()).sort("test", "arm")
