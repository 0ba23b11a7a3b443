"""Odometer readings that can be true together, and how far a vehicle goes in a day.

Readings are typed by hand: digits are dropped, doubled and swapped, kilometres stand for miles, a cluster is replaced. Vehicles
whose readings agree are read as they are; the others, a few in a hundred, are mended one by one in odometer_repair.
"""

import polars as pl

from pipelines.identity.odometer_repair import repaired
from schemas.policy.vehicles import OdometerPolicy

# A vehicle is looked at more closely where one step is this many times its usual pace, and above this many miles a day.
SUDDEN, BUSY_PER_DAY = 2.5, 60.0
OWN_DAYS = 31  # a reading so shortly before the first sign of a holder is the one at delivery


def odometers(readings: pl.DataFrame, default_per_day: float, policy: OdometerPolicy | None = None) -> pl.DataFrame:
    """The last plausible reading and the slope of each vehicle.

    Args:
        readings: vin, on_day, miles; several on one day are allowed.
        default_per_day: miles a day where the readings do not tell.
        policy: what is plausible; the defaults of schemas/policy/vehicles.py where absent.

    Returns:
        vin, odometer_miles, odometer_on, miles_per_day, one row per vehicle with a plausible reading. The slope is the
        median of the slopes between all pairs of readings at least slope_span_days apart (Theil 1950, Sen 1968), so that one
        wrong reading that went unnoticed does not move it.
    """
    policy = policy or OdometerPolicy()
    kept = plausible(readings, policy, default_per_day)
    told = last_readings(kept).join(slopes(kept, ["vin"], policy), on="vin", how="left")
    return told.with_columns(pl.col("miles_per_day").fill_null(default_per_day)).sort("vin")


def last_readings(kept: pl.DataFrame) -> pl.DataFrame:
    """The last reading of each vehicle: vin, odometer_miles, odometer_on."""
    last = kept.sort("vin", "on_day", "miles").group_by("vin", maintain_order=True).last()
    return last.select("vin", odometer_miles="miles", odometer_on="on_day")


def slopes(kept: pl.DataFrame, by: list[str], policy: OdometerPolicy) -> pl.DataFrame:
    """Miles a day by the columns `by`, between 0 and most_miles_per_day; only where two readings are far enough apart."""
    one = kept.select(*by, "on_day", "miles")
    pairs = one.join(one, on=by, suffix="_of").with_columns(days=(pl.col("on_day_of") - pl.col("on_day")).dt.total_days())
    far = pairs.filter(pl.col("days") >= policy.slope_span_days)
    slope = ((pl.col("miles_of") - pl.col("miles")) / pl.col("days")).median().clip(0.0, policy.most_miles_per_day)
    return far.group_by(by).agg(miles_per_day=slope)


def slopes_of_holders(
    kept: pl.DataFrame, holdings: pl.DataFrame, default_per_day: float, policy: OdometerPolicy | None = None
) -> pl.DataFrame:
    """How far each household drives each vehicle: household_id, vin, miles_per_day.

    `holdings` has household_id, vin, started_on. Only readings since a month before the household's first sign count: a former
    owner's way of driving says nothing of the present one's. The default stands where the household's own do not tell.
    """
    policy = policy or OdometerPolicy()
    homes = holdings.group_by("household_id", "vin").agg(first_on=pl.col("started_on").min())
    own = homes.join(kept, on="vin").filter(pl.col("on_day") >= pl.col("first_on") - pl.duration(days=OWN_DAYS))
    told = homes.join(slopes(own, ["household_id", "vin"], policy), on=["household_id", "vin"], how="left")
    return told.select("household_id", "vin", pl.col("miles_per_day").fill_null(default_per_day))


def plausible(readings: pl.DataFrame, policy: OdometerPolicy | None = None, default_per_day: float = 0.0) -> pl.DataFrame:
    """Readings of which no two contradict each other: vin, on_day, miles, sorted by vin and day.

    Readings in kilometres come back in miles; those after a cluster was replaced count on from the last one before.
    """
    policy = policy or OdometerPolicy()
    sane = readings.filter(pl.col("miles").is_between(1, policy.most_miles)).select("vin", "on_day", "miles").unique()
    daily = _one_a_day(sane, policy).sort("vin", "on_day", "miles")
    doubtful = _doubtful(daily, policy)
    sure = daily.join(doubtful, on="vin", how="anti")
    mended = [
        (vin, day, miles)
        for (vin,), part in daily.join(doubtful, on="vin").sort("vin", "on_day", "miles").group_by("vin", maintain_order=True)
        for day, miles in repaired(part.select("on_day", "miles").rows(), policy, default_per_day)
    ]
    return pl.concat([sure, pl.DataFrame(mended, schema=sure.schema, orient="row")]).sort("vin", "on_day")


def _one_a_day(readings: pl.DataFrame, policy: OdometerPolicy) -> pl.DataFrame:
    """The highest of a day where its readings agree; all of them where they do not."""
    spread = pl.col("miles").max().over("vin", "on_day") - pl.col("miles").min().over("vin", "on_day")
    return readings.filter((pl.col("miles") == pl.col("miles").max().over("vin", "on_day")) | (spread > policy.slack_miles))


def _doubtful(daily: pl.DataFrame, policy: OdometerPolicy) -> pl.DataFrame:
    """Vehicles of which a step backwards, too far, or much farther than usual is told: vin. Needs vin, day, miles in order."""
    steps = daily.with_columns(
        gone=pl.col("miles").diff().over("vin"), days=pl.col("on_day").diff().dt.total_days().over("vin")
    ).drop_nulls("gone")
    pace = pl.col("gone") / pl.max_horizontal("days", 1)
    usual = pace.quantile(0.25, "lower").over("vin")
    farthest = pl.when(pl.col("days") > 0).then(policy.trip_miles).otherwise(policy.slack_miles)
    farthest += pl.col("days") * policy.most_miles_per_day
    wrong = (pl.col("gone") < -policy.slack_miles) | (pl.col("gone") > farthest)
    sudden = (pace > BUSY_PER_DAY) & (pace > SUDDEN * usual)
    return steps.filter(wrong | sudden).select("vin").unique().sort("vin")
