"""The figures that a rule looks at, on both days, for everybody whose membership changed. Nothing personal is among them."""

from collections.abc import Sequence

import polars as pl

from pipelines.audiences.compile import PERSONAL, exclusion_name
from pipelines.audiences.eligible import running
from pipelines.audiences.preview import Side
from pipelines.audiences.rules import expression_columns, leaves
from schemas.policy import Policy

KEY = ["person_id", "brand"]
TIER_ORDER = ("cold", "warm", "hot")
ROW: dict[str, pl.DataType | type[pl.DataType]] = {
    "audience": pl.String, "person_id": pl.String, "change": pl.String, "before": pl.String, "after": pl.String,
    "figure_trait": pl.String, "number_before": pl.Float64, "number_after": pl.Float64, "turned_triggers": pl.List(pl.String),
}  # fmt: skip


def columns_of(policy: Policy) -> dict[tuple[str, str, str], list[str]]:
    """The columns that each condition and exclusion names, by audience, kind and name; personal ones left out."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for one in running(policy):
        for leaf, _ in leaves(one.rules):
            found.setdefault((one.audience, "rule", str(leaf.name)), set()).update(expression_columns(leaf.when or ""))
        for at, exclusion in enumerate(one.exclusions):
            for leaf, _ in leaves(exclusion):
                key = (one.audience, "exclusion", exclusion_name(exclusion, at))
                found.setdefault(key, set()).update(expression_columns(leaf.when or ""))
    return {key: sorted(names - PERSONAL) for key, names in found.items()}


def figures_of(changes: pl.DataFrame, before: Side, after: Side) -> pl.DataFrame:
    """The columns of ROW for each row of `changes` (audience, person_id, brand, change, kind, what, condition, trait).

    before, after: name and value of each column, as text. number_*: the trait as a number; a tier counts as its place.
    turned_triggers: those in force on one of the days only.
    """
    known = {**columns_of(before.policy), **columns_of(after.policy)}
    is_exclusion = pl.col("kind") == "exclusion"
    named = changes.with_columns(
        of=pl.when(is_exclusion).then(pl.lit("exclusion")).otherwise(pl.lit("rule")),
        named=pl.when(is_exclusion).then("what").otherwise("condition"),
    )
    pieces = [pl.DataFrame(schema=ROW)]
    for (audience, of, name), rows in named.filter(pl.col("named").is_not_null()).group_by("audience", "of", "named"):
        columns = known.get((str(audience), str(of), str(name)), [])
        pieces.append(_figures(rows, columns, before, after))
    return pl.concat(pieces)


def _figures(rows: pl.DataFrame, columns: Sequence[str], before: Side, after: Side) -> pl.DataFrame:
    sides = [side["candidate"].join(rows, on=KEY, how="semi") for side in (before, after)]
    there = [name for name in columns if all(name in side.columns for side in sides)]
    both = rows.join(sides[0].select(*KEY, *there), on=KEY, how="left").join(
        sides[1].select(*KEY, *there), on=KEY, how="left", suffix="_after"
    )
    differs = [pl.when(pl.col(name).ne_missing(pl.col(f"{name}_after"))).then(pl.lit(name)) for name in there]
    trait = pl.coalesce("trait", *differs) if differs else pl.col("trait")
    told = both.with_columns(
        before=_text(sides[0], there, ""), after=_text(sides[1], there, "_after"), figure_trait=trait,
        turned_triggers=_turned_triggers(there),
    )  # fmt: skip
    return told.with_columns(number_before=_number(sides[0], there, ""), number_after=_number(sides[0], there, "_after")).select(
        pl.col(name).cast(dtype) for name, dtype in ROW.items()
    )


def _turned_triggers(columns: Sequence[str]) -> pl.Expr:
    if "triggers" not in columns:
        return pl.lit([], pl.List(pl.String))
    sides = [pl.col(name).fill_null([]) for name in ("triggers", "triggers_after")]
    return sides[0].list.set_symmetric_difference(sides[1])


def _text(side: pl.DataFrame, columns: Sequence[str], suffix: str) -> pl.Expr:
    if not columns:
        return pl.lit(None, pl.String)
    parts = [pl.concat_str(pl.lit(f"{name} "), _plain(side.schema[name], name + suffix)) for name in columns]
    return pl.concat_str(parts, separator="; ")


def _plain(dtype: pl.DataType, name: str) -> pl.Expr:
    """A value as text; a blank reads unknown."""
    value = pl.col(name)
    if isinstance(dtype, pl.List):
        return pl.when(value.list.len() > 0).then(value.list.sort().list.join(", ")).otherwise(pl.lit("none"))
    if dtype.is_float():
        value = value.round(2)
    return value.cast(pl.String).fill_null("unknown")


def _number(side: pl.DataFrame, columns: Sequence[str], suffix: str) -> pl.Expr:
    """The trait of each row as a number, where it is one."""
    parts = []
    for name in columns:
        dtype, value = side.schema[name], pl.col(name + suffix)
        is_it = pl.col("figure_trait") == name
        if dtype.is_numeric() or dtype == pl.Boolean:
            parts.append(pl.when(is_it).then(value.cast(pl.Float64)))
        elif name.endswith("_tier") and dtype == pl.String:
            places = {tier: float(place) for place, tier in enumerate(TIER_ORDER)}
            parts.append(pl.when(is_it).then(value.replace_strict(places, default=None, return_dtype=pl.Float64)))
    return pl.coalesce(parts) if parts else pl.lit(None, pl.Float64)
