"""How likely a holding goes on: survival since the last sign of it, and what silence and other vehicles say against it.

Three parts, each a number of policy/*/scoring.yaml:

1. Survival. A holding of age t goes on with S(t) = 0.5 ^ ((t / half-life) ^ shape), a Weibull curve by how the vehicle was
   acquired; given the last sign at age s it is S(t) / S(s). Vehicles wear out by age and by miles on curves of their own.
2. Another vehicle that came later leaves a share of the holdings: less after a purchase of the same person.
3. Silence. Holders come for service; the longer nobody came, the likelier there is no holder. With P from 1 and 2 and
   q = share of holders who would have been silent so long and u = share of ends that stay unseen, Bayes gives
   P * q / (P * q + (1 - P) * u); u is 1 but for purchases.
"""

from datetime import date

import polars as pl

from schemas.policy.scoring import GaragePolicy

DAYS_PER_YEAR = 365.25
WEAR_SHAPE = 4.0  # few vehicles are scrapped before, and most soon after, their typical life
DIGITS = 6


def probability(policy: GaragePolicy, as_of: date) -> pl.Expr:
    """The probability that a holding without a known end goes on, 0 to 1.

    Reads, per row: relation, condition, started_on, seen_on (last sign by anybody of the household), serviced_on,
    matures_on, next_vehicle (purchase, sign, household or null), beside_on (its latest day), in_service_on, year,
    odometer_miles, odometer_on, miles_per_day.
    """
    today = pl.lit(as_of)
    seen = pl.max_horizontal("started_on", "seen_on")
    held = _curve(policy, today, seen) * _wear(policy, today, seen) * _lease_end(policy, as_of)
    held = held * _beside_next(policy, as_of)
    silent = _silent_share(policy, today)
    unseen = pl.when(pl.col("relation") == "bought").then(1.0 - policy.ends_seen_share).otherwise(1.0)
    posterior = held * silent / (held * silent + (1.0 - held) * unseen)
    return (posterior.fill_nan(0.0) * policy.sure_at_most).clip(0.0, 1.0).round(DIGITS)


def _years(later: pl.Expr, earlier: pl.Expr) -> pl.Expr:
    return ((later - earlier).dt.total_days() / DAYS_PER_YEAR).clip(lower_bound=0.0)


def _curve(policy: GaragePolicy, today: pl.Expr, seen: pl.Expr) -> pl.Expr:
    """S(now) / S(last sign) on the curve of how the vehicle was acquired."""
    half_life, shape = _parameters(policy)
    now, then = _years(today, pl.col("started_on")), _years(seen, pl.col("started_on"))
    return pl.lit(0.5).pow((now / half_life).pow(shape) - (then / half_life).pow(shape))


def _parameters(policy: GaragePolicy) -> tuple[pl.Expr, pl.Expr]:
    """Half-life in years and shape of each row."""
    relation = pl.col("relation")
    bought, leased = relation == "bought", relation == "leased"
    new = pl.coalesce("condition", "listed_condition") == "new"
    years = (
        pl.when(leased).then(policy.half_life_years_leased)
        .when(bought & new).then(policy.half_life_years_new)
        .when(bought).then(policy.half_life_years_used)
        .when(relation == "serviced").then(policy.half_life_years_serviced)
        .when(relation == "listed").then(policy.half_life_years_listed)
        .otherwise(policy.half_life_years_stated)
    )  # fmt: skip
    shape = pl.when(bought & new).then(policy.shape_new).when(bought).then(policy.shape_used).otherwise(1.0)
    return years, shape


def _lease_end(policy: GaragePolicy, as_of: date) -> pl.Expr:
    """Leases past maturity of which nothing was seen since: the longer, the fewer are still with their lessee."""
    over = (pl.lit(as_of) - pl.col("matures_on")).dt.total_days().clip(0, policy.return_days) / max(policy.return_days, 1)
    unseen = (pl.col("relation") == "leased") & (pl.col("seen_on") <= pl.col("matures_on"))
    return pl.when(unseen).then(1.0 - (1.0 - policy.lease_kept_share) * over).otherwise(1.0)


def _wear(policy: GaragePolicy, today: pl.Expr, seen: pl.Expr) -> pl.Expr:
    """Share of vehicles not yet scrapped, given that this one ran at the last sign: by age or by miles, the worse of the two."""
    built = pl.coalesce("in_service_on", pl.date(pl.col("year"), 7, 1))
    by_age = _worn(_years(today, built) / policy.life_years, _years(seen, built) / policy.life_years)
    per_day = pl.col("miles_per_day").fill_null(0.0)
    miles = [pl.col("odometer_miles") + per_day * (day - pl.col("odometer_on")).dt.total_days() for day in (today, seen)]
    by_miles = _worn(*((one / policy.life_miles).clip(lower_bound=0.0) for one in miles))
    return pl.min_horizontal(by_age.fill_null(1.0), by_miles.fill_null(1.0))


def _worn(now: pl.Expr, then: pl.Expr) -> pl.Expr:
    return pl.lit(0.5).pow((now.pow(WEAR_SHAPE) - then.pow(WEAR_SHAPE)).clip(lower_bound=0.0))


def _beside_next(policy: GaragePolicy, as_of: date) -> pl.Expr:
    """Share still held beside a vehicle that came later without a trade-in of this one.

    A lease that runs is owed to its last day: only what comes in the months of a pull-ahead before it may replace it.
    """
    shares = {
        "purchase": policy.kept_after_purchase,
        "sign": policy.kept_after_other_sign,
        "household": policy.kept_after_household_purchase,
    }
    share = pl.col("next_vehicle").replace_strict(shares, default=1.0, return_dtype=pl.Float64)
    runs = (pl.col("relation") == "leased") & (pl.col("matures_on") >= pl.lit(as_of))
    is_early = pl.col("beside_on") < pl.col("matures_on") - pl.duration(days=policy.pull_ahead_days)
    return pl.when((runs & is_early).fill_null(False)).then(1.0).otherwise(share)


def _silent_share(policy: GaragePolicy, today: pl.Expr) -> pl.Expr:
    """Share of holders who would have been silent since the last sign: those who come elsewhere, and those not due yet."""
    elsewhere = (
        pl.when(pl.col("serviced_on").is_not_null()).then(policy.served_elsewhere_after_visits)
        .when(pl.col("relation").is_in(["bought", "leased"])).then(policy.served_elsewhere_after_deal)
        .otherwise(1.0)
    )  # fmt: skip
    quiet = _years(today, pl.max_horizontal("started_on", "seen_on"))
    return elsewhere + (1.0 - elsewhere) * pl.lit(0.5).pow(quiet / policy.half_life_years_visit)
