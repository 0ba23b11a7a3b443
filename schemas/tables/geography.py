"""Where ZIPs lie from our rooftops. By ZIP and not by person: a few thousand rows, and nobody's data."""

import dataframely as dy

from schemas.contract import Table
from schemas.vocabulary import brand, market, rooftop_id

MARKET_TYPES = ["metro", "standalone", "primary", "secondary", "tertiary"]


def _zip() -> dy.String:
    return dy.String(primary_key=True, description="five-digit ZIP of at least one person")


class ZipDistance(dy.Schema):
    """How far a ZIP is from every rooftop."""

    zip = _zip()
    rooftop_id = rooftop_id(key=True, nullable=False)
    brand = brand(nullable=False)
    market = market(nullable=False)
    market_type = dy.Enum(MARKET_TYPES, description="type of the rooftop's market")
    distance_miles = dy.Float64(min=0, description="great-circle miles between ZIP centroids")
    home_market = dy.String(nullable=True, description="market whose ZIPs include this one, where there is one")


class ZipReach(dy.Schema):
    """The nearest rooftop of a brand that reaches a ZIP for a segment: within the radius of its own market, or of the market."""

    segment = dy.Enum(["conquest", "in_market", "loyalty"], primary_key=True, description="segment of the radius")
    zip = _zip()
    brand = brand(key=True, nullable=False)
    rooftop_id = rooftop_id(nullable=False)
    distance_miles = dy.Float64(min=0, description="great-circle miles between ZIP centroids")
    market = market(nullable=False)
    market_type = dy.Enum(MARKET_TYPES, description="type of the rooftop's market")
    radius_miles = dy.Float64(nullable=True, description="how far the rooftop reaches; null where only its market counts")
    is_by_market = dy.Bool(description="the rooftop reaches it as a ZIP of its market, not by miles")


class UnmatchedZip(dy.Schema):
    """A postcode that has no place, and how many records and people give it. What is no ZIP at all is counted together."""

    zip = dy.String(primary_key=True, description="the five digits; empty for text that is no US ZIP")
    reason = dy.Enum(
        ["not_a_zip", "unknown", "no_place"],
        description="no five digits; digits that no post office has; a ZIP without a place, as military ones",
    )
    records = dy.Int64(min=1, description="records that give it")
    people = dy.Int64(min=1, description="people behind them")


ZIP_DISTANCE = Table(
    "zip_distance", "traits", ZipDistance, "Miles from every ZIP of a person to every rooftop.", is_personal=False
)
ZIP_REACH = Table(
    "zip_reach",
    "traits",
    ZipReach,
    "The nearest eligible rooftop of each brand per segment and ZIP.",
    is_personal=False,
)
UNMATCHED_ZIP = Table(
    "unmatched_zip", "traits", UnmatchedZip, "Postcodes that have no place, with how many people give them.", is_personal=False
)
