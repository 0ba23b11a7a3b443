"""Web sessions: who came to which rooftop's site, when, why, and on which device."""

import numpy as np
import polars as pl

from data_samples.simulator.columns import at, numbers
from data_samples.simulator.contacts import ANONYMOUS_OFFSET, MOST_DEVICES, SITE, choose_units
from data_samples.simulator.draws import Ints, repeat
from data_samples.simulator.world import World

SHOP, LEAD, SERVICE, CASUAL, BOT, TABLET = range(6)
MEAN_EVENTS = {SHOP: 7.5, LEAD: 6.0, SERVICE: 2.5, CASUAL: 2.6, BOT: 14.0, TABLET: 3.0}
ANONYMOUS_PER_CUSTOMER_YEAR = 1.9
CASUAL_PER_YEAR = 0.8


def make_sessions(world: World, leads: pl.DataFrame) -> pl.DataFrame:
    """One row per session, by day: client, person (-1 unknown), rooftop, kind, stage (0 to 1), lead, events, units seen."""
    parts = [_shopping(world), _with_lead(world, leads), _before_service(world), _casual(world), _anonymous(world), _bots(world)]
    calendar, draws = world.calendar, world.draws
    sessions = pl.concat(parts, how="diagonal_relaxed").filter(
        (pl.col("day") >= calendar.first) & (pl.col("day") <= calendar.last)
    )
    sessions = sessions.sort("day", "key").with_row_index("session").with_columns(pl.col("session").cast(pl.Int64))
    key, kind, rooftop, day = numbers(sessions, "key", "kind", "rooftop", "day")
    mean = np.array([MEAN_EVENTS[one] for one in range(6)])[kind]
    second = draws.integer("session second", 6 * 3600, 23 * 3600, key)
    given = sessions["second"].fill_null(-1).to_numpy()
    return sessions.with_columns(
        second=pl.Series(np.where(given >= 0, given - 420, second)),
        events=pl.Series(2 + draws.poisson("events", mean, key)),
        lead=pl.col("lead").fill_null(-1),
        stage=pl.col("stage").fill_null(0.0),
        wants_drive=pl.col("wants_drive").fill_null(False),
        unit=pl.coalesce("unit", pl.Series(choose_units(world, rooftop, day, key // 3))),
        other_unit=pl.Series(choose_units(world, rooftop, day, key)),
    )


def _device(world: World, person: Ints, key: Ints) -> Ints:
    """The client key of a person's session: mostly the first device."""
    return person * MOST_DEVICES + world.draws.choose("device", (0.66, 0.26, 0.08), key)


def _shopping(world: World) -> pl.DataFrame:
    """Sessions of journeys; the last one of a buyer sometimes happens on the showroom's tablet."""
    draws = world.draws
    mine = world.journeys.filter("visits_site")
    row, number = repeat(mine["sessions"].to_numpy())
    journey = mine[row]
    key = journey["key"].to_numpy() * 128 + number
    start, end, person, home = numbers(journey, "start", "end", "person", "rooftop")
    stage = draws.uniform("session stage", key) ** 0.7
    last = number == journey["sessions"].to_numpy() - 1
    tablet = last & (journey["outcome"] == "here").to_numpy() & draws.chance("showroom tablet", 0.15, key)
    away = draws.chance("browses another rooftop", 0.22, key) & ~tablet
    site = np.where(away, draws.integer("which site", 0, len(world.policy.group.rooftops) - 1, key), home)
    return pl.DataFrame(
        {
            "key": key,
            "person": person,
            "client": np.where(tablet, 2 * ANONYMOUS_OFFSET + site, _device(world, person, key)),
            "rooftop": site,
            "day": np.where(tablet, end, start + ((end - start) * stage).astype(np.int64)),
            "kind": np.where(tablet, TABLET, SHOP),
            "stage": stage,
        }
    )


def _with_lead(world: World, leads: pl.DataFrame) -> pl.DataFrame:
    mine = leads.filter(pl.col("provider") == SITE)
    person, key = numbers(mine, "person", "key")
    key = key * 128 + 127
    asked = mine.select("person", "rooftop", "day", "second", "unit", "wants_drive", lead=pl.col("lead").cast(pl.Int64))
    return asked.with_columns(
        key=pl.Series(key), client=pl.Series(_device(world, person, key)), kind=pl.lit(LEAD), stage=pl.lit(1.0)
    )


def _before_service(world: World) -> pl.DataFrame:
    mine = world.visits.filter("has_appointment")
    mine = mine.filter(pl.Series(world.draws.chance("books online", 0.35, mine["visit"].to_numpy())))
    person = mine["person"].to_numpy()
    key = mine["visit"].to_numpy() + 2**45
    return mine.select("person", "rooftop", day=pl.col("booked")).with_columns(
        key=pl.Series(key), client=pl.Series(_device(world, person, key)), kind=pl.lit(SERVICE)
    )


def _casual(world: World) -> pl.DataFrame:
    draws, calendar = world.draws, world.calendar
    years = (calendar.last - calendar.first) / 365.25
    row, number = repeat(draws.poisson("casual sessions", CASUAL_PER_YEAR * years, world.people["person"].to_numpy()))
    key = row * 64 + number + 2**46
    day = calendar.first + (draws.uniform("casual day", key) * (calendar.last - calendar.first + 1)).astype(np.int64)
    return pl.DataFrame(
        {
            "key": key,
            "person": row,
            "client": _device(world, row, key),
            "rooftop": at(world.people, "rooftop", row),
            "day": day,
            "kind": np.full(len(row), CASUAL),
        }
    )


def _anonymous(world: World) -> pl.DataFrame:
    """Visitors whose name we never learn: a few sessions close together."""
    draws, calendar = world.draws, world.calendar
    customers = int(world.people["person_id"].str.starts_with("P").sum())
    years = (calendar.last - calendar.first) / 365.25
    visitors = np.arange(int(customers * ANONYMOUS_PER_CUSTOMER_YEAR * years))
    row, number = repeat(1 + draws.poisson("returns", 0.6, visitors).clip(0, 5))
    key = row * 8 + number + 2**47
    first = calendar.first + (draws.uniform("visitor day", row) * (calendar.last - calendar.first + 1)).astype(np.int64)
    shops = draws.chance("visitor shops", 0.3, row)
    return pl.DataFrame(
        {
            "key": key,
            "person": np.full(len(row), -1),
            "client": row + ANONYMOUS_OFFSET,
            "rooftop": draws.integer("visitor rooftop", 0, len(world.policy.group.rooftops) - 1, row),
            "day": first + number * draws.integer("visitor gap", 0, 6, row),
            "kind": np.where(shops, SHOP, CASUAL),
            "stage": np.where(shops, draws.uniform("visitor stage", key) * 0.6, 0.0),
        }
    )


def _bots(world: World) -> pl.DataFrame:
    draws, calendar = world.draws, world.calendar
    row, number = repeat(np.full(1 + len(world.people) // 6000, 90))
    key = row * 128 + number + 2**48
    return pl.DataFrame(
        {
            "key": key,
            "person": np.full(len(row), -1),
            "client": row + 3 * ANONYMOUS_OFFSET,
            "rooftop": number % len(world.policy.group.rooftops),
            "day": calendar.last - draws.integer("bot day", 0, calendar.last - calendar.first, key),
            "kind": np.full(len(row), BOT),
        }
    )
