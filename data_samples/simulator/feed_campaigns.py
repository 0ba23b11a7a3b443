"""What our own advertising and newsletters met with: e-mail status and advertising exposures."""

import numpy as np
import polars as pl

from data_samples.simulator.cells import iso_date, iso_time
from data_samples.simulator.columns import at, numbers, text
from data_samples.simulator.contacts import MOST_DEVICES, client_ids, sha256
from data_samples.simulator.draws import Floats, Ints, repeat
from data_samples.simulator.people import OWNER
from data_samples.simulator.tables import with_bad_values, write_csv_feed
from data_samples.simulator.world import World
from data_samples.simulator.writer import Writer

DEAD_MAILBOXES = 0.5  # of the customers not seen for years
NEWSLETTERS_PER_YEAR, EXPOSURES_PER_YEAR = 1.8, 0.9
STATUSES = (
    ("sent", 10),
    ("delivered", 42),
    ("open", 30),
    ("click", 12),
    ("soft_bounce", 2),
    ("hard_bounce", 1.2),
    ("complaint", 0.3),
    ("unsubscribe", 1.5),
)
CHANNELS = (("ctv", 20), ("display", 30), ("video", 10), ("social", 20), ("search", 8), ("mail", 5), ("email", 5), ("tv", 2))
SECONDS_FROM, SECONDS_RANGE = 30_000, 40_000


def newsletters(world: World) -> pl.DataFrame:
    """One row per newsletter with what became of it: deliveries, opens and clicks; bounces of addresses no longer used."""
    draws, people = world.draws, world.people
    kind, has_email = numbers(people, "kind", "has_email")
    person, day, key = _moments(world, "newsletters", np.where((kind != OWNER) & has_email, NEWSLETTERS_PER_YEAR, 0.0))
    since, gone = (at(people, name, person).to_numpy() for name in ("email_since", "gone_on"))
    dead = (gone < day) & draws.chance("dead mailbox", DEAD_MAILBOXES, person)
    stale = (day >= since) & (day < since + 400) & draws.chance("list not cleaned", 0.2, key)
    status = np.where(stale | dead, 5, draws.choose("reaction", [weight for _, weight in STATUSES], key))
    before = pl.Series((np.minimum(day, gone) < since) | stale)
    ids = dict(enumerate(one.rooftop_id for one in world.policy.group.rooftops))
    rows = pl.DataFrame({"key": key, "person": person, "day": day, "second": SECONDS_FROM + key % SECONDS_RANGE}).with_columns(
        email=pl.when(before).then(at(people, "old_email", person)).otherwise(at(people, "email", person)),
        status=text(np.array([name for name, _ in STATUSES], dtype=object)[status]),
        site=at(people, "rooftop", person),
        rooftop=at(people, "rooftop", person).replace_strict(ids),
        campaign=pl.when(pl.col("key") % 2 == 0).then(pl.lit("service_reminder")).otherwise(pl.lit("newsletter")),
        delivery=pl.Series(world.calendar.delivery_of(day)),
        occurred_at=iso_time("day", "second"),
    )
    return (
        rows.sort("day", "key")
        .with_row_index("n")
        .with_columns(event_id=pl.format("E{}", pl.col("n").cast(pl.String).str.zfill(9)))
    )


def write_email_status(world: World, writer: Writer) -> None:
    """The newsletters as the e-mail provider tells them; a complaint now and then."""
    rows = newsletters(world)
    write_csv_feed(
        world,
        writer,
        "email_status",
        with_bad_values(world, rows, "occurred_at"),
        "email_status_%s.csv".__mod__,
        is_never_missing=True,
    )


def write_exposures(world: World, writer: Writer) -> None:
    """Advertising seen, by hashed e-mail or web client, always with the household's ZIP."""
    draws, people = world.draws, world.people
    person, day, key = _moments(world, "exposures", np.full(len(people), EXPOSURES_PER_YEAR))
    known_by = pl.Series(draws.choose("exposure by", (0.5, 0.3, 0.2), key))
    channel = draws.choose("channel", [weight for _, weight in CHANNELS], key)
    rows = pl.DataFrame({"key": key, "day": day}).with_columns(
        channel=text(np.array([name for name, _ in CHANNELS], dtype=object)[channel]),
        campaign=text(_campaigns(world, person, key)),
        email_sha256=pl.when(known_by == 0).then(text(sha256(at(people, "email", person).to_list()))),
        user_pseudo_id=pl.when(known_by == 1).then(text(client_ids(draws, person * MOST_DEVICES))),
        zip=at(people, "zip", person),
        impressions=text(1 + draws.poisson("impressions", 2.0, key)),
        delivery=pl.Series(world.calendar.delivery_of(day)),
        exposed_on=iso_date("day"),
    )
    rows = (
        rows.sort("day", "key")
        .with_row_index("n")
        .with_columns(exposure_id=pl.format("X{}", pl.col("n").cast(pl.String).str.zfill(9)))
    )
    write_csv_feed(
        world,
        writer,
        "campaign_exposures",
        with_bad_values(world, rows, "exposed_on"),
        "exposures_%s.csv".__mod__,
        is_never_missing=True,
    )


def _moments(world: World, purpose: str, per_year: Floats) -> tuple[Ints, Ints, Ints]:
    """Person, day and key of random moments in the window, with a yearly rate per person."""
    draws, calendar = world.draws, world.calendar
    years = (calendar.last - calendar.first) / 365.25
    person, number = repeat(draws.poisson(purpose, per_year * years, np.arange(len(per_year))))
    key = person * 32 + number
    day = calendar.first + (draws.uniform(f"{purpose} day", key) * (calendar.last - calendar.first + 1)).astype(np.int64)
    return person, day, key


def _campaigns(world: World, person: Ints, key: Ints) -> list[str]:
    """Neutral names: prefix, segment, brand, market."""
    group = world.policy.group
    brand = {one.brand: one.code for one in group.brands}
    market = {one.market: one.code for one in group.markets}
    cell = [f"{brand[one.brand]}_{market[one.market]}" for one in group.rooftops]
    segment = np.where(at(world.people, "kind", person).to_numpy() == OWNER, "CQ", np.where(key % 3 == 0, "IM", "LY")).tolist()
    site = at(world.people, "rooftop", person).to_list()
    return [f"{group.export_prefix}_{a}_{cell[b]}" for a, b in zip(segment, site, strict=True)]
