"""Households after a day's changes: only those of touched persons, and those they are now tied to, are made again."""

import polars as pl

from pipelines.identity.linkage.households import homes, pairs_of_people
from pipelines.identity.state import State


def rehoused(state: State, members: pl.DataFrame, edges: pl.DataFrame, fresh: pl.DataFrame, seed: str) -> pl.DataFrame:
    """members with household_id; only households of touched persons, and those they are now tied to, are made again.

    `members` bring the household of the day before where they were not touched.
    """
    people = fresh["person_id"].unique()
    moved = state.members.filter(pl.col("record_id").is_in(fresh["record_id"].implode()))["person_id"].unique()
    asked = pl.concat([people, moved]).unique()
    mine = members.filter(pl.col("person_id").is_in(asked.implode()))["record_id"]
    ties_of_homes = edges.select("left_record_id", "right_record_id", "kind", "household").filter(pl.col("kind") == "household")
    near = ties_of_homes.filter(pl.col("left_record_id").is_in(mine.implode()) | pl.col("right_record_id").is_in(mine.implode()))
    ties = pairs_of_people(members, near)
    met = pl.concat([asked, ties["left"], ties["right"]]).unique()
    homes_met = state.members.filter(pl.col("person_id").is_in(met.implode()))["household_id"].unique()
    company = state.members.filter(pl.col("household_id").is_in(homes_met.implode()))["person_id"].unique()
    again = members.filter(pl.col("person_id").is_in(pl.concat([asked, company]).unique().implode()))
    inside = ties_of_homes.filter(pl.col("left_record_id").is_in(again["record_id"].implode()))
    placed, _ = homes(again.drop("household_id"), inside, seed=seed)
    rest = members.filter(~pl.col("record_id").is_in(again["record_id"].implode()))
    return pl.concat([rest.select(placed.columns), placed])
