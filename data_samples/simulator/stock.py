"""Vehicles in stock at each rooftop: those that were sold later, and others that left some other way."""

import numpy as np
import polars as pl

from data_samples.simulator.columns import text
from data_samples.simulator.days import Calendar
from data_samples.simulator.draws import Draws
from data_samples.simulator.garage import Catalogue
from schemas.policy import Policy

SERIAL_OFFSET = 5_000_000  # keeps the serial numbers of vehicles never sold apart from those of spells


def make_stock(
    policy: Policy,
    draws: Draws,
    catalogue: Catalogue,
    spells: pl.DataFrame,
    deals: pl.DataFrame,
    calendar: Calendar,
    people_count: int,
) -> pl.DataFrame:
    """One row per unit: rooftop, vin, vehicle, price, stocked day and gone day (exclusive), spell (-1 when not sold)."""
    sold = spells.filter(pl.col("here") & (pl.col("start") >= calendar.first - 30))
    ids = sold["spell"].to_numpy()
    is_new = sold["how"].to_numpy() < 2
    shelf = np.where(
        is_new, 15 + draws.waiting("shelf days", 45, 2, ids), 5 + draws.waiting("used shelf", 24, 2, ids).clip(0, 90)
    )
    rows = sold.select(
        "spell", "rooftop", "vin", "make", "model", "year", "body", "msrp", "price", "miles_at_start", gone=pl.col("start")
    )
    rows = rows.with_columns(stocked=pl.Series((sold["start"].to_numpy() - shelf).astype(np.int64)), is_new=pl.Series(is_new))
    stock = pl.concat([rows, _never_sold(policy, draws, catalogue, calendar, people_count)], how="diagonal_relaxed")
    stock = stock.sort("rooftop", "stocked", "vin").with_row_index("unit").with_columns(pl.col("unit").cast(pl.Int64))
    certified = draws.chance("certified", 0.3, stock["unit"].to_numpy()) & (stock["miles_at_start"] < 60_000).to_numpy()
    new = stock["is_new"].to_numpy()
    letters = np.where(new, "N", "U")
    return stock.with_columns(
        condition=text(np.where(new, "new", np.where(certified, "cpo", "used"))),
        stock_number=text([f"{a}{n + 100:05d}" for a, n in zip(letters, stock["unit"].to_list(), strict=True)]),
    )


def _never_sold(policy: Policy, draws: Draws, catalogue: Catalogue, calendar: Calendar, people_count: int) -> pl.DataFrame:
    """Units that go to other dealers: a dozen per rooftop at any time, more for larger groups."""
    per_rooftop = 10 + people_count // 2500
    turns = max(1, (calendar.last - calendar.first) // 120 + 1)
    rooftops = len(policy.group.rooftops)
    rooftop, slot = np.divmod(np.arange(rooftops * per_rooftop * turns), per_rooftop * turns)
    turn, ids = slot % turns, np.arange(rooftops * per_rooftop * turns)
    stocked = calendar.last - turn * 120 - draws.integer("stocked", 1, 110, ids)
    own = {one.brand: one.make for one in policy.group.brands}
    makes = np.array([own[one.brand] for one in policy.group.rooftops], dtype=object)[rooftop]
    used = draws.chance("used unit", 0.35, ids)
    year = 1970 + (stocked + 75) // 365 - np.where(used, draws.integer("unit age", 1, 7, ids), 0)
    chosen = catalogue.assign(makes, year, ids + SERIAL_OFFSET)
    msrp = catalogue.column("msrp", chosen)
    age = np.where(used, draws.integer("unit age", 1, 7, ids), 0)
    return pl.DataFrame(
        {
            "spell": np.full(len(ids), -1),
            "rooftop": rooftop,
            "vin": text(catalogue.vins(chosen, ids + SERIAL_OFFSET)),
            "make": text(catalogue.column("make", chosen)),
            "model": text(catalogue.column("model", chosen)),
            "year": catalogue.column("year", chosen).astype(np.int64),
            "body": text(catalogue.column("body", chosen)),
            "msrp": np.round(msrp, -1),
            "price": np.round(msrp * np.where(used, 0.82 * 0.87**age, 0.98), 2),
            "miles_at_start": np.where(used, age * 11_000, 6),
            "gone": stocked + draws.integer("days listed", 40, 150, ids),
            "stocked": stocked,
            "is_new": ~used,
        }
    )
