"""How far each person is from the nearest rooftop of each brand, and whose market they live in.

Distances are computed per distinct ZIP, never per person. Radii are a matter of audiences.
"""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.normalise.postcode import great_circle_miles, zip_table
from pipelines.step import Day, Input, Step
from schemas.policy.group import Group
from schemas.tables.traits import GEOGRAPHY


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """One row per person and own brand; nulls where the ZIP is missing or has no place."""
    group = day.policy.group
    zips = engine.sql("SELECT DISTINCT zip FROM person WHERE zip IS NOT NULL ORDER BY zip")
    places = zips.join(zip_table().drop_nulls("latitude"), on="zip", how="left").sort("zip")
    engine.register("own_brand", pl.DataFrame({"brand": [one.brand for one in group.brands]}))
    engine.register("zip_brand", nearest_rooftops(places, group))
    engine.register("zip_place", places.select("zip", home_market(group), is_zip_known=pl.col("latitude").is_not_null()))
    return GEOGRAPHY.schema.cast(engine.sql(query_text("pipelines.traits", "geography")))


def nearest_rooftops(places: pl.DataFrame, group: Group) -> pl.DataFrame:
    """The nearest rooftop of each brand per placed ZIP, in great-circle miles between ZIP centroids.

    Miles are rounded to 0.01, so that the last digit of a machine's sine cannot choose a rooftop; ties go to the smaller id.
    """
    to = rooftop_places(group)
    placed = places.drop_nulls("latitude").select("zip", "latitude", "longitude")
    miles = great_circle_miles(*(pl.col(name) for name in ("latitude", "longitude", "to_latitude", "to_longitude"))).round(2)
    return (
        placed.join(to, how="cross")
        .with_columns(distance_miles=miles)
        .sort("zip", "brand", "distance_miles", "nearest_rooftop_id")
        .unique(["zip", "brand"], keep="first", maintain_order=True)
        .drop("latitude", "longitude", "to_latitude", "to_longitude")
    )


def rooftop_places(group: Group) -> pl.DataFrame:
    """Each rooftop with its brand, market, market type and the place of its ZIP; without a place it is left out."""
    types = {one.market: one.type for one in group.markets}
    rows = [(one.rooftop_id, one.brand, one.market, types[one.market], one.zip) for one in group.rooftops]
    frame = pl.DataFrame(rows, schema=["nearest_rooftop_id", "brand", "market", "market_type", "to_zip"], orient="row")
    places = zip_table().drop_nulls("latitude").select(to_zip="zip", to_latitude="latitude", to_longitude="longitude")
    return frame.join(places, on="to_zip").drop("to_zip")


def home_market(group: Group) -> pl.Expr:
    """The market whose ZIP prefix is the longest match; the first market listed where two are as long."""
    listed = [(prefix, one.market) for one in group.markets for prefix in one.zip_prefixes]
    longest_first = sorted(listed, key=lambda pair: -len(pair[0]))
    matches = [pl.when(pl.col("zip").str.starts_with(prefix)).then(pl.lit(market)) for prefix, market in longest_first]
    return pl.coalesce(matches).alias("home_market")


STEP = Step(tables=(GEOGRAPHY,), inputs=(Input("person"),), build=build)
