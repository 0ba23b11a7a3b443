"""US postcodes: what a typed one means, where it lies, and how far two places are apart. Offline, from the zipcodes package.

Postcodes only; street addresses have a module of their own.
"""

from functools import cache

import polars as pl
import zipcodes

EARTH_RADIUS_MILES = 3958.7613  # mean radius of the earth (IUGG), 6371.0088 km

_FIVE = r"^(\d{5})(?:[-\s]?\d{4})?$"  # 28202, 28202-1234, 282021234
_ATE_ZEROS = r"^\d{3,4}$"  # a spreadsheet ate leading zeros: 2139 is 02139, 501 is 00501


@cache
def zip_table() -> pl.DataFrame:
    """Every US ZIP, sorted: zip, latitude and longitude in degrees, state, city in upper case.

    Postal boxes, unique and military ZIPs are included; military ones have no place and therefore null coordinates.
    """
    rows = [(one["zip_code"], one["lat"], one["long"], one["state"], one["city"]) for one in zipcodes.list_all()]
    frame = pl.DataFrame(rows, schema=["zip", "latitude", "longitude", "state", "city"], orient="row")
    degrees = pl.col("latitude", "longitude").cast(pl.Float64, strict=False)
    nowhere = (pl.col("latitude") == 0) & (pl.col("longitude") == 0)
    placed = frame.with_columns(degrees, pl.col("city").str.to_uppercase())
    blank = [pl.when(nowhere).then(None).otherwise(pl.col(name)).alias(name) for name in ("latitude", "longitude")]
    return placed.with_columns(blank).unique("zip", keep="first", maintain_order=True).sort("zip")


@cache
def known_zips() -> frozenset[str]:
    """Every ZIP that exists."""
    return frozenset(zip_table()["zip"])


def five_digits(raw: pl.Expr) -> pl.Expr:
    """The five digits of a typed ZIP, whether or not it exists; null for anything else, Canadian postcodes included.

    ZIP+4 is cut, three and four digits are padded with the zeros that a spreadsheet removed, and a decimal .0 is dropped.
    """
    text = raw.cast(pl.String).str.strip_chars().str.replace(r"\.0+$", "")
    padded = pl.when(text.str.contains(_ATE_ZEROS)).then(text.str.zfill(5)).otherwise(text)
    return padded.str.extract(_FIVE, 1)


def existing_zip(raw: pl.Expr) -> pl.Expr:
    """The five digits of a typed ZIP that exists; null where it does not."""
    five = five_digits(raw)
    return pl.when(five.is_in(zip_table()["zip"].implode())).then(five)


def great_circle_miles(latitude: pl.Expr, longitude: pl.Expr, to_latitude: pl.Expr, to_longitude: pl.Expr) -> pl.Expr:
    """Miles between two places given in degrees, by the haversine formula on a sphere of the earth's mean radius."""
    phi, to_phi = latitude.radians(), to_latitude.radians()
    half_phi, half_lambda = (to_phi - phi) / 2, (to_longitude.radians() - longitude.radians()) / 2
    chord = half_phi.sin() ** 2 + phi.cos() * to_phi.cos() * half_lambda.sin() ** 2
    return 2 * EARTH_RADIUS_MILES * chord.clip(0, 1).sqrt().arcsin()
