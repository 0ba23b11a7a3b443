"""Who moved, and when: by an appended move, or by a new home in records after the last sight of the old one.

Bought lists are left out, because they trail behind by months; so are businesses.
"""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.normalise.postcode import great_circle_miles, zip_table
from pipelines.shape import in_shape
from pipelines.step import Built, Day, Input, Step
from schemas.tables.residence import ADDRESS_SEEN, RESIDENCE

PACKAGE = "pipelines.traits"
ZIPS = """
    SELECT DISTINCT old.zip AS from_zip, new.zip AS to_zip
    FROM address_of AS old JOIN address_of AS new ON new.person_id = old.person_id AND new.zip <> old.zip
    ORDER BY ALL
"""
ADDRESS_OF = """
    SELECT member.person_id, home, zip, min(first_seen_on) AS first_seen_on, max(last_seen_on) AS last_seen_on
    FROM address_seen JOIN member ON member.record_id = address_seen.record_id
    GROUP BY ALL
"""


def build(engine: Engine, day: Day) -> Built:
    """address_seen: a row per record and home. residence: a row per person with a known move."""
    seen = engine.sql(query_text(PACKAGE, "address_seen"), as_of=day.as_of)
    engine.register("address_seen", seen)
    engine.register("address_of", engine.sql(ADDRESS_OF))
    engine.register("zip_miles", zip_miles(engine.sql(ZIPS)))
    moved = engine.sql(query_text(PACKAGE, "residence"), as_of=day.as_of)
    return {ADDRESS_SEEN.name: in_shape(seen, ADDRESS_SEEN), RESIDENCE.name: in_shape(moved, RESIDENCE)}


def zip_miles(pairs: pl.DataFrame) -> pl.DataFrame:
    """Great-circle miles between the centroids of pairs of ZIPs: from_zip, to_zip, miles; pairs without a place are left out."""
    places = zip_table().drop_nulls("latitude").select("zip", "latitude", "longitude")
    one = places.rename({"zip": "from_zip", "latitude": "a", "longitude": "b"})
    other = places.rename({"zip": "to_zip", "latitude": "c", "longitude": "d"})
    both = pairs.join(one, on="from_zip").join(other, on="to_zip")
    miles = great_circle_miles(pl.col("a"), pl.col("b"), pl.col("c"), pl.col("d")).round(2)
    return both.select("from_zip", "to_zip", miles=miles)


STEP = Step(
    tables=(ADDRESS_SEEN, RESIDENCE),
    inputs=(Input("contact_record"), Input("member"), Input("person"), Input("address_seen", "previous")),
    build=build,
)
