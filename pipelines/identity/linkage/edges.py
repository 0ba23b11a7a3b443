"""Scored pairs as the table of edges, and what they say of each member: tier and rule."""

import numpy as np
import polars as pl

from pipelines.identity.linkage.encode import Records
from pipelines.identity.linkage.keys import NO_KEY, Keys
from pipelines.identity.linkage.pairs import Rule, rule_name
from pipelines.identity.linkage.refine import FORBIDDEN, ORDERED, Edges
from pipelines.identity.linkage.score import Scored, Scorer
from schemas.identity_model import IdentityModel

TIERS = pl.Enum(["exact", "strict", "loose"])
KINDS = pl.Enum(["matched", "must_link", "must_not_link", "household"])
CREATED = "created"  # the rule of a record that nothing ties to another
ORDER_KINDS = ("must_link", "must_not_link")
STEWARD = "steward"  # the rule of what a steward ordered

EDGES = pl.Schema(
    {
        "left_record_id": pl.String(),
        "right_record_id": pl.String(),
        "rule": pl.String(),
        "kind": KINDS,
        "tier": TIERS,
        "weight": pl.Float64(),
        "match": pl.Float64(),
        "household": pl.Float64(),
        "levels": pl.List(pl.Int8()),
    }
)


def edge_table(
    records: Records,
    model: IdentityModel,
    rules: tuple[Rule, ...],
    keys: Keys,
    ends: tuple[np.ndarray, np.ndarray],
    levels: np.ndarray,
    scored: Scored,
    scorer: Scorer,
) -> pl.DataFrame:
    """Pairs that are one person, or one household, with what they scored; sorted by their ends.

    `levels` holds a row per pair. Ends of records in their order keep left the smaller id.
    """
    is_match = scored.match >= model.thresholds.match
    chosen = np.flatnonzero(is_match | (scored.household >= model.thresholds.household))
    left, right = ends[0][chosen], ends[1][chosen]
    frame = pl.DataFrame(
        {
            "left_record_id": records.ids.gather(left),
            "right_record_id": records.ids.gather(right),
            "rule": _met_by(keys, rules, left, right),
            "kind": pl.Series(np.where(is_match[chosen], "matched", "household")),
            "tier": _tier(model, scorer, levels[chosen], scored.match[chosen]),
            "weight": scored.weight[chosen],
            "match": scored.match[chosen],
            "household": scored.household[chosen],
            "levels": pl.Series(levels[chosen].astype(np.int8)).cast(pl.List(pl.Int8)),
        }
    )
    return frame.cast(EDGES).sort("left_record_id", "right_record_id")


def _met_by(keys: Keys, rules: tuple[Rule, ...], left: np.ndarray, right: np.ndarray) -> pl.Series:
    """The first rule that made each pair."""
    first = np.full(len(left), len(rules), dtype=np.int16)
    for place, rule in reversed(list(enumerate(rules))):
        slots = keys.of_rule(rule)
        met = np.zeros(len(left), dtype=bool)
        for mine in slots:
            a = mine[left]
            for theirs in slots:
                met |= (a == theirs[right]) & (a != NO_KEY)
        first[met] = place
    names = pl.Series([*(rule_name(one) for one in rules), STEWARD], dtype=pl.String)
    return names.gather(pl.Series(first.astype(np.uint32)))


def _tier(model: IdentityModel, scorer: Scorer, levels: np.ndarray, match: np.ndarray) -> pl.Series:
    strong = np.zeros(len(levels), dtype=bool)
    for place, one in enumerate(scorer.comparers):
        if one.field.name in model.exact_by:
            strong |= levels[:, place] < one.bands
    strict = match >= model.thresholds.strict
    return pl.Series(np.where(strong & strict, "exact", np.where(strict, "strict", "loose")))


def with_ends(pairs: pl.DataFrame, told: pl.DataFrame, key: str) -> pl.DataFrame:
    """Pairs (left_record_id, right_record_id) with what is told of both ends, of the right one under names that end in _of.

    `told` is keyed by `key`. A pair of which either end is not told of is left out.
    """
    left = pairs.join(told, left_on="left_record_id", right_on=key)
    return left.join(told, left_on="right_record_id", right_on=key, suffix="_of")


def ordered_edges(records: Records, orders: pl.DataFrame) -> Edges:
    """A steward's orders (left_record_id, right_record_id, kind) as pairs of places; unknown records order nothing."""
    place = pl.DataFrame({"id": records.ids, "place": np.arange(len(records), dtype=np.int32)})
    known = with_ends(orders, place, "id")
    known = known.filter(pl.col("place") != pl.col("place_of"))
    odds = pl.when(pl.col("kind").cast(pl.String) == "must_not_link").then(FORBIDDEN).otherwise(ORDERED)
    told = known.select(left=pl.min_horizontal("place", "place_of"), right=pl.max_horizontal("place", "place_of"), odds=odds)
    first = told.sort("left", "right", "odds").unique(["left", "right"], keep="first", maintain_order=True)
    return Edges(first["left"].to_numpy(), first["right"].to_numpy(), first["odds"].to_numpy().astype(float))


def order_table(records: Records, orders: Edges) -> pl.DataFrame:
    """Orders in the shape of edges."""
    nothing = pl.lit(None)
    frame = pl.DataFrame(
        {
            "left_record_id": records.ids.gather(orders.left),
            "right_record_id": records.ids.gather(orders.right),
            "kind": np.where(orders.odds > 0, "must_link", "must_not_link"),
        },
        schema={"left_record_id": pl.String, "right_record_id": pl.String, "kind": pl.String},
    )
    return frame.select(
        "left_record_id", "right_record_id", rule=pl.lit(STEWARD), kind="kind", tier=pl.lit("exact"), weight=nothing,
        match=nothing, household=nothing, levels=nothing,
    ).select(EDGES.names()).cast(EDGES)  # fmt: skip


def held_by(members: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """members (record_id, person_id) with tier and rule of the strongest edge that holds each record in its person."""
    joining = edges.filter(pl.col("kind").is_in(["matched", "must_link"])).select(
        "left_record_id", "right_record_id", "tier", "rule", "weight"
    )
    slim = members.select("record_id", "person_id")
    inside = with_ends(joining, slim, "record_id")
    inside = inside.filter(pl.col("person_id") == pl.col("person_id_of"))
    ends = pl.concat(
        [inside.select(record_id=f"{end}_record_id", tier="tier", rule="rule", weight="weight") for end in ("left", "right")]
    )
    best = ends.sort("record_id", "tier", "weight", "rule", descending=[False, False, True, False], nulls_last=False)
    first = best.unique("record_id", keep="first", maintain_order=True).select("record_id", "tier", "rule")
    told = members.drop("tier", "rule", strict=False).join(first, on="record_id", how="left", maintain_order="left")
    return told.with_columns(pl.col("tier").fill_null(pl.lit("exact", TIERS)), pl.col("rule").fill_null(CREATED))
