"""Where web sessions come from: home, work, the mobile carrier, the rooftop's own network; and what a server-side tag adds."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data_samples.simulator.columns import at, numbers
from data_samples.simulator.contacts import ANONYMOUS_OFFSET
from data_samples.simulator.draws import Floats, Ints
from data_samples.simulator.sessions import BOT, MOBILE, SHOP, TABLET, TABLET_PC
from data_samples.simulator.world import World

HOME, WORK, CARRIER, ROOFTOP, BOT_FARM = range(5)
FROM_HOME = {0: (0.50, 0.09, 0.41), 1: (0.78, 0.20, 0.02), 2: (0.93, 0.02, 0.05)}  # by device: home, work, carrier
LEASE_DAYS = 90  # for so long a home keeps an address that its provider changes
CHANGING, SECOND_LINE = 0.55, 0.12  # homes whose address changes; sessions over a second line or a hot spot at home
ADDRESSES_PER_HOME = 1.6  # a provider's pool: an address given up goes to somebody else
PEOPLE_PER_EMPLOYER, PEOPLE_PER_CARRIER = 45, 350
GUESTS = 0.03  # anonymous visitors who live in, or visit, the home of a known person
UNTAGGED, NO_ZIP = 0.05, 0.08  # sessions without a hashed address; without a ZIP
ZIP_IS_RIGHT = 0.82  # of home and work addresses; the rest are placed somewhere near
VISIT_IN_SHOWROOM = 0.03  # mobile sessions late in a journey over the rooftop's own network


def network_text(world: World, sessions: pl.DataFrame) -> list[str]:
    """Per session the parameters ip_hash and geo_zip as JSON, or nothing."""
    network, zips = _networks(world, sessions)
    key = sessions["key"].to_numpy()
    untagged = world.draws.chance("untagged", UNTAGGED, key)
    no_zip = world.draws.chance("no ZIP", NO_ZIP, key)
    used, place = np.unique(network, return_inverse=True)
    hashes = [f"{a:016x}{b:016x}" for a, b in zip(*(world.draws.bits(f"ip {n}", used).tolist() for n in (1, 2)), strict=True)]
    found = zip(untagged.tolist(), no_zip.tolist(), place.tolist(), zips.tolist(), strict=True)
    return [
        ""
        if silent
        else f',{{"key":"ip_hash","value":{{"string_value":"{hashes[one]}"}}}}'
        + ("" if hidden else f',{{"key":"geo_zip","value":{{"string_value":"{code}"}}}}')
        for silent, hidden, one, code in found
    ]


def _networks(world: World, sessions: pl.DataFrame) -> tuple[Ints, NDArray[np.object_]]:
    """Network number and ZIP per session. Numbers of each kind of network are apart."""
    draws = world.draws
    client, kind, day, rooftop, key = numbers(sessions, "client", "kind", "day", "rooftop", "key")
    home, zip_at, region = _homes(world, sessions)
    where = _places(draws.uniform("network", key), (client % 3).astype(np.int64))
    in_showroom = (client % 3 == MOBILE) & (kind == SHOP) & (sessions["stage"].to_numpy() > 0.6)
    where = np.where(in_showroom & draws.chance("in the showroom", VISIT_IN_SHOWROOM, key), ROOFTOP, where)
    where = np.where((kind == TABLET) | (client // ANONYMOUS_OFFSET == TABLET_PC), ROOFTOP, where)
    where = np.where(kind == BOT, BOT_FARM, where)
    crowd = np.maximum(1, len(world.people) // len(world.policy.group.rooftops))
    employer = draws.integer("employer", 0, max(1, crowd // PEOPLE_PER_EMPLOYER), home) + region * 100_000
    carrier = draws.integer("carrier", 0, max(1, crowd // PEOPLE_PER_CARRIER), client, day) + region * 100_000
    numbered = {HOME: _home_address(world, home, day, key), WORK: employer, CARRIER: carrier, ROOFTOP: rooftop, BOT_FARM: client}
    network = np.select([where == one for one in numbered], [number * 8 + one for one, number in numbered.items()])
    return network, _zips(world, where, zip_at, region, network, key)


def _homes(world: World, sessions: pl.DataFrame) -> tuple[Ints, Ints, Ints]:
    """Home number, position of its ZIP and region (a rooftop) per session; strangers have homes of their own, mostly."""
    people, draws = world.people, world.draws
    person, client, rooftop, day = numbers(sessions, "person", "client", "rooftop", "day")
    houses = people["household_id"].rank("dense").cast(pl.Int64).to_numpy()
    guest = (person < 0) & draws.chance("guest", GUESTS, client)
    host = np.where(guest, draws.integer("host", 0, len(people) - 1, client), person.clip(0))
    known = (person >= 0) | guest
    position = {code: n for n, code in enumerate(world.places.zip.tolist())}
    moved = at(people, "moved_on", host).to_numpy() > day
    now, before = (
        at(people, name, host).replace_strict(position, return_dtype=pl.Int64).to_numpy() for name in ("zip", "old_zip")
    )
    region = np.where(known, at(people, "rooftop", host).to_numpy(), rooftop)
    home = np.where(known, houses[host] + moved * 10_000_000, client)
    return home, np.where(known, np.where(moved, before, now), _near(world, region, client, "stranger ZIP")), region


def _near(world: World, region: Ints, ids: Ints, purpose: str) -> Ints:
    """Positions of ZIPs near rooftops."""
    found = np.zeros(len(ids), dtype=np.int64)
    for one in np.unique(region):
        mine = region == one
        found[mine] = world.draws.choose(purpose, world.places.near(int(one), 9.0), ids[mine])
    return found


def _places(u: Floats, device: Ints) -> Ints:
    where = np.zeros(len(u), dtype=np.int64)
    for one, weights in FROM_HOME.items():
        mine = device == one
        where[mine] = np.minimum(np.searchsorted(np.cumsum(weights), u[mine], side="right"), CARRIER)
    return where


def _home_address(world: World, home: Ints, day: Ints, key: Ints) -> Ints:
    """The address that a home has on a day. Changing ones come from a pool, and go back to it."""
    draws = world.draws
    changes = draws.chance("changing address", CHANGING, home)
    period = (day + draws.integer("period", 0, LEASE_DAYS - 1, home)) // LEASE_DAYS
    pool = int(len(world.people) * ADDRESSES_PER_HOME)
    pooled = draws.integer("pooled address", 0, pool, home, period)
    second = draws.chance("second line", SECOND_LINE, key)
    return np.where(second, home * 2 + 2**41, np.where(changes, pooled, home * 2 + 2**40))


def _zips(world: World, where: Ints, zip_at: Ints, region: Ints, network: Ints, key: Ints) -> NDArray[np.object_]:
    draws, codes = world.draws, world.places.zip
    own = np.where(where == HOME, zip_at, _near(world, region, network, "network ZIP"))
    right = draws.chance("right ZIP", ZIP_IS_RIGHT, key) | (where == CARRIER)
    sites = np.array([one.zip for one in world.policy.group.rooftops], dtype=object)
    return np.where(where == ROOFTOP, sites[region], codes[np.where(right, own, _near(world, region, key, "near ZIP"))])
