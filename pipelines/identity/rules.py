"""Which meetings are edges: the rules of identity as one table of conditions, and the steward's rules beside it.

A learned model can take this module's place: what follows needs only edges with rule, kind and tier.
"""

import polars as pl

from pipelines.identity.block import Meetings
from pipelines.identity.cluster import components
from pipelines.identity.compare import MISSING, PERHAPS, SAME
from pipelines.identity.encode import Encoded

TIERS = pl.Enum(["exact", "strict", "loose"])
# The checker sees a mapping of objects, because classes and instances of dtypes stand side by side.
EDGES = pl.Schema({"left": pl.UInt32, "right": pl.UInt32, "rule": pl.String, "kind": pl.String, "tier": TIERS})  # type: ignore[arg-type]

_FIRST, _LAST = pl.col("first_state"), pl.col("last_state")
_NAMED = (_FIRST >= PERHAPS) & (_LAST >= PERHAPS)
_UNCONTRADICTED = (_FIRST >= PERHAPS) | ((_FIRST == MISSING) & (_LAST >= MISSING))
_IS_PERSON = ~pl.col("is_business")
_NUMBERED = {"customer": "customer_number", "crm": "crm_id", "web_user": "web_user_id"}

# kind of identifier, rule, tier, condition on the names. The first row that holds names the edge.
RULES: tuple[tuple[str, str, str, pl.Expr], ...] = (
    *((kind, rule, "exact", _UNCONTRADICTED) for kind, rule in _NUMBERED.items()),
    ("email", "email_hash", "loose", _UNCONTRADICTED & pl.col("is_hashed")),
    ("email", "email_name", "exact", _NAMED),
    ("email", "email_first_name", "strict", (_FIRST >= PERHAPS) & _IS_PERSON),
    ("email", "email_only", "loose", (_FIRST == MISSING) & (_LAST >= MISSING) & _IS_PERSON),
    ("phone", "phone_name", "strict", _NAMED & _IS_PERSON),
    ("phone", "phone_only", "loose", (_FIRST == MISSING) & (_LAST >= MISSING) & _IS_PERSON),
    ("address", "address_name", "strict", _NAMED & _IS_PERSON),
    ("vin", "vin_name", "strict", (_FIRST >= PERHAPS) & (_LAST == SAME) & _IS_PERSON),
)


def rule_edges(encoded: Encoded, met: Meetings, states: pl.DataFrame) -> pl.DataFrame:
    """Edges between records from meetings and the agreement of their names: left < right (rec), rule, kind, tier."""
    nodes = met.nodes.join(encoded.signatures.select("sig", "first", "last", "is_business"), on="sig").sort("node")
    pairs = _judged(nodes, met.pairs, states)
    vetoed = pairs.filter(pl.col("veto").is_not_null()).with_columns(
        rule=pl.col("veto"), kind=pl.lit("must_not_link"), tier=pl.lit("exact")
    )
    kept = _unambiguous(nodes, pairs.filter(pl.col("veto").is_null())).with_columns(kind=pl.lit("matched"))
    reps = pl.concat([kept.select(_ENDS), vetoed.select(_ENDS)])
    edges = pl.concat([reps, _stars(nodes, met.members)]).filter(pl.col("left") != pl.col("right"))
    ends = {"left": pl.min_horizontal("left", "right"), "right": pl.max_horizontal("left", "right")}
    ordered = edges.select(*_REST, **ends).select(_ENDS)
    return ordered.unique(["left", "right", "rule"], keep="any").cast(EDGES).sort("left", "right", "rule")


_REST = ("rule", "kind", "tier")
_ENDS = ("left", "right", *_REST)


def _judged(nodes: pl.DataFrame, pairs: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """Pairs of nodes of which a rule holds, with the ends' first records."""
    slim = nodes.select("node", "sig", "rep", "is_hashed", "is_business", "first", "kind", "value")
    wide = (
        pairs.select(node="left", node_of="right")
        .join(slim, on="node")
        .join(slim, left_on="node_of", right_on="node", suffix="_of")
    )
    keyed = wide.with_columns(a=pl.min_horizontal("sig", "sig_of"), b=pl.max_horizontal("sig", "sig_of"))
    keyed = keyed.join(states, left_on=["a", "b"], right_on=["left", "right"])
    keyed = keyed.with_columns(is_hashed=pl.col("is_hashed") | pl.col("is_hashed_of"), left="rep", right="rep_of")
    return _ruled(keyed).sort("node", "node_of")


def _ruled(frame: pl.DataFrame) -> pl.DataFrame:
    """The first rule that holds for each row; rows without one are dropped."""
    names = [pl.when((pl.col("kind") == kind) & holds).then(pl.lit(name)) for kind, name, _, holds in RULES]
    levels = {name: level for _, name, level, _ in RULES}
    told = frame.with_columns(rule=pl.coalesce(names)).with_columns(
        tier=pl.col("rule").replace_strict(levels, return_dtype=pl.String)
    )
    return told.filter(pl.col("rule").is_not_null())


def _stars(nodes: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Records of one name under one value hang on the first of them; a name agrees with itself as far as it goes."""
    first = _own_state(pl.coalesce("first", pl.when("is_business").then("last")))
    ends = members.join(nodes, on="node").filter(pl.col("rec") != pl.col("rep"))
    stated = ends.with_columns(first_state=first, last_state=_own_state(pl.col("last")), left="rep", right="rec")
    return _ruled(stated).with_columns(kind=pl.lit("matched")).select(_ENDS)


def _own_state(name: pl.Expr) -> pl.Expr:
    return pl.when(name.is_null()).then(MISSING).when(name.str.len_chars() == 1).then(PERHAPS).otherwise(SAME)


def _unambiguous(nodes: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Drop pairs in which a nameless record, or an initial, could be either of two people under one value.

    Full names form groups first; an initial joins the one group it fits; a nameless record joins where one group is left.
    """
    name = pl.coalesce("first", pl.when("is_business").then("last"))
    strength = nodes.select("node", strength=pl.when(name.is_null()).then(0).when(name.str.len_chars() == 1).then(1).otherwise(2))
    both = pairs.join(strength, on="node").join(strength, left_on="node_of", right_on="node", suffix="_of")
    total = len(nodes)
    kept = both.filter(pl.min_horizontal("strength", "strength_of") == 2)
    for weak in (1, 0):
        group = pl.Series("group", components(total, kept["node"], kept["node_of"]))
        kept = pl.concat(
            [kept, _joining(both, weak, group), both.filter((pl.col("strength") == weak) & (pl.col("strength_of") == weak))]
        )
    return kept.drop("strength", "strength_of").unique(["node", "node_of"], maintain_order=True)


def _joining(both: pl.DataFrame, weak: int, group: pl.Series) -> pl.DataFrame:
    """Pairs of a weak node with a stronger one, where all its stronger partners are one group."""
    is_left = (pl.col("strength") == weak) & (pl.col("strength_of") > weak)
    is_right = (pl.col("strength_of") == weak) & (pl.col("strength") > weak)
    mixed = both.filter(is_left | is_right).with_columns(
        weak=pl.when(is_left).then("node").otherwise("node_of"), strong=pl.when(is_left).then("node_of").otherwise("node")
    )
    groups = pl.DataFrame({"strong": pl.Series(range(len(group)), dtype=pl.UInt32), "group": group})
    counted = mixed.join(groups, on="strong", maintain_order="left").filter(pl.col("group").n_unique().over("weak") == 1)
    return counted.select(both.columns)
