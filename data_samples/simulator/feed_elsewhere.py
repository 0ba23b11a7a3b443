"""Service visits to shops that are not ours, and those of them that a vehicle history provider tells, by hashed e-mail."""

import numpy as np
import polars as pl

from data_samples.simulator.cells import iso_date
from data_samples.simulator.columns import at, numbers, text
from data_samples.simulator.contacts import sha256
from data_samples.simulator.draws import repeat
from data_samples.simulator.people import OWNER
from data_samples.simulator.tables import write_csv_feed
from data_samples.simulator.world import World
from data_samples.simulator.writer import Writer

PROVIDER = "vehiclehistory"
DAYS_BETWEEN = 210  # on average
TOLD_SHARE = 0.25  # of visits; no published figure known to us
LICENCE_DAYS = 90


def visits_elsewhere(world: World) -> pl.DataFrame:
    """Visits of the window: person, vin, make, model, year, day, key and is_told.

    A vehicle that never came to us goes elsewhere, and one that stopped coming goes elsewhere from then on.
    """
    draws, calendar = world.draws, world.calendar
    last = world.visits.group_by("spell").agg(pl.col("day").max().alias("last_here"))
    held = world.spells.filter(pl.col("kind") <= OWNER).join(last, on="spell", how="left", maintain_order="left")
    start = held.select(pl.coalesce(pl.col("last_here") + 2 * DAYS_BETWEEN, pl.col("start") + 60)).to_series().to_numpy()
    stop = np.minimum(held["stop"].to_numpy(), calendar.last + 1)
    first = np.maximum(start, calendar.first)
    span = np.maximum(stop - first, 0)
    row, number = repeat(draws.poisson("visits elsewhere", span / DAYS_BETWEEN, held["spell"].to_numpy()))
    key = held["spell"].to_numpy()[row] * 64 + np.minimum(number, 63)
    day = (first[row] + span[row] * draws.uniform("day elsewhere", key)).astype(np.int64)
    found = held[row].select("person", "vin", "make", "model", "year").with_columns(key=key, day=day)
    told = draws.chance("told", TOLD_SHARE, key)
    return found.with_columns(is_told=pl.Series(told)).filter(pl.col("vin").is_not_null()).sort("day", "key")


def write_elsewhere(world: World, writer: Writer) -> None:
    """One file per delivery, beside those of the shopping sites."""
    rows = visits_elsewhere(world).filter("is_told").with_row_index("n")
    (person,) = numbers(rows, "person")
    cells = rows.with_columns(
        provider=pl.lit(PROVIDER),
        delivery=pl.Series(world.calendar.delivery_of(rows["day"].to_numpy())),
        signal_id=text([f"H{one:09d}" for one in rows["n"].to_list()]),
        occurred_at=pl.concat_str(iso_date("day"), pl.lit("T16:00:00Z")),
        signal=pl.lit("service_visit"),
        email=pl.lit(None, pl.String),
        email_sha256=text(sha256(at(world.people, "email", person).to_list())),
        zip=at(world.people, "zip", person),
        year=pl.col("year").cast(pl.String),
        body_style=pl.lit(None, pl.String),
        condition=pl.lit(None, pl.String),
        price=pl.lit(None, pl.String),
        score=pl.lit(None, pl.String),
        licence_id=pl.lit("SVC-2026"),
        permitted_channels=pl.lit("display|social|email|mail"),
        expires_on=(pl.col("day") + LICENCE_DAYS).cast(pl.Int32).cast(pl.Date).cast(pl.String),
    ).filter(pl.col("email_sha256").is_not_null())
    writer.link(cells, "shopping_signals", ["provider", "signal_id"], "shopper")
    write_csv_feed(world, writer, "shopping_signals", cells, lambda stamp: f"signals_{stamp}_{PROVIDER}.csv")
