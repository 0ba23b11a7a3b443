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
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pipelines.audiences.rule_language import Scope, family, nearest
from pipelines.audiences.rule_ranges import contradictions
from pipelines.audiences.rule_types import infer
from schemas.policy.audiences import AudiencePolicy, Condition
from schemas.tables.traits import CANDIDATE

# Parameters that code provides per row or per day; every rule may use them without declaring them.
PROVIDED_PARAMETERS: Mapping[str, object] = MappingProxyType(
    {"radius_miles": 50.0, "in_whole_market": True, "as_of": date(2000, 1, 1)}
)
PLACE = re.compile(r"\{(\$?[A-Za-z_][A-Za-z0-9_]*)(?::([^{}]*))?\}")
FORMAT = re.compile(r"^(,?)(?:\.(\d)f)?$")


class RuleError(ValueError):
    """A rule that cannot be read. `problems` are sentences; `expression` is the rule as written."""

    def __init__(self, expression: str, problems: list[str]) -> None:
        self.expression, self.problems = expression, problems
        super().__init__(f"rule `{expression}`: " + "; ".join(problems))


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


def parse_expression(expression: str) -> exp.Expr:
    """The syntax tree of one expression. Raises RuleError where it is not exactly one expression."""
    try:
        trees = [tree for tree in sqlglot.parse(expression, read="duckdb") if tree is not None]
    except SqlglotError as error:
        first_line = re.sub(r" for <class .*?>|\.? Line \d.*", "", str(error).splitlines()[0])
        place = getattr(error, "errors", None) or [{}]
        near = place[0].get("highlight") or ""
        where = f" near `{near}`" if near else ""
        raise RuleError(expression, [f"it cannot be read as an SQL expression{where}: {first_line}"]) from error
    if not trees:
        raise RuleError(expression, ["it is empty; expected a condition such as `vdp_views_30d >= 3`"])
    if len(trees) > 1:
        raise RuleError(expression, [f"it holds {len(trees)} statements separated by `;`; a rule is one expression"])
    if not isinstance(trees[0], exp.Condition | exp.Alias | exp.Star):
        word = expression.split(maxsplit=1)[0].lower()
        raise RuleError(expression, [f"`{word}` begins a statement; a rule is one expression that is true or false"])
    return trees[0]


def check_expression(
    expression: str, columns: Mapping[str, str], parameters: Mapping[str, object], *, expects: str = "flag"
) -> list[str]:
    """Problems of one expression as sentences; empty where there are none.

    `columns` maps a candidate column to its type name (`candidate_columns()`); `parameters` are the audience's own, the
    provided ones are added. `expects` is flag for conditions and exclusions, number for scores.
    """
    try:
        tree = parse_expression(expression)
    except RuleError as error:
        return error.problems
    scope = Scope(columns, {**PROVIDED_PARAMETERS, **parameters})
    found = infer(tree, scope)
    if not scope.problems:
        scope.problems.extend(_judge_result(tree, found, expects))
        scope.problems.extend(contradictions(tree, parameters))
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


def check_condition(condition: Condition, columns: Mapping[str, str], parameters: Mapping[str, object]) -> list[str]:
    """Problems of a whole condition; each sentence begins with the name of the condition it is about."""
    problems = []
    for leaf, _ in leaves(condition):
        found = check_expression(leaf.when or "", columns, parameters)
        found += check_template(leaf.reason or "", columns, parameters)
        problems += [f"{leaf.name}: {problem}" for problem in found]
    problems += [f"`{key}` has no members; it would hold for everybody or nobody" for key in _empty_nests(condition)]
    return problems or _contradictions_of_nests(condition, parameters)


def _empty_nests(condition: Condition) -> Iterator[str]:
    for key in ("all", "any", "none"):
        nest = getattr(condition, key)
        if nest == ():
            yield key
        for child in nest or ():
            yield from _empty_nests(child)


def _contradictions_of_nests(condition: Condition, parameters: Mapping[str, object]) -> list[str]:
    """Leaves of one `all` must be possible together."""
    problems = []
    if condition.all is not None:
        written = [parse_expression(child.when) for child in condition.all if child.when is not None]
        if len(written) > 1:
            problems += contradictions(exp.and_(*[one.sql(dialect="duckdb") for one in written], dialect="duckdb"), parameters)
    for nest in (condition.all, condition.any, condition.none):
        for child in nest or ():
            problems += _contradictions_of_nests(child, parameters)
    return problems


def check_audience(audience: AudiencePolicy, columns: Mapping[str, str] | None = None) -> list[str]:
    """Problems of everything an audience says: rules, exclusions, score, reasons, rule names used twice."""
    known = candidate_columns() if columns is None else columns
    problems = [f"rules: {problem}" for problem in check_condition(audience.rules, known, audience.parameters)]
    for position, exclusion in enumerate(audience.exclusions):
        where = f"exclusions[{position}]"
        problems += [f"{where}: {problem}" for problem in check_condition(exclusion, known, audience.parameters)]
    of_score = check_expression(audience.score, known, audience.parameters, expects="number")
    problems += [f"score: {problem}" for problem in of_score]
    names = [str(leaf.name) for leaf, _ in leaves(audience.rules)]
    problems += [f"rules: the name `{name}` is used twice" for name in sorted({one for one in names if names.count(one) > 1})]
    return problems
