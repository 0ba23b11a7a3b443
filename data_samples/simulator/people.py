"""Households and people: who they are and how they can be reached, with what was true before they moved or changed numbers."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data_samples.simulator import names
from data_samples.simulator.columns import text
from data_samples.simulator.days import NEVER, Calendar
from data_samples.simulator.draws import Draws, Floats, Ints, repeat
from data_samples.simulator.places import LONG_REACH_MILES, TYPICAL_REACH_MILES, Places
from schemas.policy import Policy

SALES, SERVICE_ONLY, BOUGHT_IN, PROSPECT, OWNER = range(5)  # OWNER: on bought lists only
KIND_WEIGHTS = (0.60, 0.20, 0.12, 0.08)
HOUSEHOLD_SIZES = (0.36, 0.42, 0.16, 0.06)
LIFE_EVENTS = ("new_job", "move", "new_child", "marriage", "retirement", "new_driver")
OWNERS_PER_CUSTOMER = 0.6
GONE_SHARE = 0.42  # of buyers and service customers; brief B counts 60 to 70 of 100 customer records as actionable
GONE_DAYS = (1845, 2700)  # since they were last seen; records are stale after five years
STAFF = 0.004  # share of customers who work for the group
ROOFTOP_SHARE = {"luxury": 0.7, "volume": 1.0}


def make_people(policy: Policy, draws: Draws, places: Places, calendar: Calendar, count: int) -> pl.DataFrame:
    """All people: `count` customers, then owners of competitor vehicles nearby. One row each, position = person number."""
    parts = [
        _block(policy, draws, places, calendar, count, "P"),
        _block(policy, draws, places, calendar, max(20, int(count * OWNERS_PER_CUSTOMER)), "Q"),
    ]
    return pl.concat(parts).with_row_index("person").with_columns(pl.col("person").cast(pl.Int64))


def _block(policy: Policy, draws: Draws, places: Places, calendar: Calendar, count: int, letter: str) -> pl.DataFrame:
    draws = draws.branch(f"block {letter}")
    sizes = 1 + draws.choose("household size", HOUSEHOLD_SIZES, np.arange(count))
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), count)) + 1]
    home, role = repeat(sizes)
    home, role = home[:count], role[:count]
    households = _households(policy, draws, places, calendar, len(sizes), letter)
    people = households[home].with_columns(
        role=pl.Series(role), person_id=pl.Series([f"{letter}{i:07d}" for i in range(count)], dtype=pl.String)
    )
    people = _identity(draws, calendar, people, np.arange(count), home, role)
    people = _reachable(draws, calendar, people, np.arange(count), home)
    return _staff(policy, draws, people)


def _staff(policy: Policy, draws: Draws, people: pl.DataFrame) -> pl.DataFrame:
    """Some customers work at their rooftop and give its e-mail domain."""
    domains = dict(enumerate((one.email_domains or ("dealer.example",))[0] for one in policy.group.rooftops))
    works = pl.Series(draws.chance("works here", STAFF, np.arange(len(people)))) & (people["kind"] != OWNER)
    user = pl.concat_str(pl.col("first").str.slice(0, 1), pl.col("last")).str.to_lowercase().str.replace_all("[^a-z]", "")
    address = pl.concat_str(user, pl.lit("@"), pl.col("rooftop").replace_strict(domains))
    return people.with_columns(email=pl.when(works).then(address).otherwise("email"))


def _households(policy: Policy, draws: Draws, places: Places, calendar: Calendar, n: int, letter: str) -> pl.DataFrame:
    """One row per household: home rooftop, address now and before, the landline, what kind of customers they are."""
    ids = np.arange(n)
    positions = {one.brand: one.position for one in policy.group.brands}
    rooftop = draws.choose("home rooftop", [ROOFTOP_SHARE[positions[one.brand]] for one in policy.group.rooftops], ids)
    reach = LONG_REACH_MILES if letter == "Q" else TYPICAL_REACH_MILES
    now, before = _zips(draws, places, rooftop, ids, reach)
    moved = calendar.last - draws.integer("move day", 5, 2200, ids)
    moves = draws.chance("moves", 0.22, ids)
    kind = np.full(n, OWNER) if letter == "Q" else draws.choose("kind", KIND_WEIGHTS, ids)
    event, event_on = _life_events(draws, calendar, ids, moves, moved)
    return pl.DataFrame(
        {
            "household_id": [f"H{letter}{i:06d}" for i in ids],
            "kind": kind,
            "rooftop": rooftop,
            "moved_on": np.where(moves, moved, -NEVER),
            "gone_on": _gone(draws, calendar, ids, kind),
            "life_event": text(event),
            "life_event_on": event_on,
            "income": draws.choose("income", (8, 16, 20, 18, 22, 16), ids),
            "landline": _phone(draws, places.area_code[now], "landline", ids),
            "family": text(_words(names.LAST, draws, "family name", ids)),
            **_address(draws, places, now, "", ids),
            **_address(draws, places, before, "old_", ids),
        }
    )


def _gone(draws: Draws, calendar: Calendar, ids: Ints, kind: Ints) -> Ints:
    """The day from which a household no longer comes to us; NEVER for those who still do."""
    leaves = draws.chance("is gone", GONE_SHARE, ids) & np.isin(kind, (SALES, SERVICE_ONLY))
    return np.where(leaves, calendar.last - draws.integer("gone day", *GONE_DAYS, ids), NEVER)


def _zips(draws: Draws, places: Places, rooftop: Ints, ids: Ints, reach: float) -> tuple[Ints, Ints]:
    """ZIP positions now and before the last move, both near the home rooftop."""
    now, before = np.zeros(len(ids), dtype=np.int64), np.zeros(len(ids), dtype=np.int64)
    for one in np.unique(rooftop):
        mine, weights = rooftop == one, places.near(int(one), reach)
        now[mine] = draws.choose("zip", weights, ids[mine])
        before[mine] = draws.choose("zip before", weights, ids[mine])
    return now, before


def _life_events(
    draws: Draws, calendar: Calendar, ids: Ints, moves: NDArray[np.bool_], moved: Ints
) -> tuple[list[str | None], Ints]:
    kind = draws.choose("life event", (3, 0, 3, 2, 1.5, 1.5), ids)
    day = calendar.last - draws.integer("life event day", 0, 900, ids)
    has = draws.chance("has life event", 0.2, ids)
    recent_move = moves & (moved > calendar.last - 900)
    day = np.where(recent_move, moved, np.where(has, day, -NEVER))
    labels = [LIFE_EVENTS[1] if m else LIFE_EVENTS[k] if h else None for m, k, h in zip(recent_move, kind, has, strict=True)]
    return labels, day


def _words(words: list[str], draws: Draws, purpose: str, ids: Ints) -> NDArray[np.object_]:
    return np.array(words, dtype=object)[draws.choose(purpose, names.weights(len(words)), ids)]


def _address(draws: Draws, places: Places, zips: Ints, prefix: str, ids: Ints) -> dict[str, object]:
    number = draws.integer(f"{prefix}house number", 100, 9899, ids)
    street = _words(names.STREETS, draws, f"{prefix}street", ids)
    kind = _words(names.STREET_KINDS, draws, f"{prefix}street kind", ids)
    unit = draws.integer(f"{prefix}unit", 1, 390, ids)
    flat = draws.chance(f"{prefix}is flat", 0.17, ids)
    return {
        f"{prefix}address_1": text([f"{a} {b} {c}" for a, b, c in zip(number, street, kind, strict=True)]),
        f"{prefix}address_2": text([f"Apt {a}" if b else None for a, b in zip(unit, flat, strict=True)]),
        f"{prefix}city": text(places.city[zips]),
        f"{prefix}state": text(places.state[zips]),
        f"{prefix}zip": text(places.zip[zips]),
        f"{prefix}county": text(places.county[zips]),
    }


def _phone(draws: Draws, area: NDArray[np.object_], purpose: str, ids: Ints) -> list[str]:
    exchange = draws.integer(f"{purpose} exchange", 220, 989, ids)
    exchange = np.where(exchange % 100 == 11, exchange + 1, exchange)
    line = draws.integer(f"{purpose} line", 1000, 9999, ids)
    return [f"{a}{b}{c}" for a, b, c in zip(area, exchange, line, strict=True)]


def _identity(draws: Draws, calendar: Calendar, people: pl.DataFrame, ids: Ints, home: Ints, role: Ints) -> pl.DataFrame:
    """Names and birth dates. Role 0 heads the household, 1 is the partner, 2 and 3 are adult children."""
    head_age = draws.integer("head age", 27, 78, home).astype(np.float64)
    age = np.where(role == 0, head_age, np.where(role == 1, np.maximum(22, head_age + 4 * draws.normal("partner age", ids)), 0))
    age = np.where(role >= 2, np.maximum(18.5, head_age - 27 - 3 * draws.uniform("child age", ids)), age)
    woman = np.where(role == 0, draws.chance("head woman", 0.45, home), draws.chance("woman", 0.5, ids))
    woman = np.where(role == 1, ~draws.chance("head woman", 0.45, home), woman).astype(bool)
    first = np.where(woman, _words(names.FEMALE, draws, "woman's name", ids), _words(names.MALE, draws, "man's name", ids))
    named_after = (role == 2) & ~draws.chance("head woman", 0.45, home) & draws.chance("named after father", 0.08, home)
    head = np.searchsorted(home, home, side="left")
    first = _no_namesakes(draws, first, woman, ids, home)
    first = np.where(named_after, first[head], first)
    has_namesake = np.isin(home, home[named_after]) & (role == 0)
    own_name = draws.chance("keeps own name", 0.12, ids) & (role == 1)
    family = people["family"].to_numpy()
    middle = np.array(list("ABCDEFGHJKLMNPRSTW"), dtype=object)[draws.integer("middle", 0, 17, ids)]
    return people.with_columns(
        first=text(first),
        middle=text(middle),
        last=text(np.where(own_name, _words(names.LAST, draws, "own name", ids), family)),
        maiden=_maiden(draws, ids, woman & (role == 1) & ~own_name),
        suffix=_suffixes(named_after, has_namesake),
        birth=pl.Series((calendar.last - age * 365.25 - 365 * draws.uniform("birthday", ids)).astype(np.int64)),
    ).drop("family")


def _no_namesakes(
    draws: Draws, first: NDArray[np.object_], woman: NDArray[np.bool_], ids: Ints, home: Ints
) -> NDArray[np.object_]:
    """Given names of which nobody of one house shares another's: only a child named after the father does that in life."""
    for turn in range(4):
        repeated = pl.DataFrame({"home": home, "first": text(first.tolist())}).select(
            ~pl.struct("home", "first").is_first_distinct()
        )
        again = np.where(
            woman, _words(names.FEMALE, draws, f"woman's name {turn}", ids), _words(names.MALE, draws, f"man's name {turn}", ids)
        )
        first = np.where(repeated.to_series().to_numpy(), again, first)
    return first


