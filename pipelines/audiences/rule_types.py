"""Types of rule expressions: the allow-list of the rule language and what each part of it yields.

Nothing here runs a rule. A node that is not listed is refused, so the language can only grow on purpose.
"""

import difflib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlglot import exp

TypeName = str | None  # text, number, integer, date, flag, list; None where it cannot be known (a bare null)

_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod)
_CAST_TYPES = {"DATE": "date", "DOUBLE": "number", "FLOAT": "number", "INT": "integer", "BIGINT": "integer", "VARCHAR": "text"}

# function class -> (name as people write it, family of each argument, what it yields); "same" is the type of the arguments
FUNCTIONS: Mapping[type[exp.Expr], tuple[str, tuple[str, ...], str]] = {
    exp.Coalesce: ("coalesce", ("same",), "same"),
    exp.Least: ("least", ("same",), "same"),
    exp.Greatest: ("greatest", ("same",), "same"),
    exp.Nullif: ("nullif", ("same",), "same"),
    exp.Abs: ("abs", ("number",), "number"),
    exp.Round: ("round", ("number",), "number"),
    exp.Floor: ("floor", ("number",), "number"),
    exp.Ceil: ("ceil", ("number",), "number"),
    exp.Sqrt: ("sqrt", ("number",), "number"),
    exp.Ln: ("ln", ("number",), "number"),
    exp.Lower: ("lower", ("text",), "text"),
    exp.Upper: ("upper", ("text",), "text"),
    exp.Length: ("length", ("text or list",), "integer"),
    exp.StartsWith: ("starts_with", ("text",), "flag"),
    exp.EndsWith: ("ends_with", ("text",), "flag"),
    exp.Contains: ("contains", ("text",), "flag"),
    exp.ArrayContains: ("list_contains", ("list", "text"), "flag"),
    exp.ArrayOverlaps: ("list_has_any", ("list",), "flag"),
    exp.DateDiff: ("date_diff", ("date",), "integer"),
}
ALLOWED_FUNCTIONS = tuple(sorted(name for name, _, _ in FUNCTIONS.values()))


@dataclass
class Scope:
    """What an expression may name, and the problems found in it so far."""

    columns: Mapping[str, str]
    parameters: Mapping[str, object]
    problems: list[str] = field(default_factory=list)


def nearest(word: str, known: Collection[str]) -> str:
    """A clause that proposes the nearest known name, or lists what there is."""
    close = difflib.get_close_matches(word.lower(), sorted(known), n=1, cutoff=0.6)
    if close:
        return f"did you mean `{close[0]}`?"
    listed = sorted(known) if len(known) <= 20 else difflib.get_close_matches(word.lower(), sorted(known), n=5, cutoff=0.0)
    return f"{'known are' if len(known) <= 20 else 'the nearest are'} {', '.join(listed)}" if known else "there are none"


def family(name: TypeName) -> TypeName:
    """Types that may be compared with each other share a family: integers are numbers."""
    return "number" if name == "integer" else name


def text_of(node: exp.Expr) -> str:
    """The expression as DuckDB would read it, for messages."""
    return node.sql(dialect="duckdb")


def infer(node: exp.Expr, scope: Scope) -> TypeName:
    """The type that a node yields. Every clash, unknown name and forbidden construct is added to `scope.problems`."""
    for kinds, rule in _RULES:
        if isinstance(node, kinds):
            return rule(node, scope)
    for kind in type(node).__mro__:
        if kind in FUNCTIONS:
            return _function(node, scope, *FUNCTIONS[kind])
    scope.problems.append(_refusal(node))
    return None


def _refusal(node: exp.Expr) -> str:
    if isinstance(node, exp.Query | exp.Subquery | exp.Exists):
        return "a rule may not contain a query; it is one expression over the row of one candidate"
    if isinstance(node, exp.Func) and not isinstance(node, exp.Binary):
        name = node.name if isinstance(node, exp.Anonymous) else node.sql_name().lower()
        return f"function `{name}` is not allowed in rules; {nearest(name, ALLOWED_FUNCTIONS)}"
    allowed = "comparisons, and, or, not, in, between, like, is null, case, arithmetic"
    return f"`{text_of(node)}` is not allowed in rules ({type(node).__name__}); allowed are {allowed}"


