"""What people ask of us and what the steward decides: privacy requests and identity rules."""

import numpy as np
import polars as pl

from data_samples.simulator.accounts import is_seven_times
from data_samples.simulator.cells import iso_time
from data_samples.simulator.columns import at, text
from data_samples.simulator.contacts import MOST_DEVICES, client_ids
from data_samples.simulator.days import as_date
from data_samples.simulator.tables import with_bad_values, write_csv_feed
from data_samples.simulator.world import World
from data_samples.simulator.writer import Writer

REQUESTS = (
    ("opt_out", 30), ("gpc", 18), ("deletion", 12), ("do_not_call", 14), ("do_not_email", 14), ("do_not_mail", 10), ("opt_in", 2),
)  # fmt: skip
REQUEST_SHARE = 0.035
BY_EMAIL, BY_PHONE, BY_NUMBER, BY_ADDRESS = range(4)


def write_privacy(world: World, writer: Writer) -> None:
    """Requests over the window, by e-mail, phone, web client, customer number or address; a file for every delivery."""
    draws, calendar, people = world.draws, world.calendar, world.people
    person = np.flatnonzero(draws.chance("asks", REQUEST_SHARE, people["person"].to_numpy()))
    kind = draws.choose("request", [weight for _, weight in REQUESTS], person)
    day = calendar.first + (draws.uniform("request day", person) ** 0.6 * (calendar.last - calendar.first + 1)).astype(np.int64)
    rows = pl.DataFrame({"person": person, "day": day, "second": 40_000 + person % 30_000}).with_columns(
        request=text(np.array([name for name, _ in REQUESTS], dtype=object)[kind]),
        by=pl.Series(draws.choose("request by", (0.5, 0.2, 0.2, 0.1), person)),
        delivery=pl.Series(calendar.delivery_of(day)),
        request_id=text([f"PR{one:07d}" for one in person.tolist()]),
        received_at=iso_time("day", "second"),
    )
    rows = with_bad_values(world, _identified(world, rows).sort("delivery", "request_id"), "received_at", 0.002)
    write_csv_feed(world, writer, "privacy_requests", rows, "privacy_requests_%s.csv".__mod__, is_never_missing=True)


def _identified(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    """How each request says who is meant."""
    people, person = world.people, rows["person"].to_numpy()
    ids = dict(enumerate(one.rooftop_id for one in world.policy.group.rooftops))
    accounts = world.accounts.unique("person", keep="first", maintain_order=True).select("person", "number", site="rooftop")
    rows = rows.join(accounts, on="person", how="left", maintain_order="left")
    asked, by = pl.col("request") != "gpc", pl.col("by")
    numbered = asked & (by == BY_NUMBER) & pl.col("number").is_not_null()
    addressed = asked & (by == BY_ADDRESS)
    return rows.with_columns(
        email=pl.when(asked & ((by == BY_EMAIL) | ((by == BY_NUMBER) & ~numbered))).then(at(people, "email", person)),
        phone=pl.when(asked & (by == BY_PHONE)).then(at(people, "cell", person)),
        user_pseudo_id=pl.when(~asked).then(text(client_ids(world.draws, person * MOST_DEVICES))),
        rooftop=pl.when(numbered).then(pl.col("site").replace_strict(ids, default=None, return_dtype=pl.String)),
        customer_number=pl.when(numbered).then("number"),
        first_name=pl.when(addressed).then(at(people, "first", person)),
        last_name=pl.when(addressed).then(at(people, "last", person)),
        address_1=pl.when(addressed).then(at(people, "address_1", person)),
        zip=at(people, "zip", person),
        state=at(people, "state", person),
        source=pl.when(asked).then(pl.lit("web form")).otherwise(pl.lit("browser signal")),
    )


def write_identity_rules(world: World, writer: Writer) -> None:
    """A few decisions: accounts of one much-entered buyer belong together; father and son do not."""
    decided = f"{as_date(world.calendar.deliveries[0]).isoformat()}T15:00:00Z"
    rules = [("must_link", one[0], one[1], "same person, confirmed by an advisor") for one in _same(world)]
    rules += [("must_not_link", one[0], one[-1], "father and son") for one in _apart(world)]
    late = (len(world.calendar.deliveries) - 1) // 2
    rows = pl.DataFrame(
        [(f"IR{n:04d}", decided, *one, "data steward", late * (n % 2)) for n, one in enumerate(rules)],
        schema=["rule_id", "decided_at", "rule", "left", "right", "reason", "steward", "delivery"],
        orient="row",
    )
    if len(rows):
        write_csv_feed(
            world, writer, "identity_rules", rows.with_columns(pl.col("delivery").cast(pl.Int64)), "identity_rules_%s.csv".__mod__
        )


def _references(world: World) -> pl.DataFrame:
    """Accounts with their reference for rules and their person's household and true suffix."""
    dealers = [one.dealer_ids[0] for one in world.policy.group.rooftops]
    refs = [f"customer:{dealers[r]}|{n}" for r, n in world.accounts.select("rooftop", "number").iter_rows()]
    true = world.people.select("person", "household_id", true_suffix="suffix")
    return world.accounts.select("person").with_columns(ref=text(refs)).join(true, on="person", how="left", maintain_order="left")


def _same(world: World) -> list[list[str]]:
    many = np.flatnonzero(is_seven_times(world.draws, world.people))
    accounts = _references(world).filter(pl.col("person").is_in(many.tolist()))
    return (
        accounts.group_by("person", maintain_order=True).agg("ref").filter(pl.col("ref").list.len() > 1).head(3)["ref"].to_list()
    )


def _apart(world: World) -> list[list[str]]:
    named = _references(world).filter(pl.col("true_suffix").is_not_null()).group_by("household_id", maintain_order=True)
    return named.agg(pl.col("ref"), pl.col("person").n_unique()).filter(pl.col("person") > 1).head(3)["ref"].to_list()