def _maiden(draws: Draws, ids: Ints, took_name: NDArray[np.bool_]) -> pl.Series:
    given = _words(names.LAST, draws, "maiden name", ids).tolist()
    return text([name if took else None for name, took in zip(given, took_name.tolist(), strict=True)])


def _suffixes(named_after: NDArray[np.bool_], has_namesake: NDArray[np.bool_]) -> pl.Series:
    return text(["Jr" if young else "Sr" if old else None for young, old in zip(named_after, has_namesake, strict=True)])


def _reachable(draws: Draws, calendar: Calendar, people: pl.DataFrame, ids: Ints, home: Ints) -> pl.DataFrame:
    """Phones, e-mails, the site's login, miles a year, and the days on which phone and e-mail last changed."""
    area = people["zip"].to_numpy(), people["landline"].str.slice(0, 3).to_numpy()
    first, last = people["first"].to_list(), people["last"].to_list()
    people = people.with_columns(
        cell=pl.Series(_phone(draws, area[1], "cell", ids)),
        old_cell=pl.Series(_phone(draws, area[1], "old cell", ids)),
        cell_since=pl.Series(calendar.last - draws.integer("cell since", 30, 6000, ids)),
        email=pl.Series(_emails(draws, first, last, "email", ids)),
        old_email=pl.Series(_emails(draws, first, last, "old email", ids)),
        email_since=pl.Series(calendar.last - draws.integer("email since", 30, 6000, ids)),
        login=pl.Series([f"{int(b):016x}" for b in draws.bits("login", ids)]),
        has_email=pl.Series(draws.chance("has email", 0.86, ids)),
        has_landline=pl.Series(draws.chance("has landline", 0.3, home)),
        miles_per_year=pl.Series(_mileage(draws, ids)),
    )
    shared = draws.chance("shares the head's e-mail", 0.12, ids) & (people["role"] == 1).to_numpy()
    head = np.searchsorted(home, home, side="left")
    return people.with_columns(email=pl.when(pl.Series(shared)).then(pl.col("email").gather(pl.Series(head))).otherwise("email"))


def _mileage(draws: Draws, ids: Ints) -> Floats:
    return np.clip(12_000 * np.exp(0.35 * draws.normal("miles a year", ids)), 3_000, 34_000)


def _emails(draws: Draws, first: list[str], last: list[str], purpose: str, ids: Ints) -> list[str]:
    """Invented addresses; the number makes a collision with a real one unlikely."""
    hosts = [host for host, _ in names.MAIL_DOMAINS]
    host = draws.choose(f"{purpose} host", [weight for _, weight in names.MAIL_DOMAINS], ids)
    style = draws.integer(f"{purpose} style", 0, 3, ids)
    number = draws.integer(f"{purpose} number", 100, 99_999, ids)
    result = []
    for f, name, h, s, n in zip(first, last, host.tolist(), style.tolist(), number.tolist(), strict=True):
        a, b = f.lower(), "".join(c for c in name.lower() if c.isalpha())
        user = (f"{a}.{b}{n}", f"{a[0]}{b}{n}", f"{a}{n}", f"{b}.{a}.{n}")[s]
        result.append(f"{user}@{hosts[h]}")
    return result
