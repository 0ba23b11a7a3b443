"""Households: persons of one family name at one valid address, and those who bought one vehicle together there."""

from datetime import date

import polars as pl

from pipelines.identity.cluster import components
from pipelines.identity.ids import named


def households(
    people: pl.DataFrame, shared: pl.DataFrame, together: pl.DataFrame, *, before: pl.DataFrame, seed: str, as_of: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Who lives together.

    Args:
        people: person_id, last_name, address, zip, has_valid_address, is_business.
        shared: shared identifiers; an address among them is a building, not a household.
        together: left, right: persons who signed one deal.
        before: person_id, household_id, created_on of the last known day.
        seed: key of new ids.
        as_of: the day.

    Returns:
        person_id with household_id, and the household table. Everybody else is a household of one.
    """
    key = pl.when("has_valid_address").then(pl.concat_str("address", "zip", separator="|"))
    homes = people.sort("person_id").with_row_index("node").with_columns(address_key=key)
    buildings = shared.filter(pl.col("kind") == "address").select(address_key="value").unique()
    lived = homes.filter(pl.col("address_key").is_not_null() & ~pl.col("is_business")).join(
        buildings, on="address_key", how="anti"
    )
    family = lived.filter(pl.col("last_name").is_not_null()).select(
        left="node", right=pl.col("node").min().over("address_key", "last_name")
    )
    ties = pl.concat([family, _signed(lived, together)])
    label = components(len(homes), ties["left"], ties["right"])
    now = homes.select("person_id", "address_key", "zip", cluster=pl.Series(label))
    now = now.with_columns(creator=pl.col("person_id").min().over("cluster"), member="person_id")
    names = named(now, before.select(member="person_id", id="household_id", created_on="created_on"), "h", seed, as_of)
    placed = now.join(names, on="cluster").rename({"id": "household_id"})
    table = placed.group_by("household_id").agg(
        people=pl.len().cast(pl.Int64),
        address_key=pl.col("address_key").min(),
        zip=pl.col("zip").min(),
        created_on=pl.col("created_on").min(),
    )
    return placed.select("person_id", "household_id").sort("person_id"), table.sort("household_id")


def _signed(lived: pl.DataFrame, together: pl.DataFrame) -> pl.DataFrame:
    """Pairs who signed one deal and live at one address."""
    slim = lived.select("person_id", "node", "address_key")
    ends = together.join(slim, left_on="left", right_on="person_id").join(
        slim, left_on="right", right_on="person_id", suffix="_of"
    )
    return ends.filter(pl.col("address_key") == pl.col("address_key_of")).select(left="node", right="node_of")
