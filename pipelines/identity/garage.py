"""The step of the garage: which vehicles a person and a household held or hold, how it ended, and how likely it still is.

Signs are gathered in garage_signs, holdings are SQL beside this module; what the readings of the odometer say is in
odometer, and how likely a holding goes on in retention.
"""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.identity.garage_signs import register_signs
from pipelines.identity.odometer import last_readings, plausible, slopes_of_holders
from pipelines.identity.retention import DAYS_PER_YEAR, probability
from pipelines.shape import in_shape
from pipelines.step import Built, Day, Input, Step
from schemas.policy.reference import Reference
from schemas.tables.identity import GARAGE, HOUSEHOLD_GARAGE

NEW_OWNER, USED_OWNER = 1, 2

INPUTS = (
    Input("transaction"),
    Input("vehicle"),
    Input("member"),
    Input("person"),
    Input("shared_identifier"),
    Input("vocabulary_match"),
    Input("ownership_lists", "until"),
    Input("crm_contacts", "until"),
    Input("inventory", "until"),
)
ENDS = {
    "traded_in": "traded_on",
    "lease_returned": "returned_on",
    "sold_to_other": "sold_on",
    "registered_elsewhere": "registered_on",
    "serviced_by_other": "served_on",
    "in_stock": "offered_on",
}  # where two fall on one day, the first tells more

# What is typed when an appointment is booked is a guess or an old reading. A mistyped VIN is read as the household's own.
READINGS = """
    SELECT coalesce(s.vin, t.vin) AS vin, coalesce(t.occurred_on, t.opened_on) AS on_day, t.odometer_miles AS miles
    FROM "transaction" AS t
    LEFT JOIN member AS m ON m.record_id = t.record_id
    LEFT JOIN person AS p ON p.person_id = m.person_id
    LEFT JOIN spelling AS s ON s.household_id = p.household_id AND s.typed = t.vin
    WHERE t.status <> 'cancelled' AND t.kind <> 'appointment' AND t.vin IS NOT NULL AND t.odometer_miles > 0
        AND coalesce(t.occurred_on, t.opened_on) <= $as_of
"""


def build(engine: Engine, day: Day) -> Built:
    """The garages of persons and of households on the day."""
    policy = day.policy.scoring.garage
    owned = holdings(engine, day)
    still = pl.when(pl.col("until").is_not_null()).then(0.0).otherwise(probability(policy, day.as_of))
    garage = owned.with_columns(probability=still).with_columns(is_current=_is_current(policy.current_from))
    of_households = by_household(garage).with_columns(is_current=_is_current(policy.current_from))
    return {GARAGE.name: in_shape(garage, GARAGE), HOUSEHOLD_GARAGE.name: in_shape(of_households, HOUSEHOLD_GARAGE)}


def holdings(engine: Engine, day: Day) -> pl.DataFrame:
    """Every holding with all that is known of it, before anything is said of its probability: one row per person and VIN.

    Needs the step's inputs. Besides the columns of the table `garage` it has those that retention.probability reads.
    """
    scoring = day.policy.scoring
    register_signs(engine, day.as_of)
    lags = {"return_days": scoring.garage.return_days, "stock_lag_days": scoring.garage.stock_lag_days}
    held = engine.sql(query_text("pipelines.identity", "garage_holding"), as_of=day.as_of, **lags)
    vehicles = engine.sql("SELECT vin, year, make, model, body_style, in_service_on AS stated_in_service_on FROM vehicle")
    known = _described(held, vehicles, day.policy.reference)
    known = _driven(known, engine.sql(READINGS, as_of=day.as_of), day)
    return known.with_columns(*_holding(), is_own_brand=_is_own_brand(day)).with_columns(*_end())


def _driven(held: pl.DataFrame, readings: pl.DataFrame, day: Day) -> pl.DataFrame:
    """Adds the last plausible reading of each vehicle and how far its present household drives it in a day."""
    scoring = day.policy.scoring
    per_day = scoring.default_miles_per_year / DAYS_PER_YEAR
    kept = plausible(readings, scoring.vehicles.odometer, per_day)
    paces = slopes_of_holders(kept, held, per_day, scoring.vehicles.odometer)
    return held.join(last_readings(kept), on="vin", how="left").join(
        paces, on=["household_id", "vin"], how="left", nulls_equal=True
    )


