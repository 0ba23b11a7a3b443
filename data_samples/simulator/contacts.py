"""Moments in which people show themselves: leads and calls, and the web clients they use."""

import hashlib

import numpy as np
import polars as pl

from data_samples.simulator.columns import at, numbers, text
from data_samples.simulator.draws import Draws, Ints, repeat
from data_samples.simulator.mentions import Care, mention
from data_samples.simulator.world import World

LEAD_CARE = Care(
    stale=0.06,
    nickname=0.2,
    typo=0.04,
    no_email=0.06,
    no_phone=0.12,
    placeholder=0.02,
    house_contact=0.004,
    birth=0.0,
    last_first=0.0,
)
SITE, AUTOTRADER, CARS, MAKER = range(4)
PROVIDERS = ("Rooftop site", "Autotrader", "Cars.com", "Manufacturer site")
INTERESTS = (("buy", 50), ("lease", 22), ("test-drive", 28))
MOST_DEVICES = 3
ANONYMOUS_OFFSET = 1_000_000_000
OUTCOMES = (
    ("answered", 55), ("voicemail", 12), ("missed", 12), ("appointment", 15), ("sale", 1), ("wrong_number", 3), ("spam", 2),
)  # fmt: skip


def make_leads(world: World) -> pl.DataFrame:
    """One row per lead: journey, person, day, second, provider, wanted unit, and how the person wrote down who they are."""
    draws, calendar, journeys = world.draws, world.calendar, world.journeys
    row, number = repeat(journeys["leads"].to_numpy())
    mine = journeys[row]
    key = mine["key"].to_numpy() * 4 + number
    start, end, rooftop = numbers(mine, "start", "end", "rooftop")
    day = (start + (end - start) * (0.35 + 0.65 * draws.uniform("lead moment", key))).astype(np.int64)
    interest = draws.choose("interest", [weight for _, weight in INTERESTS], key)
    leads = mine.select("journey", "person", "rooftop").with_columns(
        key=pl.Series(key),
        interest=text(np.array([name for name, _ in INTERESTS], dtype=object)[interest]),
        wants_drive=pl.Series(interest == len(INTERESTS) - 1),
        day=pl.Series(day),
        second=pl.Series(draws.integer("lead second", 7 * 3600, 22 * 3600, key)),
        provider=pl.Series(draws.choose("provider", (0.58, 0.17, 0.17, 0.08), key)),
        unit=pl.Series(choose_units(world, rooftop, day, key)),
    )
    leads = leads.filter((pl.col("day") >= calendar.first) & (pl.col("day") <= calendar.last))
    return _written(world, _with_echoes(draws, leads))


def _with_echoes(draws: Draws, leads: pl.DataFrame) -> pl.DataFrame:
    """The same request also arrives from another provider within minutes, now and then."""
    twice = leads.filter(pl.Series(draws.chance("same lead elsewhere", 0.12, leads["key"].to_numpy())))
    twice = twice.with_columns(provider=(pl.col("provider") + 1) % 3, second=pl.col("second") + 240, key=pl.col("key") + 2**40)
    return pl.concat([leads, twice]).sort("day", "second", "key").with_row_index("lead")


def _written(world: World, leads: pl.DataFrame) -> pl.DataFrame:
    who, day, key, rooftop = numbers(leads, "person", "day", "key", "rooftop")
    seen = mention(world.policy, world.draws.branch("lead"), world.people, who, day, key, rooftop, LEAD_CARE)
    return pl.concat([leads, seen.drop("person")], how="horizontal")


def choose_units(world: World, rooftop: Ints, day: Ints, key: Ints) -> Ints:
    """A unit in stock at that rooftop about that day; the stock is sorted by rooftop and day stocked."""
    homes, stocked = numbers(world.stock, "rooftop", "stocked")
    rank = homes * 100_000 + stocked
    low = np.searchsorted(rank, rooftop * 100_000 + day - 75)
    high = np.searchsorted(rank, rooftop * 100_000 + day, side="right")
    chosen = low + np.floor(world.draws.uniform("unit", key) * np.maximum(high - low, 1)).astype(np.int64)
    return np.clip(chosen, 0, len(homes) - 1)


def make_calls(world: World) -> pl.DataFrame:
    """One row per tracked call: shoppers who call sales, and service customers who phone for an appointment."""
    draws, calendar = world.draws, world.calendar
    shop = world.journeys.filter("calls")
    start, end, key = numbers(shop, "start", "end", "key")
    day = (start + (end - start) * (0.3 + 0.7 * draws.uniform("call moment", key))).astype(np.int64)
    sales = shop.select("person", "rooftop").with_columns(day=pl.Series(day), department=pl.lit("sales"), key=pl.Series(key))
    served = world.visits.filter(pl.Series(draws.chance("phones", 0.12, world.visits["visit"].to_numpy())))
    served = served.select("person", "rooftop", day=pl.col("booked"), department=pl.lit("service"), key=pl.col("visit") + 2**41)
    calls = pl.concat([sales, served]).filter((pl.col("day") >= calendar.first) & (pl.col("day") <= calendar.last))
    calls = calls.sort("day", "key")
    key, person = numbers(calls, "key", "person")
    outcome = draws.choose("outcome", [weight for _, weight in OUTCOMES], key)
    seconds = np.where(outcome == 2, 0, (20 + draws.waiting("talk", 170, 2, key)).astype(np.int64))
    withheld = draws.chance("withheld", 0.07, key)
    return calls.with_columns(
        second=pl.Series(draws.integer("call second", 8 * 3600, 19 * 3600, key)),
        outcome=text(np.array([name for name, _ in OUTCOMES], dtype=object)[outcome]),
        seconds=pl.Series(seconds),
        caller=pl.when(~pl.Series(withheld)).then(at(world.people, "cell", person)),
    )


def client_ids(draws: Draws, client: Ints) -> list[str]:
    """GA4 client ids (random number, dot, second first seen) for client keys."""
    first = draws.integer("client seen", 1_650_000_000, 1_740_000_000, client).tolist()
    return [f"{a % 2_000_000_000 + 100_000_000}.{b}" for a, b in zip(draws.bits("client", client).tolist(), first, strict=True)]


def sha256(values: list[str | None]) -> list[str | None]:
    """SHA-256 hex of trimmed lower-case addresses; each distinct address once."""
    known = {one: hashlib.sha256(one.strip().lower().encode()).hexdigest() for one in set(values) if one}
    return [known[one] if one else None for one in values]