def _column(node: exp.Expr, scope: Scope) -> TypeName:
    if isinstance(node, exp.Column) and node.table:
        scope.problems.append(f"`{text_of(node)}` names a table; rules name only candidate columns, such as `{node.name}`")
        return None
    if node.name not in scope.columns:
        scope.problems.append(f"`{node.name}` is not a candidate column; {nearest(node.name, scope.columns)}")
        return None
    return scope.columns[node.name]


def _parameter(node: exp.Expr, scope: Scope) -> TypeName:
    if node.name not in scope.parameters:
        shown = "a bare `?`" if node.name in ("", "?") else f"`${node.name}`"
        scope.problems.append(f"{shown} is not a parameter of this audience; {nearest(node.name, scope.parameters)}")
        return None
    return type_of_value(scope.parameters[node.name])


def type_of_value(value: object) -> TypeName:
    """The type name of a parameter's value; a number without a fraction is an integer."""
    if isinstance(value, float) and value.is_integer():
        return "integer"
    for kind, name in ((bool, "flag"), (int, "integer"), (float, "number"), (date, "date"), (str, "text")):
        if isinstance(value, kind):
            return name
    return None


def _literal(node: exp.Expr, scope: Scope) -> TypeName:
    if isinstance(node, exp.Literal) and node.is_string:
        return "text"
    return "integer" if node.name.isdigit() else "number"


def _expect(node: exp.Expr, found: TypeName, wanted: str, why: str, scope: Scope) -> None:
    if found is not None and str(family(found)) not in wanted.split(" or "):
        scope.problems.append(f"`{text_of(node)}` is {_a(found)}; {why} {_a(wanted)}")


def _a(name: str) -> str:
    return name if name == "text" or name.startswith("text ") else f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _connective(node: exp.Expr, scope: Scope) -> TypeName:
    for part in (node.this, node.args.get("expression")):
        if isinstance(part, exp.Expr):
            _expect(part, infer(part, scope), "flag", f"each side of `{node.key}` must be", scope)
    return "flag"


def _is_date_text(node: exp.Expr, scope: Scope) -> bool:
    value: object = node.name if isinstance(node, exp.Literal) else scope.parameters.get(node.name)
    if not isinstance(node, exp.Literal | exp.Placeholder) or not isinstance(value, str):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _agree(parts: Iterable[exp.Expr], verb: str, scope: Scope) -> TypeName:
    """Check that all parts share a family with the first whose type is known; return that type."""
    typed = [(part, infer(part, scope)) for part in parts]
    known = [(part, found) for part, found in typed if found is not None]
    dates = any(found == "date" for _, found in known)
    known = [(part, "date" if dates and _is_date_text(part, scope) else found) for part, found in known]
    if not known:
        return None
    first, wanted = known[0]
    for part, found in known[1:]:
        if family(found) != family(wanted):
            scope.problems.append(
                f"`{text_of(first)}` is {_a(wanted)} and `{text_of(part)}` is {_a(str(found))}; they cannot be {verb}"
            )
    return "number" if "number" in (found for _, found in known) else wanted


def _comparison(node: exp.Expr, scope: Scope) -> TypeName:
    if text_of(node.this) == text_of(node.args["expression"]):
        scope.problems.append(f"`{text_of(node)}` compares `{text_of(node.this)}` with itself")
    _agree((node.this, node.args["expression"]), "compared", scope)
    return "flag"


def _between(node: exp.Expr, scope: Scope) -> TypeName:
    _agree((node.this, node.args["low"], node.args["high"]), "compared", scope)
    return "flag"


def _in(node: exp.Expr, scope: Scope) -> TypeName:
    if node.args.get("query"):
        scope.problems.append(_refusal(node.args["query"]))
        return "flag"
    held = node.args.get("field")
    if isinstance(held, exp.Expr):
        _expect(held, infer(held, scope), "list", "what stands after `in` must be", scope)
        infer(node.this, scope)
        return "flag"
    _agree((node.this, *node.expressions), "compared", scope)
    return "flag"


