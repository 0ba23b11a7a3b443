"""What is bought about people: ownership lists and household appends."""

import numpy as np
import polars as pl

from data_samples.simulator.cells import iso_date
from data_samples.simulator.columns import at, numbers, text
from data_samples.simulator.days import as_date
from data_samples.simulator.draws import Ints
from data_samples.simulator.people import OWNER
from data_samples.simulator.tables import with_bad_values, write_csv_feed
from data_samples.simulator.world import World
from data_samples.simulator.writer import Writer

QUARTER = 91
AGE_BANDS = ((25, "18-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"), (65, "55-64"), (200, "65+"))
INCOME_BANDS = ("0-40k", "40-60k", "60-80k", "80-100k", "100-150k", "150k+")
CUSTOMERS_ON_LISTS = 0.12
LICENCE_DAYS = 200
CHANNELS = (("display|ctv|mail|social", 0.8), ("mail", 0.1), ("display|ctv", 0.1))


def write_ownership(world: World, writer: Writer) -> None:
    """The list of current owners once a quarter, an older list whose licence ran out, and a second seller's list near the end."""
    calendar, people = world.calendar, world.people
    quarter = np.array(calendar.deliveries) // QUARTER
    person = people["person"].to_numpy()
    listed = (people["kind"] == OWNER).to_numpy() | world.draws.chance("on a list", CUSTOMERS_ON_LISTS, person)
    for position, day in enumerate(calendar.deliveries):
        if position and quarter[position] == quarter[position - 1]:
            continue
        licence = f"LIC-POLK-{as_date(day).year}"
        _list(world, writer, position, "polk", licence, day + LICENCE_DAYS, listed)
    _list(world, writer, 0, "oldlist", "LIC-EXPIRED", calendar.last - 40, listed & (person % 9 == 4))
    late = max(len(calendar.deliveries) - 5, 0)
    _list(world, writer, late, "experian", "LIC-EXP-01", calendar.last + 60, listed & (person % 7 == 3))


def _list(world: World, writer: Writer, position: int, source: str, licence: str, expires: int, who: np.ndarray) -> None:
    day, draws = world.calendar.deliveries[position], world.draws
    held = world.spells.filter((pl.col("start") <= day) & (pl.col("stop") > day) & pl.Series(who).gather(world.spells["person"]))
    ids = held["spell"].to_numpy()
    lease_end = pl.when(pl.col("how") == 1).then(pl.col("start") + (pl.col("term") * 30.4375).cast(pl.Int64)).otherwise(0)
    finance = pl.when(pl.col("how") == 1).then(pl.lit("lease")).when(pl.col("term") > 0).then(pl.lit("finance"))
    channels = draws.choose("channels", [weight for _, weight in CHANNELS], ids)
    rows = held.with_columns(_owners(world, held, day)).with_columns(
        pl.when(~pl.Series(draws.chance("short VIN", 0.3, ids)))
        .then("vin")
        .otherwise(pl.col("vin").str.slice(0, 10))
        .alias("vin"),
        list_row_id=text([f"{source[:2].upper()}{one:07d}" for one in ids.tolist()]),
        purchased_on=iso_date("start"),
        condition=pl.when(pl.col("how") < 2).then(pl.lit("new")).otherwise(pl.lit("used")),
        finance_type=finance.otherwise(pl.lit("unknown")),
        licence_id=pl.lit(licence),
        permitted_channels=text(np.array([name for name, _ in CHANNELS], dtype=object)[channels]),
        expires_on=pl.lit(as_date(expires).isoformat()),
        dppa_basis=pl.when(~pl.Series(draws.chance("no basis", 0.004, ids))).then(pl.lit("2721(b)(12)")),
        source=pl.lit(source),
        delivery=pl.lit(position, dtype=pl.Int64),
        lease_end=lease_end,
    )
    rows = with_bad_values(world, rows.with_columns(lease_ends_on=iso_date("lease_end")), "purchased_on")
    writer.link(rows, "ownership_lists", ["licence_id", "list_row_id"], "owner")
    write_csv_feed(world, writer, "ownership_lists", rows, lambda stamp: f"ownership_{stamp}_{source}.csv")


def _owners(world: World, held: pl.DataFrame, day: int) -> list[pl.Series]:
    """Names, addresses (half a year behind movers) and some e-mails and phones."""
    person, ids = numbers(held, "person", "spell")
    people, draws = world.people, world.draws
    behind = pl.Series(day < at(people, "moved_on", person).to_numpy() + 180)
    result = []
    for name in ("address_1", "address_2", "city", "state", "zip"):
        value = pl.when(behind).then(at(people, f"old_{name}", person)).otherwise(at(people, name, person))
        result.append(pl.select(value.alias(name)).to_series())
    for raw, mine, share in (("email", "email", 0.35), ("phone", "cell", 0.3)):
        given = pl.Series(draws.chance(f"list {raw}", share, ids))
        result.append(pl.select(pl.when(given).then(at(people, mine, person)).alias(raw)).to_series())
    result += [
        at(people, mine, person).str.to_uppercase().alias(raw) for raw, mine in (("first_name", "first"), ("last_name", "last"))
    ]
    return [*result, at(people, "household_id", person)]


def write_appends(world: World, writer: Writer) -> None:
    """Bands and life events for a third of the customers: most at first, a person with a later life event when it happens."""
    calendar, draws, people = world.calendar, world.draws, world.people
    rows = people.filter(pl.Series(draws.chance("appended", 0.35, people["person"].to_numpy())) & (pl.col("kind") != OWNER))
    person, birth, event = numbers(rows, "person", "birth", "life_event_on")
    delivery, has_event = _append_delivery(world, event)
    rows = rows.with_columns(
        delivery=pl.Series(delivery),
        append_id=text([f"AP{one:07d}" for one in person.tolist()]),
        first_name="first",
        last_name="last",
        email=pl.when(pl.Series(draws.chance("append e-mail", 0.6, person))).then("email"),
        phone=pl.when(pl.Series(draws.chance("append phone", 0.4, person))).then("cell"),
        age_band=text(
            [next(name for limit, name in AGE_BANDS if one < limit) for one in ((calendar.last - birth) / 365.25).tolist()]
        ),
        income_band=pl.col("income").replace_strict(dict(enumerate(INCOME_BANDS))),
        life_event=pl.when(pl.Series(has_event)).then("life_event"),
        life_event_on=pl.when(pl.Series(has_event)).then(iso_date("life_event_on")),
        licence_id=pl.lit("APPEND-2026"),
        permitted_channels=pl.lit("email|mail|display|social"),
        expires_on=pl.lit(as_date(calendar.last + 180).isoformat()),
        source=pl.lit("acme_data"),
    )
    writer.link(rows, "household_appends", ["licence_id", "append_id"], "append")
    write_csv_feed(world, writer, "household_appends", rows, "appends_%s.csv".__mod__)


def _append_delivery(world: World, event: Ints) -> tuple[Ints, np.ndarray]:
    """The delivery of each append, and whether its life event is known by then (ten days after it happened)."""
    late = world.calendar.delivery_of(np.where(event > 0, event + 10, world.calendar.first))
    known = late < len(world.calendar.deliveries)
    return np.where(known, late, 0), known & (event > 0)
