"""The words of the rule language: what may stand in a rule, what may be named in it, and how it is talked about in messages."""

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlglot import exp

from schemas.names import nearest_of

TypeName = str | None  # text, number, integer, date, flag, list; None where it cannot be known (a bare null)

COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)
ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod)
CAST_TYPES = {"DATE": "date", "DOUBLE": "number", "FLOAT": "number", "INT": "integer", "BIGINT": "integer", "VARCHAR": "text"}

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
    if near := nearest_of(word, known):
        return f"did you mean `{near}`?"
    listed = sorted(known) if len(known) <= 20 else difflib.get_close_matches(word.lower(), sorted(known), n=5, cutoff=0.0)
    return f"{'known are' if len(known) <= 20 else 'the nearest are'} {', '.join(listed)}" if known else "there are none"


def family(name: TypeName) -> TypeName:
    """Types that may be compared with each other share a family: integers are numbers."""
    return "number" if name == "integer" else name


def text_of(node: exp.Expr) -> str:
    """The expression as DuckDB would read it, for messages."""
    return node.sql(dialect="duckdb")


def refusal(node: exp.Expr) -> str:
    """The sentence on a node that the language does not have."""
    if isinstance(node, exp.Query | exp.Subquery | exp.Exists):
        return "a rule may not contain a query; it is one expression over the row of one candidate"
    if isinstance(node, exp.Func) and not isinstance(node, exp.Binary):
        name = node.name if isinstance(node, exp.Anonymous) else node.sql_name().lower()
        return f"function `{name}` is not allowed in rules; {nearest(name, ALLOWED_FUNCTIONS)}"
    allowed = "comparisons, and, or, not, in, between, like, is null, case, arithmetic"
    return f"`{text_of(node)}` is not allowed in rules ({type(node).__name__}); allowed are {allowed}"


def type_of_value(value: object) -> TypeName:
    """The type name of a parameter's value; a number without a fraction is an integer."""
    if isinstance(value, float) and value.is_integer():
        return "integer"
    for kind, name in ((bool, "flag"), (int, "integer"), (float, "number"), (date, "date"), (str, "text")):
        if isinstance(value, kind):
            return name
    return None


def article(name: str) -> str:
    """A type name with its article: an integer, a flag, text."""
    return name if name == "text" or name.startswith("text ") else f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def is_date_text(node: exp.Expr, scope: Scope) -> bool:
    """Whether a text literal or parameter is an ISO date."""
    value: object = node.name if isinstance(node, exp.Literal) else scope.parameters.get(node.name)
    if not isinstance(node, exp.Literal | exp.Placeholder) or not isinstance(value, str):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
