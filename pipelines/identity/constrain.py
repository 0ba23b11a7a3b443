"""Clusters built edge by edge, best first, refusing every union that would join two people who must stay apart.

A loop in Python: only for the few components that hold such a pair. A cluster knows the birth date, generation and
names of its records and its foes, so a refusal is inherited through every later union.
"""

from dataclasses import dataclass, field

import polars as pl

STEWARD = "steward"  # the rule of edges that a steward ordered

Pair = tuple[str, str]


@dataclass
class _Cluster:
    """What a cluster must not be joined with."""

    births: set[object] = field(default_factory=set)
    generations: set[object] = field(default_factory=set)
    firsts: set[str] = field(default_factory=set)
    lasts: set[str] = field(default_factory=set)
    members: set[int] = field(default_factory=set)
    foes: set[int] = field(default_factory=set)


def constrained(records: pl.DataFrame, edges: pl.DataFrame, clashes: pl.DataFrame) -> pl.DataFrame:
    """Clusters of some records.

    Args:
        records: rec, first, last, generation, birth_date, is_business.
        edges: left, right, rule, kind, tier among those records.
        clashes: part (first or last), a, b: names that are different people's.

    Returns:
        rec, cluster (smallest rec). A steward's must_not_link is never broken; his must_link breaks all else.
    """
    state = {row["rec"]: _start(row) for row in records.sort("rec").iter_rows(named=True)}
    parent = {rec: rec for rec in state}
    different = {part: _pairs(clashes, part) for part in ("first", "last")}
    steward = edges.filter((pl.col("kind") == "must_not_link") & (pl.col("rule") == STEWARD))
    for left, right in steward.select("left", "right").iter_rows():
        state[left].foes.add(right)
        state[right].foes.add(left)
    order = edges.filter(pl.col("kind") != "must_not_link").sort(pl.col("kind") != "must_link", "tier", "left", "right", "rule")
    for left, right, kind, tier in order.select("left", "right", "kind", "tier").iter_rows():
        a, b = sorted((_root(parent, left), _root(parent, right)))
        if a != b and _may_join(state[a], state[b], kind == "must_link", tier == "loose", different):
            parent[b] = a
            _join(state[a], state.pop(b))
    rows = [(rec, _root(parent, rec)) for rec in parent]
    return pl.DataFrame(rows, schema={"rec": pl.UInt32, "cluster": pl.Int64}, orient="row").sort("rec")


def _start(row: dict[str, object]) -> _Cluster:
    is_person = not row["is_business"]
    return _Cluster(
        births=_known(row["birth_date"]),
        generations=_known(row["generation"]),
        firsts=_full(row["first"]) if is_person else set(),
        lasts=_full(row["last"]) if is_person else set(),
        members={int(str(row["rec"]))},
    )


def _known(value: object) -> set[object]:
    return set() if value is None else {value}


def _full(name: object) -> set[str]:
    """A name of one letter contradicts nothing: it was compared where it met the other."""
    return {name} if isinstance(name, str) and len(name) > 1 else set()


def _pairs(clashes: pl.DataFrame, part: str) -> set[Pair]:
    return set(clashes.filter(pl.col("part") == part).select("a", "b").iter_rows())


def _root(parent: dict[int, int], rec: int) -> int:
    while parent[rec] != rec:
        parent[rec] = parent[parent[rec]]
        rec = parent[rec]
    return rec


def _may_join(a: _Cluster, b: _Cluster, is_ordered: bool, is_loose: bool, different: dict[str, set[Pair]]) -> bool:
    """Whether two clusters may be one. Family names change in marriage, so they hold only against loose edges."""
    if a.foes & b.members or b.foes & a.members:
        return False
    if is_ordered:
        return True
    if len(a.births | b.births) > 1 and not (a.births & b.births):
        return False
    if len(a.generations | b.generations) > 1 and not (a.generations & b.generations):
        return False
    if _clash(a.firsts, b.firsts, different["first"]):
        return False
    return not (is_loose and _clash(a.lasts, b.lasts, different["last"]))


def _clash(a: set[str], b: set[str], different: set[Pair]) -> bool:
    """Whether more pairs of names differ than agree: one short form unknown to the other spellings parts nobody."""
    differing = sum((min(x, y), max(x, y)) in different for x in a for y in b)
    return 2 * differing > len(a) * len(b)


def _join(a: _Cluster, b: _Cluster) -> None:
    a.births |= b.births
    a.generations |= b.generations
    a.firsts |= b.firsts
    a.lasts |= b.lasts
    a.members |= b.members
    a.foes |= b.foes
