"""What rooftops and their call-tracking vendor report: inventory and tracked calls."""

import polars as pl

from data_samples.simulator.cells import iso_date, iso_time, money
from data_samples.simulator.columns import at, numbers, text
from data_samples.simulator.contacts import client_ids, make_calls
from data_samples.simulator.sessions import client_of
from data_samples.simulator.tables import with_bad_values, write_csv_feed
from data_samples.simulator.world import World
from data_samples.simulator.writer import Writer

SHOWN_NUMBER = 0.4  # of sales calls, to a number that the site showed to one visitor
DAILY_LISTS = 30  # days with a list of their own; before that one a week


def write_inventory(world: World, writer: Writer) -> None:
    """The full list of each rooftop: daily in the last thirty days, before that weekly and at the first delivery."""
    calendar = world.calendar
    ids = dict(enumerate(one.rooftop_id for one in world.policy.group.rooftops))
    for index, day in enumerate(calendar.deliveries):
        if day < calendar.last - DAILY_LISTS and day % 7 and index:
            continue
        rows = world.stock.filter((pl.col("stocked") <= day) & (pl.col("gone") > day)).with_columns(
            pl.col("rooftop").replace_strict(ids), listed=pl.lit(day), delivery=pl.lit(index, dtype=pl.Int64)
        )
        rows = rows.with_columns(
            listed_on=iso_date("listed"),
            in_stock_on=iso_date("stocked"),
            body_style="body",
            mileage=pl.col("miles_at_start").cast(pl.Int64).cast(pl.String),
            price=money("price"),
            msrp=pl.when(pl.col("condition") == "new").then(money("msrp")),
        )
        write_csv_feed(world, writer, "inventory", rows, lambda stamp: f"inventory_{stamp}_{{0}}.csv", by=("rooftop",))


def write_calls(world: World, writer: Writer) -> None:
    """Tracked calls, one file per delivery."""
    calls = make_calls(world).with_row_index("n")
    rooftops = world.policy.group.rooftops
    who, site, day, key = numbers(calls, "person", "rooftop", "day", "key")
    shown = pl.Series(world.draws.chance("number shown", SHOWN_NUMBER, key)) & (calls["department"] == "sales")
    clients = text(client_ids(world.draws, client_of(world, who, key, day)))
    rows = calls.with_columns(
        delivery=pl.Series(world.calendar.delivery_of(calls["day"].to_numpy())),
        call_id=text([f"C{one:08d}" for one in calls["n"].to_list()]),
        started_at=iso_time("day", "second"),
        caller_name=pl.when(pl.col("caller").is_not_null() & (pl.col("key") % 3 == 0)).then(
            at(world.people, "last", who).str.to_uppercase()
        ),
        tracked_number=text([(rooftops[one].phones or ("+18005550199",))[-1] for one in site.tolist()]),
        rooftop=text([rooftops[one].rooftop_id for one in site.tolist()]),
        campaign=pl.when(pl.col("department") == "sales").then(pl.lit("website")).otherwise(pl.lit("service_page")),
        ga_client_id=pl.when(shown).then(clients),
        duration_seconds=pl.col("seconds").cast(pl.String),
    )
    writer.link(rows.filter(pl.col("caller").is_not_null()), "call_tracking", ["call_id"], "caller")
    write_csv_feed(
        world, writer, "call_tracking", with_bad_values(world, rows, "started_at"), "calls_%s.csv".__mod__, is_never_missing=True
    )
