"""What is true, for those who want to check what the product concludes: one Parquet table per fact."""

import polars as pl

from data_samples.simulator.contacts import client_ids
from data_samples.simulator.days import NEVER
from data_samples.simulator.feed_elsewhere import visits_elsewhere
from data_samples.simulator.service import due_dates
from data_samples.simulator.world import World
from data_samples.simulator.writer import Writer

HOW = {0: "new", 1: "lease", 2: "used"}


def write_truth(world: World, writer: Writer, sessions: pl.DataFrame) -> None:
    """person, record_truth, vehicle_owner, co_owner, journey, purchase, service_due, move and service_elsewhere."""
    people = world.people
    ids = people.select("person", "person_id")
    writer.truth(
        "person",
        people.select("person_id", "household_id", "first", "last", "suffix", _day("birth", "birth_date"), "zip", "kind"),
    )
    writer.truth("record_truth", _records(world, writer, sessions, ids))
    held = _with_id(world.spells, ids).filter(pl.col("start") <= world.calendar.last)
    writer.truth("vehicle_owner", held.select("vin", "person_id", _day("start", "from"), _day("stop", "to")).sort("vin", "from"))
    writer.truth("co_owner", _co_owners(world, ids))
    brands = {i: one.brand for i, one in enumerate(world.policy.group.rooftops)}
    brand = pl.col("rooftop").replace_strict(brands).alias("brand")
    journeys = _with_id(world.journeys, ids)
    writer.truth(
        "journey",
        journeys.select("person_id", _day("start", "start"), _day("end", "end"), "outcome", brand, "make", "body", "cause"),
    )
    writer.truth("purchase", _purchases(world, ids))
    due = _with_id(due_dates(world.policy, people, world.spells, world.visits, world.calendar), ids)
    writer.truth("service_due", due.select("person_id", "vin", _day("last_visit", "last_visit"), _day("due", "due_on")))
    moved = people.filter(pl.col("moved_on") > 0)
    writer.truth("move", moved.select("person_id", _day("moved_on", "moved_on"), from_zip="old_zip", to_zip="zip"))
    elsewhere = _with_id(visits_elsewhere(world), ids)
    writer.truth("service_elsewhere", elsewhere.select("person_id", "vin", _day("day", "visited_on"), "is_told"))


def _day(column: str, name: str) -> pl.Expr:
    known = pl.when(pl.col(column).is_between(1, NEVER - 1)).then(pl.col(column))
    return known.cast(pl.Int32).cast(pl.Date).alias(name)


def _with_id(frame: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    return frame.join(ids, on="person", how="left", maintain_order="left")


def _co_owners(world: World, ids: pl.DataFrame) -> pl.DataFrame:
    """Who bought a vehicle together with its owner, and holds it for as long."""
    deals = world.deals.filter((pl.col("co_person") >= 0) & pl.col("kind").is_in(["retail", "lease", "fleet"]))
    deals = deals.select("spell", person=pl.col("co_person"))
    held = _with_id(deals.join(world.spells.drop("person"), on="spell", maintain_order="left"), ids)
    return held.select("vin", "person_id", _day("start", "from"), _day("stop", "to")).sort("vin", "from")


def _purchases(world: World, ids: pl.DataFrame) -> pl.DataFrame:
    """Every purchase of the window with its cause; ours with dealer id and deal number."""
    calendar = world.calendar
    dealers = {i: one.dealer_ids[0] for i, one in enumerate(world.policy.group.rooftops)}
    deal = pl.concat_str(pl.col("rooftop").replace_strict(dealers), pl.lit("|"), pl.col("number"))
    deals = world.deals.filter(pl.col("kind").is_in(["retail", "lease", "fleet"])).select("spell", deal=deal)
    rows = world.spells.filter((pl.col("start") >= calendar.first) & (pl.col("start") <= calendar.last))
    rows = _with_id(rows, ids).join(deals, on="spell", how="left", maintain_order="left")
    return rows.select(
        "person_id", _day("start", "bought_on"), "vin", "make", "here", pl.col("how").replace_strict(HOW), "cause", "deal"
    )


def _records(world: World, writer: Writer, sessions: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """record_id to person; a web client of several people (a showroom tablet) has a row for each."""
    seen = sessions.filter(pl.col("person") >= 0).select("client", "person").unique().sort("client", "person")
    clients = [f"web_events:{one}" for one in client_ids(world.draws, seen["client"].to_numpy())]
    web = pl.DataFrame({"record_id": clients, "person": seen["person"]}, schema={"record_id": pl.String, "person": pl.Int64})
    links = (
        pl.concat([*writer.links, web], how="vertical_relaxed").filter(pl.col("person") >= 0).unique().sort("record_id", "person")
    )
    return _with_id(links, ids).select("record_id", "person_id")
