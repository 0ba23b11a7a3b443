"""Who lives together, as far as scored pairs tell: persons joined by pairs of the household class."""

from datetime import date

import numpy as np
import polars as pl

from pipelines.identity.ids import named
from pipelines.identity.linkage.edges import with_ends
from pipelines.identity.linkage.refine import components

FIRST_DAY = date(1970, 1, 1)  # a household here is named after its first person alone, so no day matters
LARGEST_HOME = 12  # persons; more are a building or a firm, and stay by themselves


def homes(members: pl.DataFrame, edges: pl.DataFrame, *, seed: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """members with household_id, and household_id with people."""
    people = members.select("person_id").unique().sort("person_id").with_row_index("node")
    ties = pairs_of_people(members, edges)
    ends = ties.join(people, left_on="left", right_on="person_id").join(
        people, left_on="right", right_on="person_id", suffix="_of"
    )
    label = components(len(people), ends["node"].to_numpy(), ends["node_of"].to_numpy())
    alone = np.bincount(label, minlength=len(people))[label] > LARGEST_HOME
    now = people.select(member="person_id", cluster=pl.Series(np.where(alone, np.arange(len(people)), label)))
    now = now.with_columns(creator=pl.col("member").first().over("cluster"))
    nobody = pl.DataFrame(schema={"member": pl.String, "id": pl.String, "created_on": pl.Date})
    ids = now.join(named(now, nobody, "h", seed, FIRST_DAY).select("cluster", household_id="id"), on="cluster")
    placed = members.join(ids.select(person_id="member", household_id="household_id"), on="person_id", maintain_order="left")
    sizes = ids.group_by("household_id").agg(people=pl.len().cast(pl.Int64)).sort("household_id")
    return placed.select("record_id", "person_id", "household_id", "tier", "rule"), sizes


def pairs_of_people(members: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """left < right, probability: pairs of persons of whom two records look like one household; the likeliest pair counts."""
    slim = members.select("record_id", "person_id")
    told = edges.filter(pl.col("kind") == "household").select("left_record_id", "right_record_id", "household")
    both = with_ends(told, slim, "record_id")
    both = both.filter(pl.col("person_id") != pl.col("person_id_of"))
    ends = both.select(
        left=pl.min_horizontal("person_id", "person_id_of"),
        right=pl.max_horizontal("person_id", "person_id_of"),
        probability="household",
    )
    return ends.group_by("left", "right").agg(pl.col("probability").max()).sort("left", "right")
