"""The step of the garage: which vehicles a person held or holds, how it ended, and how likely it still is.

Evidence and holdings are SQL beside this module; what the readings of the odometer say is in odometer.
"""

from datetime import date

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.identity.odometer import odometers
from pipelines.records.current_rows import current_rows
from pipelines.shape import in_shape
from pipelines.step import Built, Day, Input, Step
from schemas.policy.reference import Reference
from schemas.policy.scoring import GaragePolicy
from schemas.tables.identity import GARAGE

RETURN_DAYS = 60  # a lessee who extends or buys out has been seen again by then
DAYS_PER_YEAR = 365.25
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
)

LIST_FIELDS = ("vin", "year", "make", "model", "purchased_on", "condition", "licence_id", "expires_on")
LIST_VEHICLE = """
    SELECT l.row_key, made.matched AS make, modelled.matched AS model
    FROM listed AS l
    LEFT JOIN vocabulary_match AS made ON made.kind = 'make' AND made.raw = lower(trim(l.make))
    LEFT JOIN vocabulary_match AS modelled
        ON modelled.kind = 'model' AND modelled.context = made.matched AND modelled.raw = lower(trim(l.model))
"""
DUMMY_VIN = """
    SELECT s.value AS vin FROM shared_identifier AS s LEFT JOIN vehicle AS v ON v.vin = s.value
    WHERE s.kind = 'vin' AND NOT coalesce(v.is_vin_valid, false)
"""
READINGS = """
    SELECT vin, coalesce(occurred_on, opened_on) AS on_day, odometer_miles AS miles
    FROM "transaction"
    WHERE status <> 'cancelled' AND vin IS NOT NULL AND odometer_miles > 0 AND coalesce(occurred_on, opened_on) <= $as_of
"""


def build(engine: Engine, day: Day) -> Built:
    """The garage of the day."""
    scoring = day.policy.scoring
    _register_statements(engine, day.as_of)
    engine.register("evidence", engine.sql(query_text("pipelines.identity", "garage_evidence"), as_of=day.as_of))
    held = engine.sql(query_text("pipelines.identity", "garage_holding"), as_of=day.as_of, return_days=RETURN_DAYS)
    readings = engine.sql(READINGS, as_of=day.as_of)
    miles = odometers(readings, scoring.default_miles_per_year / DAYS_PER_YEAR)
    vehicles = engine.sql("SELECT vin, year, make, model, body_style, in_service_on AS stated_in_service_on FROM vehicle")
    homes = engine.sql("SELECT person_id, household_id FROM person")
    known = _described(held, vehicles, day.policy.reference).join(homes, on="person_id").join(miles, on="vin", how="left")
    owned = known.with_columns(*_holding(), is_own_brand=_is_own_brand(day)).with_columns(*_end())
    per_day = pl.col("miles_per_day").fill_null(scoring.default_miles_per_year / DAYS_PER_YEAR)
    rated = owned.with_columns(probability=_probability(scoring.garage, day.as_of), miles_per_day=per_day)
    current = pl.col("until").is_null() & (pl.col("probability") >= scoring.garage.current_from)
    return in_shape(rated.with_columns(is_current=current), GARAGE)


def _register_statements(engine: Engine, as_of: date) -> None:
    """What lists and CRM say today, under the names that garage_evidence.sql reads."""
    lists = current_rows("ownership_lists", LIST_FIELDS, "SELECT row_key FROM ownership_lists")
    contacts = current_rows(
        "crm_contacts", ("vin", "source_updated_at"), "SELECT row_key FROM crm_contacts WHERE vin IS NOT NULL"
    )
    engine.register("listed", engine.sql(lists, as_of=as_of))
    engine.register("stated", engine.sql(contacts, as_of=as_of))
    engine.register("list_vehicle", engine.sql(LIST_VEHICLE))
    engine.register("dummy_vin", engine.sql(DUMMY_VIN))


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
    return [
        pl.coalesce("deal_relation", weaker).alias("relation"),
        pl.when(acquired == "new").then(NEW_OWNER).when(acquired == "used").then(used).cast(pl.Int64).alias("owner_number"),
        pl.coalesce("stated_in_service_on", "deal_in_service_on", "sold_new_on").alias("in_service_on"),
        pl.when("is_only_listed").then("licence_id").alias("licence_id"),
    ]


def _is_own_brand(day: Day) -> pl.Expr:
    makes = sorted({one.make for one in day.policy.group.brands})
    return pl.col("make").is_in(makes).fill_null(False)


def _end() -> list[pl.Expr]:
    """The first of the ends, and why; a trade-in tells more than the sale that follows it."""
    until = pl.min_horizontal("traded_on", "returned_on", "sold_on")
    reason = (
        pl.when(pl.col("traded_on") == until).then(pl.lit("traded_in"))
        .when(pl.col("returned_on") == until).then(pl.lit("lease_returned"))
        .when(pl.col("sold_on") == until).then(pl.lit("sold_to_other"))
    )  # fmt: skip
    return [until.alias("until"), reason.alias("until_reason")]


def _probability(policy: GaragePolicy, as_of: date) -> pl.Expr:
    """Exponential decay since the last evidence by the policy's half-lives; 0 once gone. A running lease is evidence each day."""
    running = pl.min_horizontal("matures_on", pl.lit(as_of))
    seen = pl.max_horizontal("last_evidence_on", pl.when(pl.col("relation") == "leased").then(running))
    years = (pl.lit(as_of) - seen).dt.total_days() / DAYS_PER_YEAR
    new = pl.col("owner_number") == NEW_OWNER
    half_life = pl.when(new).then(policy.half_life_years_new).otherwise(policy.half_life_years_used)
    still = pl.lit(0.5).pow(years.clip(lower_bound=0.0) / half_life).round(6)
    return pl.when(pl.col("until").is_not_null()).then(0.0).otherwise(still)


STEP = Step(tables=(GARAGE,), inputs=INPUTS, build=build)
