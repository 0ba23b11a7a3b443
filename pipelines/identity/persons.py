"""Clusters as persons: the member table, and every id event of the day with the rule that caused it."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.identity.encode import Encoded
from pipelines.identity.ids import keyed_id, named

CREATED = "created"  # the rule of a record that nothing ties to another


@dataclass(frozen=True)
class Persons:
    """member: the table of that name with rec, cluster and previous_person_id besides. people: person_id, created_on, is_new."""

    member: pl.DataFrame
    people: pl.DataFrame


def persons(
    encoded: Encoded,
    clusters: pl.DataFrame,
    edges: pl.DataFrame,
    *,
    before: pl.DataFrame,
    created: pl.DataFrame,
    seed: str,
    as_of: date,
) -> Persons:
    """Name the clusters of the day.

    Args:
        encoded: the records.
        clusters: rec, cluster.
        edges: the day's edges (rec ends).
        before: record_id, person_id, since of the last known day.
        created: person_id, created_on of the last known day.
        seed: key of new ids.
        as_of: the day.
    """
    records = encoded.records.select("rec", "record_id", "created_on").join(clusters, on="rec").sort("rec")
    old = before.join(created, on="person_id").select(member="record_id", id="person_id", created_on="created_on")
    oldest = pl.concat_str(pl.col("created_on").dt.to_string("%Y-%m-%d"), pl.lit("\x1f"), "record_id")
    first = pl.col("record_id").sort_by(oldest).first().over("cluster")
    now = records.select(member="record_id", cluster="cluster", creator=first)
    names = named(now, old, "p", seed, as_of)
    held = _strongest(clusters, edges)
    member = (
        records.join(names.select("cluster", person_id="id"), on="cluster")
        .join(held, on="rec", how="left")
        .join(before.select("record_id", "since", previous_person_id="person_id"), on="record_id", how="left")
        .with_columns(
            tier=pl.col("tier").fill_null("exact"),
            rule=pl.col("rule").fill_null(CREATED),
            since=pl.when(pl.col("person_id") == pl.col("previous_person_id")).then("since").otherwise(pl.lit(as_of)),
            creator=first,
        )
        .sort("record_id")
    )
    people = names.select(person_id="id", created_on="created_on", is_new="is_new").sort("person_id")
    return Persons(member, people)


def _strongest(clusters: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """The strongest edge that holds each record in its cluster: rec, tier, rule."""
    kept = edges.filter(pl.col("kind") != "must_not_link").join(clusters, left_on="left", right_on="rec")
    kept = kept.join(clusters, left_on="right", right_on="rec", suffix="_of").filter(pl.col("cluster") == pl.col("cluster_of"))
    ends = pl.concat([kept.select("tier", "rule", rec=end) for end in ("left", "right")])
    return ends.sort("rec", "tier", "rule").unique("rec", keep="first", maintain_order=True)


def events(found: Persons, before: pl.DataFrame, edges: pl.DataFrame, seed: str, as_of: date) -> pl.DataFrame:
    """The table id_event of the day.

    create: a person none of whose records was known. split: a new person made of records of `other`. merge: `other` lost its
    id and its records are the person's; retire says the same of the lost id and names the winner. absorb: a new record joined.
    move: a record went from `other`, which lives on, to the person.
    """
    member = found.member.select("rec", "record_id", "person_id", "previous_person_id", "rule", "creator")
    new = found.people.filter("is_new").select("person_id")
    alive = found.people.select("person_id")
    knew = member.filter(pl.col("previous_person_id").is_not_null()).select("person_id").unique()
    born = member.join(new, on="person_id", how="semi").join(knew, on="person_id", how="anti")
    joined = member.filter(pl.col("previous_person_id").is_null()).join(born, on="record_id", how="anti")
    moved = member.filter(pl.col("previous_person_id") != pl.col("person_id"))
    crossing = _crossing(found.member, edges)
    moved = moved.drop("rule").join(crossing, on=["previous_person_id", "person_id"], how="left")
    from_lost = moved.join(alive, left_on="previous_person_id", right_on="person_id", how="anti")
    from_alive = moved.join(alive, left_on="previous_person_id", right_on="person_id", how="semi")
    lost = before.select("person_id").unique().join(alive, on="person_id", how="anti")
    told = [
        _told(born.filter(pl.col("record_id") == pl.col("creator")), "create", rule=pl.col("rule"), record=True),
        _told(joined, "absorb", rule=pl.col("rule"), record=True),
        _told(from_alive.join(new, on="person_id", how="semi"), "split", rule=pl.col("cause"), other=True),
        _told(from_alive.join(new, on="person_id", how="anti"), "move", rule=pl.col("cause"), other=True, record=True),
        _told(from_lost, "merge", rule=pl.col("cause"), other=True),
        _retired(lost, from_lost),
    ]
    out = pl.concat(told).unique().with_columns(on_day=pl.lit(as_of))
    parts = ["kind", "person_id", "other_person_id", "record_id"]
    keys = [[part or "" for part in row] for row in out.select(parts).iter_rows()]
    ids = [keyed_id("e", seed, *key, as_of.isoformat()) for key in keys]
    return out.with_columns(pl.Series("event_id", ids, dtype=pl.String)).sort("event_id")


def _told(frame: pl.DataFrame, kind: str, rule: pl.Expr, *, other: bool = False, record: bool = False) -> pl.DataFrame:
    nothing = pl.lit(None, pl.String)
    return frame.select(
        kind=pl.lit(kind),
        person_id="person_id",
        other_person_id=pl.col("previous_person_id") if other else nothing,
        record_id=pl.col("record_id") if record else nothing,
        rule=rule,
    )


def _retired(lost: pl.DataFrame, from_lost: pl.DataFrame) -> pl.DataFrame:
    """Lost ids and the person that got most of their records, so that a lost id resolves; null where they are all gone."""
    heirs = from_lost.group_by("previous_person_id", "person_id", "cause").len()
    heirs = heirs.sort("previous_person_id", "len", "person_id", descending=[False, True, False])
    heir = heirs.unique("previous_person_id", keep="first", maintain_order=True).select(
        "previous_person_id", "cause", heir="person_id"
    )
    told = lost.join(heir, left_on="person_id", right_on="previous_person_id", how="left")
    return told.select(
        kind=pl.lit("retire"), person_id="person_id", other_person_id="heir", record_id=pl.lit(None, pl.String), rule="cause"
    )


def _crossing(member: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """Why records of one old person are now in a given new one: previous_person_id, person_id, cause (may be absent).

    The strongest edge to what was there before; where they were parted, the veto or the order that parted them.
    """
    slim = member.select("rec", "person_id", "previous_person_id")
    ends = edges.join(slim, left_on="left", right_on="rec").join(slim, left_on="right", right_on="rec", suffix="_of")
    mirror = {one: f"{one}_of" for one in ("person_id", "previous_person_id")}
    swapped = ends.rename(mirror | {other: one for one, other in mirror.items()}).select(ends.columns)
    both = pl.concat([ends, swapped]).filter(pl.col("previous_person_id") != pl.col("person_id"))
    is_apart = pl.col("kind") == "must_not_link"
    joins = (
        ~is_apart
        & (pl.col("person_id") == pl.col("person_id_of"))
        & pl.col("previous_person_id").ne_missing(pl.col("previous_person_id_of"))
    )
    parts = (
        is_apart
        & (pl.col("previous_person_id") == pl.col("previous_person_id_of"))
        & (pl.col("person_id") != pl.col("person_id_of"))
    )
    causes = both.filter(joins | parts).with_columns(is_apart=is_apart)
    causes = causes.sort("previous_person_id", "person_id", "is_apart", "tier", "rule")
    first = causes.unique(["previous_person_id", "person_id"], keep="first", maintain_order=True)
    return first.select("previous_person_id", "person_id", cause="rule")
