"""What the plan spends per member and year, by segment and by every split of a segment that follows its members."""

from collections.abc import Mapping

import polars as pl

from schemas.policy import Policy

BUDGET: dict[str, pl.DataType | type[pl.DataType]] = {
    "segment": pl.String,
    "by": pl.String,
    "name": pl.String,
    "usd_per_year": pl.Float64,
    "members": pl.Int64,
    "usd_per_member": pl.Float64,
}
WHOLE = "segment"
_COLUMNS = {"market": "market", "brand": "brand", "market_type": "market_type"}


def budget(policy: Policy, membership: pl.DataFrame) -> pl.DataFrame:
    """segment, by, name, usd_per_year, members, usd_per_member; see BUDGET. usd_per_member is null where there is no member.

    `by` is segment for a segment as a whole, else the dimension that its budget is split by: market, market_type or brand. A
    split by channel has no members of its own and is left out. Members of no known market are in the whole and in no part.
    """
    kinds = {one.market: one.type for one in policy.group.markets}
    kind = pl.col("market").replace_strict(kinds, default=None, return_dtype=pl.String)
    people = membership.select(pl.col("segment").cast(pl.String), "brand", "market", market_type=kind)
    rows = [row for segment in sorted(policy.channels.segment_priority) for row in _segment(policy, people, segment)]
    frame = pl.DataFrame(rows, schema={name: dtype for name, dtype in BUDGET.items() if name != "usd_per_member"}, orient="row")
    each = pl.when(pl.col("members") > 0).then(pl.col("usd_per_year") / pl.col("members"))
    return frame.with_columns(usd_per_member=each).select(list(BUDGET))


def segment_usd(policy: Policy, segment: str) -> dict[str | None, float]:
    """US dollars a year of a segment by type of market, where the plan splits by it first; under None where it does not."""
    plan, total = policy.plan.budget.splits, policy.plan.budget.total_usd_per_year
    if "total_by_segment" in plan:
        return {None: total * _share(policy, "total_by_segment", segment)}
    types = {one.name: one.share for one in plan.get("total_by_market_type", ())}
    return {kind: total * share * _share(policy, f"{kind}_by_segment", segment) for kind, share in types.items()}


def cell_budget(policy: Policy, membership: pl.DataFrame) -> dict[str, float]:
    """US dollars a year of each cell: what the plan gives its segment, market and brand, shared by all members there alike.

    Where the plan does not split a segment by market or brand, its members share alike whatever theirs is.
    """
    kinds = {one.market: one.type for one in policy.group.markets}
    found: dict[str, float] = {}
    for segment in sorted(policy.channels.segment_priority):
        usd = segment_usd(policy, segment)
        splits = {one: policy.plan.budget.splits.get(f"{segment}_by_{one}", ()) for one in ("market", "brand")}
        shares = {one: {part.name: part.share for part in parts} for one, parts in splits.items() if parts}
        mine = membership.filter(pl.col("segment").cast(pl.String) == segment)
        for (cell, market, brand), count in sorted(_counted(mine, shares, kinds if None not in usd else {}).items()):
            whole = usd[None] if None in usd else usd.get(kinds.get(market), 0.0)
            for dimension, name in (("market", market), ("brand", brand)):
                whole *= shares[dimension].get(name, 0.0) if dimension in shares else 1.0
            found[cell] = found.get(cell, 0.0) + whole * count
    return found


def _counted(members: pl.DataFrame, shares: Mapping[str, object], kinds: Mapping[str, str]) -> dict[tuple[str, str, str], float]:
    """Per cell, market and brand the share that its members are of all who share one part of the budget."""
    kind = pl.col("market").replace_strict(kinds, default=None, return_dtype=pl.String) if kinds else pl.lit(None, pl.String)
    of_part = [pl.col(one) if one in shares else pl.lit(None, pl.String).alias(one) for one in ("market", "brand")]
    part = pl.struct(*of_part, kind.alias("kind")).alias("part")
    named = members.select("cell", pl.col("market").fill_null(""), "brand", part)
    sizes = named.group_by("cell", "market", "brand", "part").agg(n=pl.len())
    told = sizes.with_columns(share=pl.col("n") / pl.col("n").sum().over("part"))
    return {(row["cell"], row["market"], row["brand"]): float(row["share"]) for row in told.iter_rows(named=True)}


def _segment(policy: Policy, people: pl.DataFrame, segment: str) -> list[tuple[str, str, str, float, int]]:
    mine, usd = people.filter(pl.col("segment") == segment), segment_usd(policy, segment)
    total = sum(usd.values())
    rows = [(segment, WHOLE, segment, total, mine.height)]
    for kind, part in usd.items():
        if kind is not None:
            rows.append((segment, "market_type", kind, part, mine.filter(pl.col("market_type") == kind).height))
    for dimension, column in _COLUMNS.items():
        for one in policy.plan.budget.splits.get(f"{segment}_by_{dimension}", ()):
            rows.append((segment, dimension, one.name, total * one.share, mine.filter(pl.col(column) == one.name).height))
    return rows


def _share(policy: Policy, split: str, name: str) -> float:
    return sum(one.share for one in policy.plan.budget.splits.get(split, ()) if one.name == name)
