"""Coarsened exact matching (Iacus, King and Porro 2012): like with like in every stratum, the rest left out and counted.

Each person in whom the trigger fired counts 1. Everybody else in the stratum shares that stratum's weight, so that the
matched look as the fired do: the estimate is the effect among those in whom it fired.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from schemas.policy.backtest import MatchPolicy

PLACES = {"rooftop": "rooftop_id", "brand": "brand", "group": None}
EXACT = ("day", "relation", "contract")
BANDED = ("held_months", "service_months", "visits", "purchases")
NO_BAND = -1  # a figure that is not there is a band of its own: never serviced, never bought


def banded(frame: pl.DataFrame, policy: MatchPolicy) -> pl.DataFrame:
    """The frame with <figure>_band for each of BANDED: the number of policy's edges at or below the figure; NO_BAND for null."""
    return frame.with_columns(_band(name, getattr(policy, name)).alias(f"{name}_band") for name in BANDED)


def _band(name: str, edges: Sequence[int]) -> pl.Expr:
    above = pl.sum_horizontal((pl.col(name) >= edge).cast(pl.Int64) for edge in edges)
    return pl.when(pl.col(name).is_null()).then(NO_BAND).otherwise(above)


def strata(place: str) -> list[str]:
    """The columns that are matched exactly, for a place of PLACES."""
    column = PLACES[place]
    return [*EXACT, *(f"{name}_band" for name in BANDED), *([column] if column else [])]


def matched(rows: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """`rows` with n_fired and n_other of their stratum and `weight`: 1 where fired, n_fired / n_other where not.

    rows: is_fired and `columns`, one row per person, day and stratum. Weight is null in strata that hold only one kind.
    """
    counts = rows.group_by(columns).agg(n_fired=pl.col("is_fired").sum(), n_other=(~pl.col("is_fired")).sum())
    both = (pl.col("n_fired") > 0) & (pl.col("n_other") > 0)
    share = pl.when("is_fired").then(1.0).otherwise(pl.col("n_fired") / pl.col("n_other"))
    return rows.join(counts, on=list(columns), how="left", nulls_equal=True, maintain_order="left").with_columns(
        weight=pl.when(both).then(share)
    )


def match(units: pl.DataFrame, policy: MatchPolicy) -> tuple[str, pl.DataFrame]:
    """The finest place at which enough of the fired find somebody like them, and the rows matched there.

    Chosen before any outcome is looked at. Where no place is enough the coarsest stands. A person who would stand twice in
    one stratum of a day, with two vehicles, is counted once.
    """
    wide = banded(units, policy)
    place, found = "", wide
    for place in policy.places:
        columns = strata(place)
        once = wide.sort("person_id", "vin").unique(["person_id", "is_fired", *columns], keep="first", maintain_order=True)
        found = matched(once, columns)
        fired = found.filter("is_fired")
        if fired.height and fired["weight"].is_not_null().sum() >= policy.least_matched_share * fired.height:
            break
    return place, found


def balance(rows: pl.DataFrame) -> pl.DataFrame:
    """figure, fired, others, matched, gap_before, gap_after: means, and their distance in standard deviations of the fired.

    rows: the answer of `match`. Standardised mean differences as in Stuart (2010); a flag's mean is a share. Figures that
    nobody has are left out; days since something that never was are left out of their mean.
    """
    return pl.DataFrame(
        [_compared(rows, name) for name in (*BANDED, "is_leased", "has_loan")],
        schema={"figure": pl.String, **dict.fromkeys(("fired", "others", "matched", "gap_before", "gap_after"), pl.Float64)},
        orient="row",
    ).drop_nulls("fired")


def _compared(rows: pl.DataFrame, name: str) -> tuple[str | float | None, ...]:
    flags = {"is_leased": pl.col("relation") == "leased", "has_loan": pl.col("contract") == "loan"}
    of = rows.with_columns(figure=flags.get(name, pl.col(name)).cast(pl.Float64)).drop_nulls("figure")
    fired, other = of.filter("is_fired"), of.filter(~pl.col("is_fired"))
    kept, like = (one.filter(pl.col("weight").is_not_null()) for one in (fired, other))
    spread = float(np.std(fired["figure"].to_numpy(), ddof=1)) if fired.height > 1 else 0.0
    means = (_mean(fired), _mean(other), _mean(like))
    return name, *means, _gap(means[0], means[1], spread), _gap(_mean(kept), means[2], spread)


def _mean(frame: pl.DataFrame) -> float | None:
    if frame.is_empty():
        return None
    weight = np.ones(frame.height) if frame["weight"].has_nulls() else frame["weight"].to_numpy()
    return float(np.average(frame["figure"].to_numpy(), weights=weight))


def _gap(one: float | None, other: float | None, spread: float) -> float | None:
    if one is None or other is None:
        return None
    return 0.0 if one == other else (one - other) / spread if spread else None
