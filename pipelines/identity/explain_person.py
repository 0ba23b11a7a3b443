"""Why the records of a person are one: the edges inside it, what holds each record, what was cut, and who shares the home."""

from dataclasses import dataclass

import polars as pl

from pipelines.identity.explain_history import Standing, history, standing

JOINING = ("matched", "must_link")
SHOWN = pl.Schema(
    {
        "left_record_id": pl.String(),
        "right_record_id": pl.String(),
        "rule": pl.String(),
        "kind": pl.String(),
        "tier": pl.Enum(["exact", "strict", "loose"]),
        "weight": pl.Float64(),
        "match": pl.Float64(),
        "household": pl.Float64(),
        "levels": pl.List(pl.Int8()),
    }
)
PATHS = pl.Schema(
    {
        "record_id": pl.String(),
        "path": pl.List(pl.String()),
        "tier": pl.String(),
        "rule": pl.String(),
        "weight": pl.Float64(),
    }
)


@dataclass(frozen=True)
class PersonExplanation:
    """One person. Frames are sorted; edges inside from the strongest down.

    standing: the id that was asked for and the person it stands for now.
    members: record_id, tier, rule, and household_id and since where the members hold them.
    inside: edges between its records (SHOWN), orders among them. orders: all a steward ordered about its records.
    paths: how each record hangs on the first: the way whose weakest edge is strongest, and that edge's tier, rule and weight;
        an empty path where no edge ties the record.
    cut: matched edges to records of other_person_id. homes: household edges to records of other_person_id.
    companions: person_id of everybody else in the household.
    history: events in words.
    """

    standing: Standing
    members: pl.DataFrame
    inside: pl.DataFrame
    orders: pl.DataFrame
    paths: pl.DataFrame
    cut: pl.DataFrame
    homes: pl.DataFrame
    companions: tuple[str, ...]
    history: pl.DataFrame

    @property
    def numbers(self) -> dict[str, str]:
        """Short names of its records, 1 and on, for tables of links."""
        return {record: str(place) for place, record in enumerate(self.members["record_id"], start=1)}

    @property
    def likeliest_homes(self) -> pl.DataFrame:
        """Of the household edges, the likeliest to each other person."""
        ordered = self.homes.sort("household", "left_record_id", "right_record_id", descending=[True, False, False])
        return ordered.unique("other_person_id", keep="first", maintain_order=True)


def explain_person(person_id: str, members: pl.DataFrame, edges: pl.DataFrame, events: pl.DataFrame) -> PersonExplanation:
    """Explain a person.

    Args:
        person_id: a living id or a retired one.
        members: record_id, person_id, tier, rule, and household_id where known, of everybody.
        edges: left_record_id, right_record_id, rule, kind, tier, and what was scored where it was; of everybody.
        events: the table id_event over all days; may be empty.
    """
    stands = standing(person_id, frozenset(members["person_id"].unique()), events)
    living = pl.lit(stands.living, pl.String)
    mine = members.filter(pl.col("person_id") == living).sort("record_id")
    owned = _with_owners(_touching(_shown(edges), mine["record_id"]), members)
    ours = (pl.col("left_person_id") == living, pl.col("right_person_id") == living)
    inside = owned.filter(ours[0] & ours[1]).select(SHOWN.names())
    across = owned.filter(ours[0] != ours[1]).with_columns(
        other_person_id=pl.when(ours[0]).then("right_person_id").otherwise("left_person_id")
    )
    across = across.select(*SHOWN.names(), "other_person_id")
    return PersonExplanation(
        standing=stands,
        members=mine,
        inside=inside,
        orders=owned.filter(pl.col("kind").is_in(["must_link", "must_not_link"])).select(SHOWN.names()),
        paths=strongest_paths(mine["record_id"], inside),
        cut=across.filter(pl.col("kind") == "matched"),
        homes=across.filter(pl.col("kind") == "household"),
        companions=_companions(members, mine, stands),
        history=history(stands.living or person_id, events),
    )


