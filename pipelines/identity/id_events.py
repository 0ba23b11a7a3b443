"""What became of ids between two states: the events with the edges that caused them, and where ids lead that are no more.

The daily step of the product tells its own events; both do so by persons.py.
"""

from datetime import date

import polars as pl

from pipelines.identity.linkage.edges import ORDER_KINDS, with_ends
from pipelines.identity.persons import Persons, events, retired
from pipelines.identity.state import State


def id_events(before: State, after: State, *, seed: str, as_of: date) -> pl.DataFrame:
    """The table id_event of a run: a row per create, absorb, merge, split, move, retire and order, with the edge behind it.

    Args:
        before, after: the states; only persons that gained or lost a record are looked at.
        seed: key of ids.
        as_of: the day of the run.
    """
    was = before.members.select("record_id", previous_person_id="person_id")
    both = after.members.select("record_id", "person_id", "rule").join(was, on="record_id", how="full", coalesce=True)
    moved = both.filter(pl.col("person_id").ne_missing(pl.col("previous_person_id")))
    ordered = _reordered(before, after)
    named = pl.concat([ordered["left_record_id"].rename("record_id"), ordered["right_record_id"].rename("record_id")])
    told_of = both.filter(pl.col("record_id").is_in(named.implode()))["person_id"]
    asked = pl.concat([moved["person_id"], moved["previous_person_id"].rename("person_id"), told_of]).drop_nulls().unique()
    member = both.filter(pl.col("person_id").is_in(asked.implode())).sort("record_id")
    member = member.with_columns(creator=pl.col("record_id").min().over("person_id"))
    is_new = ~pl.col("person_id").is_in(before.people["person_id"].implode())
    people = member.select("person_id").unique().sort("person_id").with_columns(is_new=is_new)
    known = was.select(person_id="previous_person_id").filter(pl.col("person_id").is_in(asked.implode())).unique()
    ends = member["record_id"].implode()
    edges = after.edges.filter(pl.col("left_record_id").is_in(ends) & pl.col("right_record_id").is_in(ends))
    told = events(Persons(member, people), known, edges, ordered, seed=seed, as_of=as_of)
    return _with_edge(told, member, edges)


def _with_edge(told: pl.DataFrame, member: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """Events, those of a record that joined a person with the surest edge that ties it there."""
    joining = edges.filter(pl.col("kind").is_in(["matched", "must_link"]))
    inside = with_ends(joining, member.select("record_id", "person_id"), "record_id")
    inside = inside.filter(pl.col("person_id") == pl.col("person_id_of"))
    pair = ["left_record_id", "right_record_id"]
    ends = pl.concat([inside.select(*pair, "rule", "tier", "weight", record_id=one) for one in pair])
    ends = ends.sort("record_id", "tier", "weight", "rule", *pair, descending=[False, False, True, False, False, False])
    best = ends.unique("record_id", keep="first", maintain_order=True).select("record_id", "rule", *pair)
    tied = told.join(best, on=["record_id", "rule"], how="left", maintain_order="left", suffix="_tied")
    is_absorb = pl.col("kind") == "absorb"
    known = [pl.when(is_absorb).then(f"{one}_tied").otherwise(one).alias(one) for one in pair]
    return tied.with_columns(known).select(told.columns)


def _reordered(before: State, after: State) -> pl.DataFrame:
    """Orders that came or went: left_record_id, right_record_id, rule (the kind; withdrawn where it went)."""
    on = ["left_record_id", "right_record_id", "kind"]
    was, now = (one.edges.filter(pl.col("kind").is_in(list(ORDER_KINDS))).select(on) for one in (before, after))
    came = now.join(was, on=on, how="anti").with_columns(rule=pl.col("kind").cast(pl.String))
    went = was.join(now, on=on, how="anti").with_columns(rule=pl.lit("withdrawn"))
    return pl.concat([came, went]).select("left_record_id", "right_record_id", "rule")


def retired_ids(known: pl.DataFrame, told: pl.DataFrame, after: State, as_of: date) -> pl.DataFrame:
    """Every id that is no more and the living person it means, null for nobody: retired_person_id, person_id, retired_on, rule.

    known: the same of the run before. told: the events of this run.
    """
    return retired(known, told, after.people["person_id"], as_of)