def _is(node: exp.Expr, scope: Scope) -> TypeName:
    found = infer(node.this, scope)
    if not isinstance(node.expression, exp.Null):
        _expect(node.this, found, "flag", "only flags can be true or false, and it must be", scope)
    return "flag"


def _like(node: exp.Expr, scope: Scope) -> TypeName:
    for part in (node.this, node.expression):
        _expect(part, infer(part, scope), "text", "`like` takes", scope)
    return "flag"


def _arithmetic(node: exp.Expr, scope: Scope) -> TypeName:
    left, right = infer(node.this, scope), infer(node.args["expression"], scope)
    if left == "date" and isinstance(node, exp.Add | exp.Sub):
        if right == "date" and isinstance(node, exp.Sub):
            return "integer"
        if right not in ("integer", None):
            other = text_of(node.args["expression"])
            scope.problems.append(f"`{other}` is {_a(right)}; what is added to a date must be a whole number of days")
        return "date"
    for part, found in ((node.this, left), (node.args["expression"], right)):
        _expect(part, found, "number", "arithmetic takes", scope)
    both_whole = left == right == "integer" and not isinstance(node, exp.Div)
    return "integer" if both_whole else "number"


def _case(node: exp.Expr, scope: Scope) -> TypeName:
    branches = node.args["ifs"] if isinstance(node, exp.Case) else [node]
    if isinstance(node, exp.Case) and node.this is not None:
        scope.problems.append("`case <value> when` is not allowed in rules; write `case when <condition> then`")
        return None
    for branch in branches:
        _expect(branch.this, infer(branch.this, scope), "flag", "what stands after `when` must be", scope)
    results = [branch.args["true"] for branch in branches]
    last = node.args.get("default") if isinstance(node, exp.Case) else node.args.get("false")
    return _agree([*results, *([last] if last is not None else [])], "results of one `case`", scope)


def _cast(node: exp.Expr, scope: Scope) -> TypeName:
    wanted = str(node.args["to"].this.value)
    infer(node.this, scope)
    if wanted not in _CAST_TYPES:
        scope.problems.append(f"`{text_of(node)}` casts to {wanted}; allowed are {', '.join(sorted(_CAST_TYPES))}")
        return None
    return _CAST_TYPES[wanted]


def _array(node: exp.Expr, scope: Scope) -> TypeName:
    _agree(node.expressions, "in one list", scope)
    return "list"


def _function(node: exp.Expr, scope: Scope, name: str, wanted: tuple[str, ...], yields: str) -> TypeName:
    arguments = [part for part in node.iter_expressions() if not isinstance(part, exp.Var)]
    if wanted == ("same",):
        return _agree(arguments, f"arguments of one `{name}`", scope)
    for position, part in enumerate(arguments):
        expected = wanted[min(position, len(wanted) - 1)]
        found = infer(part, scope)
        is_date = expected == "date" and _is_date_text(part, scope)
        _expect(part, "date" if is_date else found, expected, f"`{name}` takes", scope)
    return yields


def _inner(node: exp.Expr, scope: Scope) -> TypeName:
    return infer(node.this, scope)


def _negative(node: exp.Expr, scope: Scope) -> TypeName:
    found = infer(node.this, scope)
    _expect(node.this, found, "number", "a minus sign takes", scope)
    return found


Rule = Callable[[exp.Expr, Scope], TypeName]
_RULES: tuple[tuple[type | tuple[type, ...], Rule], ...] = (
    (exp.Column, _column),
    (exp.Placeholder, _parameter),
    (exp.Literal, _literal),
    (exp.Boolean, lambda node, scope: "flag"),
    (exp.Null, lambda node, scope: None),
    ((exp.And, exp.Or, exp.Not), _connective),
    (_COMPARISONS, _comparison),
    (exp.Between, _between),
    (exp.In, _in),
    (exp.Is, _is),
    ((exp.Like, exp.ILike), _like),
    (_ARITHMETIC, _arithmetic),
    ((exp.Case, exp.If), _case),
    (exp.Cast, _cast),
    (exp.Array, _array),
    (exp.Paren, _inner),
    (exp.Neg, _negative),
)
