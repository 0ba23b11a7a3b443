"""What a vehicle may be worth less what is owed, as an interval: a supplied value if there is one, else a labelled estimate."""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.normalise.vocabulary import match_makes, match_models
from pipelines.step import Day, Input, Step
from pipelines.traits.held import DAYS_PER_YEAR, HELD_INPUTS, register_held
from schemas.policy import Policy
from schemas.policy.reference import Reference
from schemas.tables.traits import EQUITY

SUPPLIED = """
    SELECT valued_on, value_provider, vin, year, make, model, trim, miles, value_low, value_mid, value_high, wholesale, retail
    FROM vehicle_values
    WHERE NOT is_superseded AND valued_on <= $as_of
"""


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """One row per person and current vehicle, in US dollars; null where neither age nor debt can be known.

    A value of the feed vehicle_values counts while it is fresh, for the VIN before the model, moved by the miles it is off. Else
    value starts from the price paid, the model's list price, or the policy's default for the make's position, and loses the
    shares of policy scoring.yaml, more or less by miles. The debt is the one of lifecycle.
    """
    register_held(engine, day)
    engine.register("make_position", default_prices(day.policy))
    engine.register("list_price", list_prices(day.policy))
    register_values(engine, day)
    loss, vehicles = day.policy.scoring.depreciation, day.policy.scoring.vehicles
    worth = engine.sql(
        query_text("pipelines.traits", "equity"),
        as_of=day.as_of,
        first_year=loss.first_year,
        later_years=loss.later_years,
        band=loss.band,
        default_msrp=loss.default_msrp_volume,
        days_per_year=DAYS_PER_YEAR,
        miles_per_year=day.policy.scoring.default_miles_per_year,
        share=vehicles.share_per_1000_miles,
        most_share=vehicles.most_miles_share,
        lien_years=vehicles.lien_likely_years,
    )
    return EQUITY.schema.cast(worth)


def register_values(engine: Engine, day: Day) -> None:
    """Register `value`: the supplied value of each vehicle held that has a fresh one. Needs `held` and the inputs of the step."""
    engine.register("supplied", in_our_spelling(engine.sql(SUPPLIED, as_of=day.as_of), day.policy.reference))
    vehicles = day.policy.scoring.vehicles
    value = engine.sql(
        query_text("pipelines.traits", "value"),
        as_of=day.as_of,
        stale_days=vehicles.value_stale_days,
        miles=vehicles.value_miles,
        band=vehicles.value_band,
        share=vehicles.share_per_1000_miles,
        most_share=vehicles.most_miles_share,
    )
    engine.register("value", value)


def in_our_spelling(supplied: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Values with make and model as the vocabulary spells them; as typed where it does not know them."""
    makes = match_makes(supplied["make"], reference).select(make="raw", made="matched")
    made = supplied.join(makes, on="make", how="left")
    models = match_models(made.select(context="made", raw="model"), reference)
    modelled = made.join(models.select(made="context", model="raw", known="matched"), on=["made", "model"], how="left")
    return modelled.with_columns(make=pl.coalesce("made", "make"), model=pl.coalesce("known", "model")).drop("made", "known")


def default_prices(policy: Policy) -> pl.DataFrame:
    """The assumed new price of makes of luxury position: own luxury brands and the makes that they compete with."""
    luxury = {one.brand: one.make for one in policy.group.brands if one.position == "luxury"}
    rivals = {make for one in policy.conquest.brands if one.brand in luxury for make in one.makes}
    own_volume = {one.make for one in policy.group.brands if one.position == "volume"}
    makes = sorted(make.lower() for make in (rivals | set(luxury.values())) - own_volume)
    prices = [policy.scoring.depreciation.default_msrp_luxury] * len(makes)
    return pl.DataFrame({"make": makes, "default_msrp": prices}, schema={"make": pl.String, "default_msrp": pl.Float64})


def list_prices(policy: Policy) -> pl.DataFrame:
    """List prices by make and model in lower case, US dollars, for the models of the reference that have one."""
    rows = {(one.make.lower(), one.model.lower()): float(one.msrp_usd) for one in policy.reference.models if one.msrp_usd}
    schema = {"make": pl.String, "model": pl.String, "msrp": pl.Float64}
    return pl.DataFrame([(*key, price) for key, price in sorted(rows.items())], schema=schema, orient="row")


STEP = Step(tables=(EQUITY,), inputs=(*HELD_INPUTS, Input("vehicle"), Input("vehicle_values", "until")), build=build)
