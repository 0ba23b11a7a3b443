"""Cells too small for a platform, pooled into the list of their brand or audience: policy says which parts a name may lose.

A person of a pooled cell stands in the parent list alone, once. A cell that was pooled stands alone again only when it is well
above the minimum, so that nobody moves to and fro between two lists.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from pipelines.activation.export_names import chains
from pipelines.step import Day
from schemas.policy.channels import Platform

Ancestors = Mapping[str, Sequence[str]]
POOLED = pl.Schema({"platform": pl.String, "cell": pl.String, "sent_as": pl.String})


def pooled(day: Day, members: pl.DataFrame, held: pl.DataFrame | None = None) -> pl.DataFrame:
    """platform, cell, sent_as of every cell that goes as part of a parent list.

    Args:
        day: the day and its policy.
        members: platform, cell, person_id of those who may go.
        held: platform, cell of what is there already; absent: every cell is judged as if it were new.
    """
    there = set() if held is None else set(held.select("platform", "cell").unique().rows())
    rows: list[tuple[str, str, str]] = []
    for name, one in sorted(day.policy.channels.platforms.items()):
        if not one.pool_small_cells_by:
            continue
        mine = members.filter(pl.col("platform") == name)
        cells = {cell: set(group["person_id"]) for (cell,), group in mine.group_by("cell")}
        cells = {str(cell): people for cell, people in cells.items()}
        chain = chains(day.policy, one)
        up = {cell: ancestors_of(chain, cell) for cell in cells}
        small = {cell for cell, people in cells.items() if len(people) < _least(one, name, cell, up[cell], there)}
        rows += [(name, cell, parent) for cell, parent in sorted(_parents(one, cells, up, small).items())]
    return pl.DataFrame(rows, schema=POOLED, orient="row")


def into_parents(members: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Members with the cell that they are sent in; a person of two cells of one parent stands there once."""
    joined = members.join(found, on=["platform", "cell"], how="left", maintain_order="left")
    ordered = joined.sort("platform", "cell", "person_id", maintain_order=True)
    named = ordered.with_columns(cell=pl.coalesce("sent_as", "cell")).drop("sent_as")
    return named.unique(["platform", "cell", "person_id"], keep="first", maintain_order=True).select(members.columns)


def refused_there(day: Day, refused: pl.DataFrame) -> pl.DataFrame:
    """The refusals of cells that can be pooled, under the names of their parents: who is held there may be refused here."""
    pairs: list[tuple[str, str, str]] = []
    for name, one in sorted(day.policy.channels.platforms.items()):
        chain = chains(day.policy, one) if one.pool_small_cells_by else {}
        cells = refused.filter(pl.col("platform") == name).get_column("cell").unique().sort() if chain else ()
        pairs += [(name, cell, parent) for cell in cells for parent in ancestors_of(chain, cell)]
    named = refused.join(pl.DataFrame(pairs, schema=POOLED, orient="row"), on=["platform", "cell"])
    named = named.with_columns(cell="sent_as").select(refused.columns)
    return named.unique(["platform", "cell", "person_id"], keep="first", maintain_order=True)


def ancestors_of(chain: Ancestors, cell: str) -> list[str]:
    """The lists that a cell may be pooled into, nearest first. What stands around its name, as the channels at its end, stays."""
    head, space, bare = cell.rpartition(" ")
    base = bare
    while base and base not in chain:
        base = base.rpartition("_")[0]
    return [f"{head}{space}{parent}{bare[len(base) :]}" for parent in chain.get(base, ())]


def _least(one: Platform, name: str, cell: str, up: Sequence[str], there: set[tuple[str, str]]) -> float:
    is_pooled = (name, cell) not in there and any((name, parent) in there for parent in up)
    return one.min_members * (one.unpool_from if is_pooled else 1)


def _parents(one: Platform, cells: Mapping[str, set[str]], up: Mapping[str, Sequence[str]], small: set[str]) -> dict[str, str]:
    """The nearest parent of each small cell in which the small cells that share it are enough people together."""
    found: dict[str, str] = {}
    for level in range(max((len(parents) for parents in up.values()), default=0)):
        families: dict[str, list[str]] = {}
        for cell in sorted(small - set(found)):
            if level < len(up[cell]):
                families.setdefault(up[cell][level], []).append(cell)
        for parent, children in families.items():
            if len(set().union(*(cells[child] for child in children))) >= one.min_members:
                found |= dict.fromkeys(children, parent)
    return found
