"""Web sessions: who came to which rooftop's site, when, why, and on which device."""

import numpy as np
import polars as pl

from data_samples.simulator.columns import at, numbers
from data_samples.simulator.contacts import ANONYMOUS_OFFSET, MOST_DEVICES, SITE, choose_units
from data_samples.simulator.draws import Ints, repeat
from data_samples.simulator.feed_campaigns import newsletters
from data_samples.simulator.world import World

MOBILE, DESKTOP = 0, 1  # clients are devices; their number tells which kind
TABLET_PC, BOT_CLIENT = 2, 3  # clients from so many times ANONYMOUS_OFFSET on are the rooftops' own, or bots
RESETS, RESET_DAYS = 0.3, 150  # devices that forget their cookies, every so many days
RESET_OFFSET = 3 * 10**11  # between the clients of one device; a multiple of the kinds of devices
CLICK_OPENS_PAGE = 0.8
KIOSK = 0.03  # service bookings made on the kiosk of the service lounge

SHOP, LEAD, SERVICE, CASUAL, BOT, TABLET = range(6)
MEAN_EVENTS = {SHOP: 7.5, LEAD: 6.0, SERVICE: 2.5, CASUAL: 2.6, BOT: 14.0, TABLET: 3.0}
ANONYMOUS_PER_CUSTOMER_YEAR = 1.9
CASUAL_PER_YEAR = 0.8


def make_sessions(world: World, leads: pl.DataFrame) -> pl.DataFrame:
    """One row per session, by day: client, person (-1 unknown), rooftop, kind, stage (0 to 1), lead, events, units seen."""
    parts = [
        _shopping(world),
        _with_lead(world, leads),
        _before_service(world),
        _casual(world),
        _anonymous(world),
        _bots(world),
        _clicked(world),
    ]
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
        mail_event=pl.col("mail_event").fill_null(""),
        stage=pl.col("stage").fill_null(0.0),
        wants_drive=pl.col("wants_drive").fill_null(False),
        unit=pl.coalesce("unit", pl.Series(choose_units(world, rooftop, day, key // 3))),
        other_unit=pl.Series(choose_units(world, rooftop, day, key)),
    )


def client_of(world: World, person: Ints, key: Ints, day: Ints) -> Ints:
    """The client key of a person's session: mostly the first device, and for some devices a new one every few months."""
    draws = world.draws
    device = person * MOST_DEVICES + draws.choose("device", (0.66, 0.26, 0.08), key)
    ago = world.calendar.last - day + draws.integer("reset day", 0, RESET_DAYS - 1, device)
    earlier = np.maximum(ago // RESET_DAYS, 0) * draws.chance("forgets cookies", RESETS, device)
    return device + earlier * RESET_OFFSET


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
    day = np.where(tablet, end, start + ((end - start) * stage).astype(np.int64))
    return pl.DataFrame(
        {
            "key": key,
            "person": person,
            "client": np.where(tablet, TABLET_PC * ANONYMOUS_OFFSET + site, client_of(world, person, key, day)),
            "rooftop": site,
            "day": day,
            "kind": np.where(tablet, TABLET, SHOP),
            "stage": stage,
        }
    )


def lead_clients(world: World, leads: pl.DataFrame) -> tuple[Ints, Ints]:
    """Key of the session and client of each lead that came over the site."""
    person, key, day = numbers(leads, "person", "key", "day")
    return key * 128 + 127, client_of(world, person, key * 128 + 127, day)


def _with_lead(world: World, leads: pl.DataFrame) -> pl.DataFrame:
    mine = leads.filter(pl.col("provider") == SITE)
    key, client = lead_clients(world, mine)
    asked = mine.select("person", "rooftop", "day", "second", "unit", "wants_drive", lead=pl.col("lead").cast(pl.Int64))
    return asked.with_columns(key=pl.Series(key), client=pl.Series(client), kind=pl.lit(LEAD), stage=pl.lit(1.0))


def _before_service(world: World) -> pl.DataFrame:
    mine = world.visits.filter("has_appointment")
    mine = mine.filter(pl.Series(world.draws.chance("books online", 0.35, mine["visit"].to_numpy())))
    person = mine["person"].to_numpy()
    key = mine["visit"].to_numpy() + 2**45
    rooftop, day = numbers(mine, "rooftop", "booked")
    kiosk = (TABLET_PC * ANONYMOUS_OFFSET + 999 + 3 * rooftop).astype(np.int64)
    client = np.where(world.draws.chance("kiosk", KIOSK, key), kiosk, client_of(world, person, key, day))
    return mine.select("person", "rooftop", day=pl.col("booked")).with_columns(
        key=pl.Series(key), client=pl.Series(client), kind=pl.lit(SERVICE)
    )


def _clicked(world: World) -> pl.DataFrame:
    """Pages opened by a click in a newsletter; their address carries the number of the click."""
    mine = newsletters(world).filter(pl.col("status") == "click")
    mine = mine.filter(pl.Series(world.draws.chance("click opens page", CLICK_OPENS_PAGE, mine["key"].to_numpy())))
    key = mine["key"].to_numpy() + 2**49
    person, day = numbers(mine, "person", "day")
    return mine.select("person", "day", rooftop="site", mail_event="event_id", second=pl.col("second") + 425).with_columns(
        key=pl.Series(key), client=pl.Series(client_of(world, person, key, day)), kind=pl.lit(CASUAL)
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
            "client": client_of(world, row, key, day),
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
            "client": row + BOT_CLIENT * ANONYMOUS_OFFSET,
            "rooftop": number % len(world.policy.group.rooftops),
            "day": calendar.last - draws.integer("bot day", 0, calendar.last - calendar.first, key),
            "kind": np.full(len(row), BOT),
        }
    )