def strongest_paths(records: pl.Series, edges: pl.DataFrame) -> pl.DataFrame:
    """How each record hangs on the first of the strongest edge, over the way whose weakest edge is strongest.

    A maximum spanning tree, which holds such a way between any two nodes (Hu 1961).
    """
    ordered = _strongest_first(edges.filter(pl.col("kind").is_in(list(JOINING)))).to_dicts()
    tree = _tree(ordered)
    first = ordered[0]["left_record_id"] if ordered else None
    ways = _ways(first, tree)
    rows = [_row(record, ways.get(record)) for record in sorted(records)]
    return pl.DataFrame(rows, schema=PATHS, orient="row")


def _row(record: str, way: list[dict] | None) -> tuple:
    if not way:
        return (record, [record] if way is not None else [], None, None, None)
    weakest = max(way, key=lambda one: one["place"])
    return (record, [record, *(one["to"] for one in way)], str(weakest["tier"]), weakest["rule"], weakest["weight"])


def _tree(ordered: list[dict]) -> dict[str, list[dict]]:
    """Edges that first join two parts, strongest first, by both their ends."""
    part: dict[str, str] = {}
    tree: dict[str, list[dict]] = {}

    def top(one: str) -> str:
        while part.setdefault(one, one) != one:
            one = part[one]
        return one

    for place, edge in enumerate(ordered):
        left, right = edge["left_record_id"], edge["right_record_id"]
        a, b = top(left), top(right)
        if a != b:
            part[b] = a
            tree.setdefault(left, []).append(edge | {"to": right, "place": place})
            tree.setdefault(right, []).append(edge | {"to": left, "place": place})
    return tree


def _ways(first: str | None, tree: dict[str, list[dict]]) -> dict[str, list[dict]]:
    """Edges from each record to the first one, nearest to the record first."""
    ways: dict[str, list[dict]] = {} if first is None else {first: []}
    todo = list(ways)
    while todo:
        here = todo.pop()
        for edge in tree.get(here, []):
            if edge["to"] not in ways:
                ways[edge["to"]] = [edge | {"to": here}, *ways[here]]
                todo.append(edge["to"])
    return ways


def _shown(edges: pl.DataFrame) -> pl.DataFrame:
    """Edges in one shape: those of a rule have no scores."""
    lacking = [pl.lit(None, dtype).alias(name) for name, dtype in SHOWN.items() if name not in edges.columns]
    return edges.with_columns(pl.col("kind", "tier").cast(pl.String), *lacking).select(SHOWN.names()).cast(SHOWN)


def _strongest_first(edges: pl.DataFrame) -> pl.DataFrame:
    """By tier, then weight; what a steward or an id orders has none, and stands first."""
    keys = ["tier", "weight", "rule", "left_record_id", "right_record_id"]
    return edges.sort(keys, descending=[False, True, False, False, False], nulls_last=False)


def _touching(edges: pl.DataFrame, records: pl.Series) -> pl.DataFrame:
    mine = records.implode()
    near = edges.filter(pl.col("left_record_id").is_in(mine) | pl.col("right_record_id").is_in(mine))
    return _strongest_first(near)


def _with_owners(edges: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    owner = members.select("record_id", "person_id")
    for end in ("left", "right"):
        named = owner.rename({"record_id": f"{end}_record_id", "person_id": f"{end}_person_id"})
        edges = edges.join(named, on=f"{end}_record_id", how="inner", maintain_order="left")
    return edges


def _companions(members: pl.DataFrame, mine: pl.DataFrame, stands: Standing) -> tuple[str, ...]:
    if "household_id" not in members.columns or mine.is_empty():
        return ()
    home = members.filter(pl.col("household_id").is_in(mine["household_id"].unique().implode()))
    return tuple(sorted(set(home["person_id"]) - {stands.living}))
