"""Vehicles held on the day with the terms of their last deal: the one place of odometer projection and amortisation.

Lifecycle, service and equity read the same registered frame, so that they cannot disagree about miles or money owed.
"""

from pipelines.engine import Engine, query_text
from pipelines.step import Day, Input

HELD_INPUTS = (Input("garage"), Input("member"), Input("transaction"))

DAYS_PER_YEAR = 365.25

# A hundred years: beyond it a projection of miles says only "never".
DAYS_AHEAD_MOST = 36_500


def register_held(engine: Engine, day: Day) -> None:
    """Register `held`: one row per person and current vehicle, with odometer_today (miles), last deal and loan_payoff.

    Reads the inputs of HELD_INPUTS. Payoff follows the annuity formula with monthly compounding; money in US dollars.
    """
    miles_per_day = day.policy.scoring.default_miles_per_year / DAYS_PER_YEAR
    held = engine.sql(query_text("pipelines.traits", "held"), as_of=day.as_of, default_miles_per_day=miles_per_day)
    engine.register("held", held)
