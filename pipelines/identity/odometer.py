"""Odometer readings that can be true together, and how far a vehicle goes in a day.

Readings are typed by hand: digits are dropped, doubled and swapped. A reading is weighed by how many others of the same
vehicle it contradicts; the worst is set aside until none contradicts another.
"""

import polars as pl

MOST_MILES = 500_000  # a passenger vehicle beyond it is a typing error far more often than not
MOST_MILES_PER_DAY = 400.0  # more than a long-distance driver does on average between two visits
SPAN_DAYS = 60  # readings closer together say nothing about a year's driving
DRIFT_MILES = 100  # a test drive between two orders, or two odometers rounded differently


def odometers(readings: pl.DataFrame, default_per_day: float) -> pl.DataFrame:
    """The last plausible reading and the slope of each vehicle.

    Args:
        readings: vin, on_day, miles; several on one day are allowed.
        default_per_day: miles a day where the readings do not tell.

    Returns:
        vin, odometer_miles, odometer_on, miles_per_day, one row per vehicle with a plausible reading. The slope is the
        median of the slopes between all pairs of readings at least SPAN_DAYS apart (Theil 1950, Sen 1968), so that one
        wrong reading that went unnoticed does not move it.
    """
    kept = plausible(readings)
    last = kept.sort("vin", "on_day", "miles").group_by("vin", maintain_order=True).last()
    pairs = kept.join(kept, on="vin", suffix="_of").with_columns(days=(pl.col("on_day_of") - pl.col("on_day")).dt.total_days())
    slopes = pairs.filter(pl.col("days") >= SPAN_DAYS).with_columns(slope=(pl.col("miles_of") - pl.col("miles")) / pl.col("days"))
    median = slopes.group_by("vin").agg(miles_per_day=pl.col("slope").median().clip(0.0, MOST_MILES_PER_DAY))
    told = last.join(median, on="vin", how="left").with_columns(pl.col("miles_per_day").fill_null(default_per_day))
    return told.select("vin", odometer_miles="miles", odometer_on="on_day", miles_per_day="miles_per_day").sort("vin")


def plausible(readings: pl.DataFrame) -> pl.DataFrame:
    """Readings of which no two contradict each other: vin, on_day, miles."""
    sane = readings.filter(pl.col("miles").is_between(1, MOST_MILES))
    daily = sane.group_by("vin", "on_day").agg(pl.col("miles").median().cast(pl.Int64)).sort("vin", "on_day").with_row_index("id")
    middle = daily.group_by("vin").agg(middle=pl.col("miles").median())
    left = daily.join(middle, on="vin").with_columns(off=(pl.col("miles") - pl.col("middle")).abs())
    while True:
        against = _contradictions(left)
        if against.is_empty():
            return left.select("vin", "on_day", "miles").sort("vin", "on_day")
        worst = left.join(against, on="id").sort("vin", "count", "off", "id", descending=[False, True, True, True])
        left = left.join(worst.unique("vin", keep="first", maintain_order=True), on="id", how="anti")


def _contradictions(readings: pl.DataFrame) -> pl.DataFrame:
    """How many other readings of its vehicle each reading contradicts: id, count; only where there is one."""
    pairs = readings.join(readings, on="vin", suffix="_of").filter(pl.col("on_day") < pl.col("on_day_of"))
    gone = pl.col("miles_of") - pl.col("miles")
    days = (pl.col("on_day_of") - pl.col("on_day")).dt.total_days()
    apart = pairs.filter((gone < -DRIFT_MILES) | (gone > DRIFT_MILES + days * MOST_MILES_PER_DAY))
    ends = pl.concat([apart.select("id"), apart.select(id="id_of")])
    return ends.group_by("id").len("count")
