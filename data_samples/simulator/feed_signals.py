"""Third-party shopping signals: what shoppers do on other sites, by hashed or plain e-mail."""

import numpy as np
import polars as pl

from data_samples.simulator.cells import iso_date
from data_samples.simulator.columns import at, numbers, text
from data_samples.simulator.contacts import choose_units, sha256
from data_samples.simulator.draws import repeat
from data_samples.simulator.tables import write_csv_feed
from data_samples.simulator.world import World
from data_samples.simulator.writer import Writer

KINDS = (
    ("vdp", 38),
    ("srp", 18),
    ("search", 10),
    ("review", 8),
    ("payment", 6),
    ("compare", 6),
    ("valuation", 5),
    ("lead", 4),
    ("score", 5),
)
PROVIDERS = (("autotrader", 0.55), ("cars.com", 0.45))
LICENCE_DAYS = 90


def write_signals(world: World, writer: Writer) -> None:
    """One file per provider and delivery."""
    cells = _cells(world, _signals(world))
    writer.link(cells, "shopping_signals", ["provider", "signal_id"], "shopper")
    write_csv_feed(world, writer, "shopping_signals", cells, lambda stamp: f"signals_{stamp}_{{0}}.csv", by=("provider",))


def _signals(world: World) -> pl.DataFrame:
    draws, calendar = world.draws, world.calendar
    mine = world.journeys.filter("third_party")
    row, number = repeat(1 + draws.poisson("signals", 4.0, mine["key"].to_numpy()))
    journey = mine[row]
    key = journey["key"].to_numpy() * 64 + number
    start, end, person, rooftop = numbers(journey, "start", "end", "person", "rooftop")
    day = (start + (end - start) * draws.uniform("signal moment", key)).astype(np.int64)
    kind = draws.choose("signal", [weight for _, weight in KINDS], key)
    provider = draws.choose("third-party site", [weight for _, weight in PROVIDERS], key)
    rows = pl.DataFrame({"key": key, "day": day, "person": person, "unit": choose_units(world, rooftop, day, key)}).with_columns(
        provider=text(np.array([name for name, _ in PROVIDERS], dtype=object)[provider]),
        signal=text(np.array([name for name, _ in KINDS], dtype=object)[kind]),
        plain=pl.Series(draws.chance("plain e-mail", 0.12, key)),
        strength=pl.Series(draws.integer("score", 20, 99, key)),
    )
    rows = rows.filter((pl.col("day") >= calendar.first) & (pl.col("day") <= calendar.last))
    return rows.sort("day", "key").with_row_index("n")


def _cells(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    person, unit = numbers(rows, "person", "unit")
    mail = at(world.people, "email", person)
    seen = {name: at(world.stock, name, unit) for name in ("vin", "make", "model", "year", "body", "price", "condition")}
    about_unit = pl.col("signal").is_in(["vdp", "payment", "compare", "lead"])
    return rows.with_columns(
        delivery=pl.Series(world.calendar.delivery_of(rows["day"].to_numpy())),
        signal_id=text([f"S{one:09d}" for one in rows["n"].to_list()]),
        occurred_at=pl.concat_str(iso_date("day"), pl.lit("T"), (pl.col("n") % 12 + 11).cast(pl.String), pl.lit(":20:00Z")),
        email=pl.when("plain").then(mail),
        email_sha256=pl.when(~pl.col("plain")).then(text(sha256(mail.to_list()))),
        zip=at(world.people, "zip", person),
        vin=pl.when(about_unit).then(seen["vin"]),
        make=seen["make"],
        model=pl.when(pl.col("signal") != "score").then(seen["model"]),
        year=pl.when(about_unit).then(seen["year"].cast(pl.String)),
        body_style=seen["body"],
        condition=seen["condition"],
        price=pl.when(about_unit).then(seen["price"].round(0).cast(pl.Int64).cast(pl.String)),
        score=pl.when(pl.col("signal") == "score").then(pl.col("strength").cast(pl.String)),
        licence_id=pl.lit("SIG-2026"),
        permitted_channels=pl.lit("display|social|email|search"),
        expires_on=(pl.col("day") + LICENCE_DAYS).cast(pl.Int32).cast(pl.Date).cast(pl.String),
    )
