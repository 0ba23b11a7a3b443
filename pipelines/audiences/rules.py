"""The rule language: what a condition in policy may say, checked before anything runs.

An expression is SQL in DuckDB's dialect over the columns of `candidate`, with `$name` parameters. This module reads and
checks; `compile` turns conditions into predicates. Problems are sentences, for the person who wrote the rule.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from types import MappingProxyType

import polars as pl
from sqlglot import exp

from pipelines.audiences.rule_domains import Domains
from pipelines.audiences.rule_language import Scope, family, nearest
from pipelines.audiences.rule_ranges import contradictions, impossible
from pipelines.audiences.rule_text import RuleError, parse_expression
from pipelines.audiences.rule_types import infer
from schemas.policy.audiences import Condition
from schemas.tables.traits import CANDIDATE

# Parameters that code provides per row or per day; every rule may use them without declaring them.
PROVIDED_PARAMETERS: Mapping[str, object] = MappingProxyType(
    {"radius_miles": 50.0, "in_whole_market": True, "as_of": date(2000, 1, 1)}
)
PLACE = re.compile(r"\{(\$?[A-Za-z_][A-Za-z0-9_]*)(?::([^{}]*))?\}")
FORMAT = re.compile(r"^(,?)(?:\.(\d)f)?$")


@cache
def candidate_columns() -> Mapping[str, str]:
    """The columns that rules may name, with their type: text, number, integer, date, flag or list."""
    return MappingProxyType({name: _type_name(column.dtype) for name, column in CANDIDATE.schema.columns().items()})


def _type_name(dtype: pl.DataType) -> str:
    if dtype.is_integer():
        return "integer"
    if dtype.is_numeric():
        return "number"
    return {pl.Date: "date", pl.Boolean: "flag", pl.List: "list"}.get(dtype.base_type(), "text")


def check_expression(
    expression: str,
    columns: Mapping[str, str],
    parameters: Mapping[str, object],
    *,
    expects: str = "flag",
    domains: Domains | None = None,
) -> list[str]:
    """Problems of one expression as sentences; empty where there are none.

    `columns` maps a candidate column to its type name (`candidate_columns()`); `parameters` are the audience's own, the
    provided ones are added. `expects` is flag for conditions and exclusions, number for scores. `domains`: what columns hold.
    """
    try:
        tree = parse_expression(expression)
        scope = Scope(columns, {**PROVIDED_PARAMETERS, **parameters})
        found = infer(tree, scope)
        if not scope.problems:
            scope.problems.extend(_judge_result(tree, found, expects))
            scope.problems.extend(contradictions(tree, parameters))
        if not scope.problems:
            scope.problems.extend(impossible(tree, parameters, domains or Domains(), is_condition=expects == "flag"))
    except RuleError as error:
        return error.problems
    except RecursionError:
        return ["it is nested too deep to be read; split it into named conditions under all, any and none"]
    return list(dict.fromkeys(scope.problems))


def _judge_result(tree: exp.Expr, found: str | None, expects: str) -> list[str]:
    shown = tree.sql(dialect="duckdb")
    if not names_in(tree)[0] and not (names_in(tree)[1] & {"radius_miles", "in_whole_market"}) and expects == "flag":
        return [f"`{shown}` is constant: it names no candidate column, so it holds for everybody or for nobody"]
    if found is not None and family(found) != expects:
        meaning = "be true or false, for example `touches_30d > 0`" if expects == "flag" else "yield a number"
        return [f"`{shown}` yields {found}; it must {meaning}"]
    return []


def names_in(tree: exp.Expr) -> tuple[set[str], set[str]]:
    """The columns and the parameters that a tree names."""
    return {one.name for one in tree.find_all(exp.Column)}, {one.name for one in tree.find_all(exp.Placeholder)}


def expression_columns(expression: str) -> frozenset[str]:
    """The candidate columns that an expression names; empty where it cannot be read. For the credit-offer check."""
    try:
        return frozenset(names_in(parse_expression(expression))[0])
    except RuleError:
        return frozenset()


def check_template(template: str, columns: Mapping[str, str], parameters: Mapping[str, object]) -> list[str]:
    """Problems of a reason template: `{column}`, `{column:.0f}`, `{column:,.0f}`; parameters are named the same way."""
    known = {**columns, **{name: "" for name in (*PROVIDED_PARAMETERS, *parameters)}}
    problems = []
    for name, shape in ((found[1].lstrip("$"), found[2]) for found in PLACE.finditer(template)):
        if name not in known:
            problems.append(f"`{{{name}}}` is neither a candidate column nor a parameter; {nearest(name, known)}")
        elif shape is not None and not FORMAT.match(shape):
            problems.append(f"`{{{name}:{shape}}}` has an unknown format; expected .0f to .9f, with a comma before for thousands")
        elif shape and columns.get(name) in ("text", "date", "flag", "list"):
            problems.append(f"`{{{name}:{shape}}}` formats {columns[name]} as a number; write `{{{name}}}`")
    left = PLACE.sub("", template)
    if "{" in left or "}" in left:
        problems.append(f"the reason has an unmatched brace; places are written as {{column}}: {template!r}")
    return problems


def leaves(condition: Condition, *, under_none: bool = False) -> Iterator[tuple[Condition, bool]]:
    """Every leaf of a condition in written order, and whether a `none` stands above it."""
    if condition.when is not None:
        yield condition, under_none
    for nest in (condition.all, condition.any, condition.none):
        for child in nest or ():
            yield from leaves(child, under_none=under_none or condition.none is not None)