def _is_current(current_from: float) -> pl.Expr:
    return pl.col("until").is_null() & (pl.col("probability") >= current_from)


def by_household(garage: pl.DataFrame) -> pl.DataFrame:
    """One row per household and vehicle, told of the member who holds it likeliest.

    Members' rows of one vehicle rest on the same signs, so their probabilities are never added: the highest counts. A
    vehicle has left the household once it has left every member.
    """
    home = ["household_id", "vin"]
    told = garage.sort(*home, "probability", "last_evidence_on", "person_id", descending=[False, False, True, True, False])
    several = garage.group_by(home).agg(
        holders=pl.len(),
        first_on=pl.col("since").min(),
        last_on=pl.col("last_evidence_on").max(),
        open=pl.col("until").is_null().any(),
        gone_on=pl.col("until").max(),
        gone_why=pl.col("until_reason").sort_by("until", "person_id").last(),
    )
    rows = told.unique(home, keep="first", maintain_order=True).join(several, on=home)
    return rows.with_columns(
        since="first_on",
        last_evidence_on="last_on",
        until=pl.when(~pl.col("open")).then("gone_on"),
        until_reason=pl.when(~pl.col("open")).then("gone_why"),
    )


def _described(held: pl.DataFrame, vehicles: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Year, make, model and body style: from the VIN, else as the list says in the vocabulary's spelling."""
    rows = sorted({(one.make, one.model, one.body_style) for one in reference.models})
    styles = pl.DataFrame(
        rows, schema={"listed_make": pl.String, "listed_model": pl.String, "listed_style": pl.String}, orient="row"
    ).unique(["listed_make", "listed_model"], keep="first", maintain_order=True)
    wide = held.join(vehicles, on="vin", how="left").join(styles, on=["listed_make", "listed_model"], how="left")
    pairs = {"year": "listed_year", "make": "listed_make", "model": "listed_model", "body_style": "listed_style"}
    return wide.with_columns(pl.coalesce(name, listed).alias(name) for name, listed in pairs.items())


def _holding() -> list[pl.Expr]:
    """What the holding is: its strongest evidence, which owner, since when in service, and under which licence known."""
    weaker = pl.when("is_serviced").then(pl.lit("serviced")).when("is_listed").then(pl.lit("listed")).otherwise(pl.lit("stated"))
    used = pl.max_horizontal(pl.lit(USED_OWNER), pl.col("earlier_owners") + 1)
    acquired = pl.coalesce(pl.when(pl.col("first_condition") != "").then("first_condition"), "listed_condition")
    # Nothing is put in service before the year in which its model year can begin; such a date is a slip.
    stated = pl.when((pl.col("stated_in_service_on").dt.year() >= pl.col("year") - 1).fill_null(True)).then(
        "stated_in_service_on"
    )
    of_deal = pl.when((pl.col("deal_in_service_on").dt.year() >= pl.col("year") - 1).fill_null(True)).then("deal_in_service_on")
    return [
        pl.coalesce("deal_relation", weaker).alias("relation"),
        pl.when(acquired == "new").then(NEW_OWNER).when(acquired == "used").then(used).cast(pl.Int64).alias("owner_number"),
        pl.coalesce(stated, of_deal, "sold_new_on").alias("in_service_on"),
        pl.when("is_only_listed").then("licence_id").alias("licence_id"),
    ]


def _is_own_brand(day: Day) -> pl.Expr:
    makes = sorted({one.make for one in day.policy.group.brands})
    return pl.col("make").is_in(makes).fill_null(False)


def _end() -> list[pl.Expr]:
    """The first of the ends, and why."""
    until = pl.min_horizontal(*ENDS.values())
    reason = pl.coalesce(pl.when(pl.col(on) == until).then(pl.lit(why)) for why, on in ENDS.items())
    return [until.alias("until"), reason.alias("until_reason")]


STEP = Step(tables=(GARAGE, HOUSEHOLD_GARAGE), inputs=INPUTS, build=build)
