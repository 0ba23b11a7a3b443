"""Labels as persons: the member table, and every id event of the day with the edge that caused it."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.identity.ids import keyed_id, named
from pipelines.identity.linkage.edges import TIERS, with_ends

EVENT = ("kind", "person_id", "other_person_id", "record_id", "rule", "left_record_id", "right_record_id")


@dataclass(frozen=True)
class Persons:
    """member: the table of that name with previous_person_id and creator besides. people: person_id, created_on, is_new."""

    member: pl.DataFrame
    people: pl.DataFrame


def persons(
    records: pl.DataFrame, labels: pl.DataFrame, *, before: pl.DataFrame, created: pl.DataFrame, seed: str, as_of: date
) -> Persons:
    """Name the persons of the day.

    Args:
        records: record_id, created_on.
        labels: record_id, label (equal where one person), tier, rule.
        before: record_id, person_id, since of the last known day.
        created: person_id, created_on of the last known day.
        seed: key of new ids.
        as_of: the day.
    """
    told = records.join(labels, on="record_id").sort("record_id")
    old = before.join(created, on="person_id").select(member="record_id", id="person_id", created_on="created_on")
    oldest = pl.concat_str(pl.col("created_on").dt.to_string("%Y-%m-%d"), pl.lit("\x1f"), "record_id")
    first = (
        told.select("label", "record_id", oldest=oldest)
        .sort("label", "oldest")
        .unique("label", keep="first", maintain_order=True)
    )
    told = told.join(first.select("label", creator="record_id"), on="label", maintain_order="left")
    names = named(told.select(member="record_id", cluster="label", creator="creator"), old, "p", seed, as_of)
    member = (
        told.join(names.select(label="cluster", person_id="id"), on="label")
        .join(before.select("record_id", "since", previous_person_id="person_id"), on="record_id", how="left")
        .with_columns(since=pl.when(pl.col("person_id") == pl.col("previous_person_id")).then("since").otherwise(pl.lit(as_of)))
        .sort("record_id")
    )
    people = names.select(person_id="id", created_on="created_on", is_new="is_new").sort("person_id")
    return Persons(member, people)


def events(
    found: Persons, before: pl.DataFrame, edges: pl.DataFrame, ordered: pl.DataFrame, *, seed: str, as_of: date
) -> pl.DataFrame:
    """The table id_event of the day.

    create: a person none of whose records was known. split: a new person made of records of `other`. merge: `other` lost its
    id and its records are the person's; retire says the same of the lost id and names the winner. absorb: a new record joined.
    move: a record went from `other`, which lives on, to the person. manual: an order of the steward came or went.

    Args:
        found: the persons of the day.
        before: person_id of the last known day.
        edges: left_record_id, right_record_id, rule, kind, tier between records.
        ordered: left_record_id, right_record_id, rule of orders that came or went.
        seed: key of ids.
        as_of: the day.
    """
    member = found.member.select("record_id", "person_id", "previous_person_id", "rule", "creator")
    new = found.people.filter("is_new").select("person_id")
    alive = found.people.select("person_id")
    knew = member.filter(pl.col("previous_person_id").is_not_null()).select("person_id").unique()
    born = member.join(new, on="person_id", how="semi").join(knew, on="person_id", how="anti")
    joined = member.filter(pl.col("previous_person_id").is_null()).join(born, on="record_id", how="anti")
    moved = member.filter(pl.col("previous_person_id") != pl.col("person_id"))
    crossing = _crossing(found.member, edges)
    moved = moved.join(crossing, on=["previous_person_id", "person_id"], how="left")
    moved = moved.with_columns(cause=pl.coalesce("cause", pl.col("rule").min().over("previous_person_id", "person_id")))
    from_lost = moved.join(alive, left_on="previous_person_id", right_on="person_id", how="anti")
    from_alive = moved.join(alive, left_on="previous_person_id", right_on="person_id", how="semi")
    lost = before.select("person_id").unique().join(alive, on="person_id", how="anti")
    told = [
        _told(born.filter(pl.col("record_id") == pl.col("creator")), "create", rule=pl.col("rule"), record=True),
        _told(joined, "absorb", rule=pl.col("rule"), record=True),
        _told(from_alive.join(new, on="person_id", how="semi"), "split", rule=pl.col("cause"), edge=True, other=True),
        _told(from_alive.join(new, on="person_id", how="anti"), "move", rule=pl.col("cause"), edge=True, other=True, record=True),
        _told(from_lost, "merge", rule=pl.col("cause"), edge=True, other=True),
        _retired(lost, from_lost),
        _manual(found.member, ordered),
    ]
    out = pl.concat(told).unique().with_columns(on_day=pl.lit(as_of))
    parts = ["kind", "person_id", "other_person_id", "record_id", "left_record_id", "right_record_id"]
    keys = [[part or "" for part in row] for row in out.select(parts).iter_rows()]
    ids = [keyed_id("e", seed, *key, as_of.isoformat()) for key in keys]
    return out.with_columns(pl.Series("event_id", ids, dtype=pl.String)).sort("event_id")


def _told(
    frame: pl.DataFrame, kind: str, rule: pl.Expr, *, other: bool = False, record: bool = False, edge: bool = False
) -> pl.DataFrame:
    nothing = pl.lit(None, pl.String)
    return frame.select(
        kind=pl.lit(kind),
        person_id="person_id",
        other_person_id=pl.col("previous_person_id") if other else nothing,
        record_id=pl.col("record_id") if record else nothing,
        rule=rule,
        left_record_id=pl.col("left_record_id") if edge else nothing,
        right_record_id=pl.col("right_record_id") if edge else nothing,
    ).select(EVENT)


def _retired(lost: pl.DataFrame, from_lost: pl.DataFrame) -> pl.DataFrame:
    """Lost ids and the person that got most of their records, so that a lost id resolves; null where they are all gone."""
    heirs = from_lost.group_by("previous_person_id", "person_id", "cause", "left_record_id", "right_record_id").len()
    heirs = heirs.sort("previous_person_id", "len", "person_id", descending=[False, True, False])
    heir = heirs.unique("previous_person_id", keep="first", maintain_order=True).select(
        "previous_person_id", "cause", "left_record_id", "right_record_id", heir="person_id"
    )
    told = lost.join(heir, left_on="person_id", right_on="previous_person_id", how="left")
    return told.select(
        "person_id", "left_record_id", "right_record_id", kind=pl.lit("retire"), other_person_id="heir",
        record_id=pl.lit(None, pl.String), rule="cause",
    ).select(EVENT)  # fmt: skip


def _manual(member: pl.DataFrame, ordered: pl.DataFrame) -> pl.DataFrame:
    """Orders that came or went, with the persons of their ends after the day."""
    slim = member.select("record_id", "person_id")
    told = with_ends(ordered, slim, "record_id")
    return told.select(
        "person_id", "rule", "left_record_id", "right_record_id", kind=pl.lit("manual"), other_person_id="person_id_of",
        record_id="left_record_id",
    ).select(EVENT)  # fmt: skip


def _crossing(member: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """Why records of one old person are now in a given new one: previous_person_id, person_id, cause and edge (may be absent).

    The strongest edge to what was there before; where they were parted, the order that parted them. Where there is neither, the
    event names the rule that holds the records where they are now.
    """
    slim = member.select("record_id", "person_id", "previous_person_id")
    ends = with_ends(edges, slim, "record_id")
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
    causes = causes.sort(
        "previous_person_id", "person_id", "is_apart", pl.col("tier").cast(TIERS), "rule", "left_record_id", "right_record_id"
    )
    first = causes.unique(["previous_person_id", "person_id"], keep="first", maintain_order=True)
    return first.select("previous_person_id", "person_id", "left_record_id", "right_record_id", cause="rule")


def retired(before: pl.DataFrame, told: pl.DataFrame, alive: pl.Series, as_of: date) -> pl.DataFrame:
    """The table retired_person: every id that is no more, and the living person that it means through all chains.

    Args:
        before: the table of the last known day.
        told: id_event of the day.
        alive: person ids of the day.
        as_of: the day.
    """
    new = told.filter(pl.col("kind").cast(pl.String) == "retire")
    fresh = new.select("rule", retired_person_id="person_id", person_id="other_person_id", retired_on=pl.lit(as_of))
    every = pl.concat([fresh.select(before.columns), before]).unique("retired_person_id", keep="first", maintain_order=True)
    every = every.filter(~pl.col("retired_person_id").is_in(alive.implode()))
    heirs = every.select(person_id="retired_person_id", heir="person_id")
    while True:
        after = every.join(heirs, on="person_id", how="left", maintain_order="left")
        chained = pl.col("person_id").is_in(heirs["person_id"].implode()).fill_null(False)
        moved = after.with_columns(person_id=pl.when(chained).then("heir").otherwise("person_id")).drop("heir")
        if moved.equals(every):
            return every.sort("retired_person_id")
        every = moved
