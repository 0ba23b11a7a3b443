"""The table `vehicle`: every VIN ever seen, decoded once. Where a VIN does not say, what people typed is kept in our spelling."""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.normalise.vin import decode
from pipelines.normalise.vocabulary import body_styles, match_makes, match_models
from pipelines.step import Day, Input, Step
from schemas.policy.reference import Reference
from schemas.tables.records import VEHICLE

FEEDS = (
    "dms_sales",
    "dms_service",
    "dms_appointments",
    "inventory",
    "ownership_lists",
    "crm_leads",
    "crm_contacts",
    "shopping_signals",
    "web_events",
)
YEARS = (1900, 2100)  # a typed model year outside is a slip of the keyboard; the contract's own bounds


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """Yesterday's vehicles and the new ones of the day. Only VINs that were never seen are decoded."""
    previous = engine.sql("SELECT * FROM previous_vehicle ORDER BY vin")
    query = query_text("pipelines.records", "vehicle_statements")
    stated = in_our_spelling(engine.sql(query, year_from=YEARS[0], year_to=YEARS[1]), day.policy.reference)
    unseen = stated.join(previous, on="vin", how="anti")
    decoded = decode(unseen["vin"], day.policy.reference).rename({"is_valid": "is_vin_valid"})
    new = decoded.with_columns(in_service_on=pl.lit(None, pl.Date), first_seen_on=pl.lit(day.as_of))
    known = pl.concat([previous.select(new.columns), new])
    return with_statements(known, stated).select(VEHICLE.schema.column_names()).sort("vin")


def in_our_spelling(stated: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Statements with typed make and model matched to the vocabulary, and the body style that the model has there."""
    makes = match_makes(stated["typed_make"], reference).select(typed_make="raw", make_said="matched")
    made = stated.join(makes, on="typed_make", how="left")
    models = match_models(made.select(context="make_said", raw="typed_model"), reference)
    matched = models.select(make_said="context", typed_model="raw", model_said="matched")
    said = made.join(matched, on=["make_said", "typed_model"], how="left")
    styles = body_styles(reference).select(make_said="make", model_said="model", style_said="body_style")
    return said.join(styles, on=["make_said", "model_said"], how="left")


def with_statements(known: pl.DataFrame, stated: pl.DataFrame) -> pl.DataFrame:
    """Vehicles with their gaps filled by statements. A decoded vehicle keeps what its VIN says."""
    both = known.join(stated, on="vin", how="left")

    def filled(column: str, said: str) -> pl.Expr:
        return pl.when("is_decoded").then(column).otherwise(pl.coalesce(column, said)).alias(column)

    return both.with_columns(
        filled("year", "typed_year"),
        filled("make", "make_said"),
        filled("model", "model_said"),
        pl.coalesce("body_style", "style_said").alias("body_style"),
        pl.coalesce("trim", "typed_trim").alias("trim"),
        pl.min_horizontal("in_service_on", "stated_in_service_on").alias("in_service_on"),
    )


STEP = Step(
    tables=(VEHICLE,),
    inputs=(Input("vehicle", "previous"), *(Input(feed) for feed in FEEDS)),
    build=build,
)
