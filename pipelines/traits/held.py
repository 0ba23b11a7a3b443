"""Vehicles held on the day with the terms of their last deal: the one place of odometer projection and amortisation.

Lifecycle, service and equity read the same registered frame, so that they cannot disagree about miles or money owed.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.engine import Engine, query_text
from pipelines.step import Day, Input

HELD_INPUTS = (Input("garage"), Input("member"), Input("transaction"))

DAYS_PER_YEAR = 365.25

# A hundred years: beyond it a projection of miles says only "never".
DAYS_AHEAD_MOST = 36_500

MOST_MONTHLY_RATE = 0.05  # 60 percent a year, the most that the contract of the sales feed takes
HALF_CENT = 0.005  # US dollars by which a payment may be rounded
HALVINGS = 60  # of the interval in which the rate is sought: beyond the precision of a float


def register_held(engine: Engine, day: Day) -> None:
    """Register `held`: one row per person and current vehicle, with odometer_today (miles), last deal and loan_payoff.

    Reads the inputs of HELD_INPUTS. Payoff follows the annuity formula with monthly compounding, as if every payment was made
    on its day and nothing was refinanced; money in US dollars.
    """
    scoring = day.policy.scoring
    terms = engine.sql(query_text("pipelines.traits", "terms"), as_of=day.as_of, rewrite_days=scoring.vehicles.rewrite_days)
    engine.register("term", with_implied_rate(terms))
    per_day = scoring.default_miles_per_year / DAYS_PER_YEAR
    held = engine.sql(query_text("pipelines.traits", "held"), as_of=day.as_of, default_miles_per_day=per_day)
    engine.register("held", held)


def with_implied_rate(terms: pl.DataFrame) -> pl.DataFrame:
    """Loans without an annual rate get the one that their payment means, in percent to four digits.

    Needs is_loan, apr_percent, amount_financed, balloon, monthly_payment, term_months. The rate solves the annuity equation
    by halving; it stays null where the payments do not repay the loan, or only at more than 60 percent.
    """
    lacking = pl.col("is_loan") & pl.col("apr_percent").is_null() & (pl.col("monthly_payment") > 0)
    loans = terms.with_row_index("row").filter(lacking)
    if loans.is_empty():
        return terms
    rates = _implied(*(_floats(loans, one) for one in ("amount_financed", "balloon", "monthly_payment", "term_months")))
    found = pl.DataFrame({"row": loans["row"], "implied": pl.Series(rates, nan_to_null=True)})
    filled = terms.with_row_index("row").join(found, on="row", how="left", maintain_order="left")
    return filled.with_columns(pl.coalesce("apr_percent", "implied").alias("apr_percent")).drop("row", "implied")


def _floats(loans: pl.DataFrame, column: str) -> NDArray[np.float64]:
    return loans[column].cast(pl.Float64).fill_null(0.0).to_numpy()


def _implied(
    financed: NDArray[np.float64], balloon: NDArray[np.float64], payment: NDArray[np.float64], months: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Percent a year, NaN where there is none: the rate at which payments and balloon are worth what was financed."""

    def present(rate: NDArray[np.float64]) -> NDArray[np.float64]:
        growth = (1 + rate) ** months
        return payment * (growth - 1) / (rate * growth) + balloon / growth

    low, high = np.full(len(financed), 1e-9), np.full(len(financed), MOST_MONTHLY_RATE)
    is_found = (payment * months + balloon >= financed - months * HALF_CENT) & (present(high) <= financed)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        is_dearer = present(middle) > financed
        low, high = np.where(is_dearer, middle, low), np.where(is_dearer, high, middle)
    return np.where(is_found, np.round(low * 1200, 4), np.nan)
