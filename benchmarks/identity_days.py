"""Thirty days on one state: arrivals, corrections, deletions and a steward's orders, and what becomes of the persons.

python -m benchmarks.identity_days --records 20000 --days 30

Each day 0.6% of the records arrive, 0.3% are corrected, 0.1% are deleted; on some days a steward joins two persons, parts one, or
takes an order back. After each day: is it a partition of the records that are there, does an order not hold, how many old
unchanged records changed person, and which such change does no event tell. At the end: a full run by the model of the first day.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from assets.identity_model_files import load_model
from benchmarks.identity_increment import corrected, frozen_run
from benchmarks.identity_people import people
from pipelines.identity.pairwise import pairwise
from pipelines.identity.persons import Persons, events, persons
from pipelines.identity.resolve import BEFORE, ORDERS, resolve
from pipelines.identity.state import State
from pipelines.identity.update import Update, update
from schemas.identity_model import IdentityModel

MODEL = Path(__file__).resolve().parent / "models" / "dealer.yaml"
FIRST = date(2026, 10, 1)
SEED = "days"
ARRIVE, CORRECT, DELETE = 0.006, 0.003, 0.001
JOIN_DAYS, PART_DAYS, WITHDRAW_DAYS = (4, 11, 18), (7, 14, 21), (9, 24)
ON = ["left_record_id", "right_record_id", "kind"]


@dataclass(frozen=True)
class Told:
    """What a day did. moved: old unchanged records in another person; by_order: those of them that a steward's order moved.

    untold: changes of person, new and lost persons, and joined records that no event names. caused: share of the merges
    whose event names an edge; records that came apart mostly have none, since the edge that held them is gone.
    """

    day: int
    records: int
    changed: int
    seconds: float
    is_partition: bool
    broken_orders: int
    unchanged: int
    moved: int
    by_order: int
    untold: int
    caused: float


@dataclass
class World:
    """size: records of the first day. The records that are there, those to come, the orders, and what the day before left."""

    size: int
    model: IdentityModel
    random: np.random.Generator
    here: pl.DataFrame
    to_come: pl.DataFrame
    state: State
    found: Persons
    orders: pl.DataFrame = field(default_factory=ORDERS.to_frame)


def begun(records: int, days: int, seed: int = 23) -> World:
    """The first day."""
    model = load_model(MODEL)
    rows = people(records + days * round(records * ARRIVE), seed)
    state = resolve(rows.head(records), model, seed=SEED, as_of=FIRST).state
    nobody = BEFORE.to_frame().rename({"created_on": "since"})
    found = _named(state, nobody, BEFORE.to_frame().select("person_id", "created_on"), FIRST)
    return World(records, model, np.random.default_rng(seed), rows.head(records), rows.slice(records), state, found)


def _named(state: State, before: pl.DataFrame, created: pl.DataFrame, on: date) -> Persons:
    labels = state.members.select("record_id", "tier", "rule", label="person_id")
    known = labels.select("record_id", created_on=pl.lit(FIRST))
    return persons(known, labels, before=before, created=created, seed=SEED, as_of=on)


def lived(world: World, days: int) -> Iterator[Told]:
    """Day after day."""
    for day in range(1, days + 1):
        yield one_day(world, day)


def one_day(world: World, day: int) -> Told:
    """One day on the world: it holds the new state afterwards."""
    random, size = world.random, world.here.height
    drawn = random.permutation(size)
    arrive, correct, delete = (round(world.size * share) for share in (ARRIVE, CORRECT, DELETE))
    fixed = corrected(random, world.here[np.sort(drawn[:correct])])
    gone = world.here[np.sort(drawn[correct : correct + delete])]["rid"]
    fresh = pl.concat([world.to_come.head(arrive), fixed])
    orders = _ordered(world, day, pl.concat([fresh["rid"], gone]))
    start = time.monotonic()
    made = update(world.state, world.model, fresh, gone, orders=orders, seed=SEED, as_of=FIRST + timedelta(days=day))
    seconds = time.monotonic() - start
    rest = world.here.filter(~pl.col("rid").is_in(pl.concat([fresh["rid"], gone]).implode()))
    told = _judged(world, made, pl.concat([rest, fresh]), rest["rid"], orders, day, seconds)
    world.here, world.to_come, world.state, world.orders = (
        pl.concat([rest, fresh]),
        world.to_come.slice(arrive),
        made.state,
        orders,
    )
    return told


def _ordered(world: World, day: int, busy: pl.Series) -> pl.DataFrame:
    """The orders that hold on a day: of the day before, a new one, or without the oldest of each kind."""
    members = world.state.members.filter(~pl.col("record_id").is_in(busy.implode())).sort("record_id")
    told = world.orders
    if day in JOIN_DAYS:
        pair = members[np.sort(world.random.permutation(members.height)[:2])]
        told = pl.concat([told, _order(pair["record_id"], "must_link")])
    if day in PART_DAYS:
        several = members.filter(pl.col("person_id").is_duplicated())
        person = several["person_id"][int(world.random.integers(0, several.height))]
        told = pl.concat([told, _order(several.filter(pl.col("person_id") == person)["record_id"][:2], "must_not_link")])
    if day in WITHDRAW_DAYS:
        told = told.filter(pl.int_range(pl.len()).over("kind") > 0)
    return told


def _order(pair: pl.Series, kind: str) -> pl.DataFrame:
    return pl.DataFrame([(pair[0], pair[1], kind)], schema=ORDERS, orient="row")


def _judged(
    world: World, made: Update, here: pl.DataFrame, unchanged: pl.Series, orders: pl.DataFrame, day: int, seconds: float
) -> Told:
    on, members = FIRST + timedelta(days=day), made.state.members
    before = world.found.member.select("record_id", "person_id", "since")
    world.found = _named(made.state, before, world.found.people.select("person_id", "created_on"), on)
    moved_orders = pl.concat([orders.join(world.orders, on=ON, how="anti"), world.orders.join(orders, on=ON, how="anti")])
    edges = made.state.edges.filter(pl.col("kind") != "household").cast({"kind": pl.String, "tier": pl.String})
    ordered = moved_orders.select("left_record_id", "right_record_id", rule="kind")
    told = events(world.found, before, edges, ordered, seed=SEED, as_of=on)
    old = world.state.members.filter(pl.col("record_id").is_in(unchanged.implode())).join(members, on="record_id", suffix="_now")
    moved = old.filter(pl.col("person_id") != pl.col("person_id_now"))
    ends = pl.concat([moved_orders["left_record_id"], moved_orders["right_record_id"].alias("left_record_id")])
    steward = world.state.members.filter(pl.col("record_id").is_in(ends.implode()))["person_id"]
    by_order = moved.filter(pl.col("person_id").is_in(steward.implode())).height
    caused = told.filter(pl.col("kind") == "merge")["left_record_id"].is_not_null()
    return Told(
        day, here.height, len(made.changed) + len(made.deleted), seconds, is_partition(made.state, here["rid"]),
        broken(made.state, orders), old.height, moved.height, by_order, untold(world.found, before, told),
        int(caused.sum()) / len(caused) if len(caused) else 1.0,
    )  # fmt: skip


def is_partition(state: State, alive: pl.Series) -> bool:
    """Every record that is there is in one person and one household, nobody else is, and nobody is empty."""
    members = state.members
    homes = members.select("person_id", "household_id").unique()
    return (
        members["record_id"].sort().equals(alive.sort().rename("record_id"))
        and not members["person_id"].has_nulls()
        and not members["household_id"].has_nulls()
        and homes["person_id"].is_unique().all()
        and state.people["person_id"].sort().equals(members["person_id"].unique().sort())
        and state.records["rid"].sort().equals(alive.sort())
    )


def broken(state: State, orders: pl.DataFrame) -> int:
    """Orders about records that are there which do not hold."""
    slim = state.members.select("record_id", "person_id")
    both = orders.join(slim, left_on="left_record_id", right_on="record_id").join(
        slim, left_on="right_record_id", right_on="record_id", suffix="_of"
    )
    is_one, must = pl.col("person_id") == pl.col("person_id_of"), pl.col("kind") == "must_link"
    return both.filter(is_one != must).height


def untold(found: Persons, before: pl.DataFrame, told: pl.DataFrame) -> int:
    """Changes of person, joined records, new and lost persons without an event."""
    ways = told.filter(pl.col("kind").is_in(["merge", "split", "move"])).select("person_id", previous_person_id="other_person_id")
    moved = found.member.filter(pl.col("previous_person_id") != pl.col("person_id"))
    joined = found.member.filter(pl.col("previous_person_id").is_null())
    absorbed = told.filter(pl.col("kind") == "absorb")["record_id"]
    created = told.filter(pl.col("kind") == "create")["person_id"]
    new = found.people.filter("is_new").filter(~pl.col("person_id").is_in(pl.concat([created, ways["person_id"]]).implode()))
    known = pl.col("record_id").is_in(absorbed.implode()) | pl.col("person_id").is_in(created.implode())
    lost = before.select("person_id").unique().join(found.people, on="person_id", how="anti")
    retired = told.filter(pl.col("kind") == "retire").select("person_id")
    return (
        moved.join(ways, on=["person_id", "previous_person_id"], how="anti").height
        + joined.filter(~known).height
        + new.height
        + lost.join(retired, on="person_id", how="anti").height
    )


def agree(one: pl.DataFrame, other: pl.DataFrame, column: str = "person_id") -> float:
    """Pairwise F1 of two tables of members."""
    return pairwise(one.sort("record_id")[column], other.sort("record_id")[column]).f1


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--records", type=int, default=20_000)
    asked.add_argument("--days", type=int, default=30)
    told = asked.parse_args()
    world = begun(told.records, told.days)
    print("| day | records | changed | s | partition | broken orders | moved | of them by an order | share | untold | caused |")
    print("|---" * 11 + "|")
    for one in lived(world, told.days):
        share = (one.moved - one.by_order) / one.unchanged
        print(
            f"| {one.day} | {one.records:,} | {one.changed} | {one.seconds:.2f} | {one.is_partition} | {one.broken_orders} |"
            f" {one.moved} | {one.by_order} | {share:.4%} | {one.untold} | {one.caused:.2f} |", flush=True,
        )  # fmt: skip
    same = frozen_run(world.state, world.model, world.here, orders=world.orders, seed=SEED).members
    print(f"agreement with a full run by the model of the first day: {agree(world.state.members, same):.5f}")
    fresh = resolve(world.here, world.model, orders=world.orders).members
    print(f"agreement with a full run that learns anew: {agree(world.state.members, fresh):.5f}")


if __name__ == "__main__":
    main()
