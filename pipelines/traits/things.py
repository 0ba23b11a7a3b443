"""What touches concern, by the number of the thing: brand, vehicle, price and values of dimensions, as numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.traits.runs import Whole, whole

PACKAGE = "pipelines.traits"
PRICES = "SELECT thing_no, price FROM touch_thing WHERE price > 0 ORDER BY price, thing_no"


@dataclass(frozen=True)
class Dimension:
    """The values of one dimension, sorted: value, label, make. value_of: the place of a thing's value among them, -1 for none."""

    value_of: Whole
    values: pl.DataFrame


@dataclass(frozen=True)
class Things:
    """Arrays by the number of the thing, -1 for none. price_of: the place of its price in `prices`, which are sorted."""

    brand: Whole
    vin: Whole
    price_of: Whole
    prices: pl.Series
    dimensions: Mapping[str, Dimension]


def things_of(engine: Engine) -> Things:
    """The things that touches of the window concern. Reads `touch_thing` that scored_touch keeps."""
    told = engine.sql("SELECT thing_no, coalesce(brand_no, -1) AS brand_no, coalesce(vin_no, -1) AS vin_no FROM touch_thing")
    priced = engine.sql(PRICES)
    size = told.height + 1  # numbers begin with 1
    values = engine.sql(query_text(PACKAGE, "touch_value")).partition_by("dimension", as_dict=True)
    return Things(
        brand=by_number(told["thing_no"], told["brand_no"], size),
        vin=by_number(told["thing_no"], told["vin_no"], size),
        price_of=by_number(priced["thing_no"], pl.Series(np.arange(priced.height)), size),
        prices=priced["price"],
        dimensions={str(key[0]): dimension(rows, size) for key, rows in values.items()},
    )


def dimension(told: pl.DataFrame, size: int) -> Dimension:
    """One dimension of `told`(thing_no, value, label, make), for thing numbers below `size`."""
    values = told.group_by("value").agg(pl.min("label"), pl.min("make")).sort("value")
    placed = told.join(values.select("value").with_row_index("place"), on="value")
    return Dimension(by_number(placed["thing_no"], placed["place"], size), values)


def by_number(number: pl.Series, value: pl.Series, size: int) -> Whole:
    """Values by the number of the thing, -1 where none is told."""
    found = np.full(size, -1, dtype=np.int64)
    found[whole(number)] = whole(value)
    return found
