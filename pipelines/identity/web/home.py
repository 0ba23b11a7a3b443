"""Homes before there are households: people of one address, near enough to tell whose e-mail it may be."""

import polars as pl

from pipelines.identity.linkage.refine import components


def homes(members: pl.DataFrame, contacts: pl.DataFrame, max_people: int) -> pl.DataFrame:
    """person_id, household_id: one row per person who shares an address with somebody; the smallest person_id names the home.

    Args:
        members: record_id, person_id of records that are no web clients.
        contacts: contact_record: record_id, address, zip.
        max_people: people of one address above which it is no home.
    """
    placed = contacts.filter(pl.col("address").is_not_null() & pl.col("zip").is_not_null()).select("record_id", "address", "zip")
    lived = members.select("record_id", "person_id").join(placed, on="record_id").select("person_id", "address", "zip").unique()
    lived = lived.filter(pl.len().over("address", "zip").is_between(2, max_people))
    people = lived.select("person_id").unique().sort("person_id").with_row_index("node")
    met = lived.join(people, on="person_id").with_columns(first=pl.col("node").min().over("address", "zip"))
    label = pl.Series("home", components(len(people), met["first"].to_numpy(), met["node"].to_numpy()), dtype=pl.UInt32)
    led = people.with_columns(label).join(people.select(home="node", household_id="person_id"), on="home", maintain_order="left")
    return led.select("person_id", "household_id").sort("person_id")
