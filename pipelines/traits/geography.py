"""How far people are from rooftops, whose market they live in, which rooftops reach them, and which ZIPs have no place.

Distances are computed per distinct ZIP, never per person. How far a segment reaches is policy conquest.yaml.
"""

import polars as pl

from pipelines.audiences.radius import radius_frame
from pipelines.engine import Engine, query_text
from pipelines.normalise.postcode import five_digits, great_circle_miles, known_zips, zip_table
from pipelines.shape import in_shape
from pipelines.step import Built, Day, Input, Step
from schemas.policy.group import Group
from schemas.tables.geography import UNMATCHED_ZIP, ZIP_DISTANCE, ZIP_REACH
from schemas.tables.traits import GEOGRAPHY

PACKAGE = "pipelines.traits"
TABLES = (GEOGRAPHY, ZIP_DISTANCE, ZIP_REACH, UNMATCHED_ZIP)


def build(engine: Engine, day: Day) -> Built:
    """geography: a row per person and own brand, nulls where the ZIP is missing or has no place. zip_distance: a row per
    placed ZIP and rooftop. zip_reach: a row per segment, ZIP and brand that reaches it. unmatched_zip: a row per ZIP
    without a place.
    """
    group = day.policy.group
    zips = engine.sql("SELECT DISTINCT zip FROM person WHERE zip IS NOT NULL ORDER BY zip")
    places = zips.join(zip_table().drop_nulls("latitude"), on="zip", how="left").sort("zip")
    distances = rooftop_distances(places, group)
    engine.register("own_brand", pl.DataFrame({"brand": [one.brand for one in group.brands]}))
    engine.register("zip_distance", distances)
    engine.register("zip_place", places.select("zip", home_market(group), is_zip_known=pl.col("latitude").is_not_null()))
    engine.register("radius", radius_frame(day.policy))
    engine.register("postcode", postcodes(engine.sql("SELECT DISTINCT zip_raw FROM contact_record ORDER BY zip_raw")))
    frames = {GEOGRAPHY.name: engine.sql(query_text(PACKAGE, "geography")), ZIP_DISTANCE.name: distances}
    frames[ZIP_REACH.name] = engine.sql(query_text(PACKAGE, "zip_reach"))
    frames[UNMATCHED_ZIP.name] = engine.sql(query_text(PACKAGE, "unmatched_zip"), as_of=day.as_of)
    return {table.name: in_shape(frames[table.name], table) for table in TABLES}


def rooftop_distances(places: pl.DataFrame, group: Group) -> pl.DataFrame:
    """Great-circle miles between ZIP centroids, for every placed ZIP and every rooftop with a place.

    Miles are rounded to 0.01, so that the last digit of a machine's sine cannot choose a rooftop.
    """
    placed = places.drop_nulls("latitude").select("zip", "latitude", "longitude", home_market(group))
    miles = great_circle_miles(*(pl.col(name) for name in ("latitude", "longitude", "to_latitude", "to_longitude"))).round(2)
    every = placed.join(rooftop_places(group), how="cross").with_columns(distance_miles=miles)
    return every.drop("latitude", "longitude", "to_latitude", "to_longitude").sort("zip", "rooftop_id")


def rooftop_places(group: Group) -> pl.DataFrame:
    """Each rooftop with its brand, market, market type and the place of its ZIP; without a place it is left out."""
    types = {one.market: one.type for one in group.markets}
    rows = [(one.rooftop_id, one.brand, one.market, types[one.market], one.zip) for one in group.rooftops]
    frame = pl.DataFrame(rows, schema=["rooftop_id", "brand", "market", "market_type", "to_zip"], orient="row")
    places = zip_table().drop_nulls("latitude").select(to_zip="zip", to_latitude="latitude", to_longitude="longitude")
    return frame.join(places, on="to_zip").drop("to_zip")


def home_market(group: Group) -> pl.Expr:
    """The market whose ZIP prefix is the longest match; the first market listed where two are as long."""
    listed = [(prefix, one.market) for one in group.markets for prefix in one.zip_prefixes]
    longest_first = sorted(listed, key=lambda pair: -len(pair[0]))
    matches = [pl.when(pl.col("zip").str.starts_with(prefix)).then(pl.lit(market)) for prefix, market in longest_first]
    return pl.coalesce(matches).alias("home_market")


def postcodes(raw: pl.DataFrame) -> pl.DataFrame:
    """Postcodes as delivered that have no place: zip_raw, zip (the five digits; empty for other text) and reason."""
    named = raw.filter(pl.col("zip_raw").str.strip_chars() != "").with_columns(zip=five_digits(pl.col("zip_raw")).fill_null(""))
    known = pl.col("zip").is_in(sorted(known_zips()))
    placed = pl.col("zip").is_in(zip_table().drop_nulls("latitude")["zip"].implode())
    words = (
        pl.when(pl.col("zip") == "").then(pl.lit("not_a_zip")).when(~known).then(pl.lit("unknown")).otherwise(pl.lit("no_place"))
    )
    return named.filter(~placed).select("zip_raw", "zip", reason=words)


STEP = Step(tables=TABLES, inputs=(Input("person"), Input("contact_record"), Input("member")), build=build)
