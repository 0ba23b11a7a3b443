"""What a vehicle may be worth less what is owed, as an interval. A labelled estimate: nobody's valuation is bought here."""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.step import Day, Step
from pipelines.traits.held import DAYS_PER_YEAR, HELD_INPUTS, register_held
from schemas.policy import Policy
from schemas.tables.traits import EQUITY


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """One row per person and current vehicle, in US dollars; null where neither age nor debt can be known.

    Value starts from the price paid, else the model's list price, else the policy's default for the make's position, and
    loses the shares of policy scoring.yaml; the debt is the one of lifecycle.
    """
    register_held(engine, day)
    engine.register("make_position", default_prices(day.policy))
    engine.register("list_price", list_prices(day.policy))
    loss = day.policy.scoring.depreciation
    estimate = engine.sql(
        query_text("pipelines.traits", "equity"),
        as_of=day.as_of,
        first_year=loss.first_year,
        later_years=loss.later_years,
        band=loss.band,
        default_msrp=loss.default_msrp_volume,
        days_per_year=DAYS_PER_YEAR,
    )
    return EQUITY.schema.cast(estimate)


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


STEP = Step(tables=(EQUITY,), inputs=HELD_INPUTS, build=build)
