"""Which condition holds on one side and not on the other, and what turned it: its own text, or a trait of the person."""

from collections.abc import Collection, Mapping

import polars as pl

from pipelines.audiences.compile import Compiler
from pipelines.audiences.eligible import REACHED, running
from pipelines.audiences.preview import Side
from pipelines.audiences.radius import register_reach
from pipelines.audiences.rules import expression_columns, leaves
from pipelines.engine import Engine
from schemas.policy.audiences import AudiencePolicy, Condition

Leaf = tuple[Condition, bool]
KEY = ["person_id", "brand"]
_FIRST = ("triggers", "intent_tier")
_TOLD = pl.Struct({"cause": pl.String, "what": pl.String, "trait": pl.String})
_NOTHING = pl.lit(None, pl.String)


def turned(engine: Engine, here: Side, there: Side, audience: str, people: pl.DataFrame) -> pl.DataFrame:
    """person_id, brand, cause, what, condition, trait of members here whom the rules there do not hold for.

    `people` has person_id and brand. `condition` is the one that turned, `trait` the first column that turned it.
    The first condition in the order of the rules speaks. A condition whose text, parameters or reach differ counts as the
    cause where it judges differently about the same data.
    """
    mine, theirs = (_definition(side, audience) for side in (here, there))
    ours, others = _leaves(mine), _leaves(theirs)
    holds = _holding(engine, here, here, mine, ours, people)
    holds_there = _holding(engine, there, there, theirs, others, people)
    crossed = _holding(engine, there, here, theirs, others, people)  # the definition of there about the data of here
    pieces = []
    for name in [*ours, *(name for name in others if name not in ours)]:
        pieces.append(_judged(name, here, there, (ours, others), (holds, holds_there, crossed), people))
    every = pl.concat(pieces).filter(pl.col("cause").is_not_null())
    first = every.unique(KEY, keep="first", maintain_order=True)
    missing = people.join(there["candidate"], on=KEY, how="anti").with_columns(
        cause=pl.lit("candidate"), what=_NOTHING, condition=_NOTHING, trait=_NOTHING
    )
    found = pl.concat([missing, first.join(missing, on=KEY, how="anti")])
    rest = people.join(found, on=KEY, how="anti").with_columns(
        cause=pl.lit("rule"), what=pl.lit("brands"), condition=_NOTHING, trait=_NOTHING
    )
    return pl.concat([found, rest])


def _judged(
    name: str, here: Side, there: Side, sides: tuple[Mapping[str, Leaf], Mapping[str, Leaf]],
    holding: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame], people: pl.DataFrame,
) -> pl.DataFrame:  # fmt: skip
    """person_id, brand, cause, what, condition, trait for one condition; cause null where it is not what turned."""
    ours, others = sides
    holds, holds_there, crossed = holding
    if name not in others:  # only here: it cannot keep anybody from being there, but nothing else says why
        return people.select(*KEY, cause=_NOTHING, what=_NOTHING, condition=pl.lit(name), trait=_NOTHING)
    one = people.join(holds_there.select(*KEY, there=name), on=KEY, how="left").join(
        crossed.select(*KEY, crossed=name), on=KEY, how="left"
    )
    here_too = holds.select(*KEY, here=name) if name in ours else people.select(*KEY, here=pl.lit(True))
    one = one.join(here_too, on=KEY, how="left")
    fails = pl.col("here").fill_null(False) & ~pl.col("there").fill_null(False)
    by_text = ~pl.col("crossed").fill_null(False)
    traits = _traits(here, there, expression_columns(others[name][0].when or ""), people)
    both = one.join(traits, on=KEY, how="left")
    cause = pl.when(~fails).then(None).when(by_text).then(pl.lit("rule")).otherwise(pl.col("cause").fill_null("rule"))
    what = pl.when(by_text | pl.col("cause").is_null()).then(pl.lit(name)).otherwise("what")
    return both.select(*KEY, cause=cause, what=what, condition=pl.lit(name), trait=pl.when(~by_text).then("trait"))


def _traits(here: Side, there: Side, columns: Collection[str], people: pl.DataFrame) -> pl.DataFrame:
    """person_id, brand, cause, what, trait: how the traits that a condition names differ between the sides; the first speaks."""
    named = sorted(set(columns) & set(here["candidate"].columns) - set(KEY), key=lambda one: (one not in _FIRST, one))
    sides = [side["candidate"].join(people, on=KEY, how="semi").select(*KEY, *named) for side in (here, there)]
    both = sides[0].join(sides[1], on=KEY, suffix="_there")
    before, after = ("{}_there", "{}") if here.is_after else ("{}", "{}_there")
    told = [
        pl.when(pl.col(name).ne_missing(pl.col(f"{name}_there"))).then(_words(name, before.format(name), after.format(name)))
        for name in named
    ]
    return both.select(*KEY, told=pl.coalesce(told) if told else pl.lit(None, _TOLD)).unnest("told")


def _words(name: str, before: str, after: str) -> pl.Expr:
    """cause and what, for people in whom a trait differs."""
    if name == "triggers":
        names = pl.col(before).list.set_symmetric_difference(after).list.sort().list.join(", ")
        return pl.struct(cause=pl.lit("trigger"), what=names, trait=pl.lit(name))
    if name == "intent_tier":
        tiers = pl.concat_str(pl.lit("intent "), before, pl.lit(" to "), after)
        return pl.struct(cause=pl.lit("tier"), what=tiers, trait=pl.lit(name))
    return pl.struct(cause=pl.lit("trait"), what=pl.lit(name), trait=pl.lit(name))


def _definition(side: Side, audience: str) -> AudiencePolicy:
    return next(one for one in running(side.policy) if one.audience == audience)


def _leaves(audience: AudiencePolicy) -> dict[str, Leaf]:
    """The conditions of an audience by name, in order, and whether each stands below `none`."""
    return {str(leaf.name): (leaf, under_none) for leaf, under_none in leaves(audience.rules)}


def _holding(
    engine: Engine, rules: Side, data: Side, audience: AudiencePolicy, named: Mapping[str, Leaf], people: pl.DataFrame
) -> pl.DataFrame:
    """person_id, brand, and a truth per condition, by the definition and reach of one side about the traits of a side."""
    concerned = data["candidate"].join(people, on=KEY, how="semi")
    engine.register("candidate", concerned)
    register_reach(engine, rules.policy, data["zip_distance"].join(concerned, on="zip", how="semi"))
    compiler = Compiler(audience, rules.as_of)
    parts = [_truth(compiler, leaf, under_none, name) for name, (leaf, under_none) in named.items()]
    query = f"SELECT person_id, brand{''.join(parts)} FROM {REACHED} ORDER BY person_id, brand"
    return engine.sql(query, segment=audience.segment, **compiler.bound)


def _truth(compiler: Compiler, leaf: Condition, under_none: bool, name: str) -> str:
    return f', {"NOT " if under_none else ""}{compiler.predicate(leaf)} AS "{name}"'
