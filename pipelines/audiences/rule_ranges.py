"""Rules that can never hold: contradicting bounds on one column within one chain of `and`. Cheap and never wrong.

Only comparisons of a bare column with a constant count; everything else is left alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from pipelines.audiences.rule_domains import Domains
from pipelines.audiences.rule_logic import NT, Logic, T
from pipelines.audiences.rule_text import parse_expression

_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In, exp.Is)
_FLIPPED: Mapping[type, type] = {exp.GT: exp.LT, exp.LT: exp.GT, exp.GTE: exp.LTE, exp.LTE: exp.GTE, exp.EQ: exp.EQ}


@dataclass
class _Bounds:
    """What is asked of one column: an interval, a set of accepted values, and the comparisons that asked for it."""

    low: tuple[float, bool] = (float("-inf"), False)  # value, is open
    high: tuple[float, bool] = (float("inf"), False)
    values: set[object] | None = None
    said: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        if self.values is not None:
            return not any(self._holds(value) for value in self.values)
        return self.low[0] > self.high[0] or (self.low[0] == self.high[0] and (self.low[1] or self.high[1]))

    def _holds(self, value: object) -> bool:
        if not isinstance(value, float):
            return True
        above = value > self.low[0] or (value == self.low[0] and not self.low[1])
        return above and (value < self.high[0] or (value == self.high[0] and not self.high[1]))


def contradictions(node: exp.Expr, parameters: Mapping[str, object]) -> list[str]:
    """Sentences on columns whose comparisons in one chain of `and` exclude each other, anywhere in the expression."""
    roots = [one for one in node.walk() if isinstance(one, exp.And | exp.Between) and not isinstance(_outer(one), exp.And)]
    return [sentence for root in roots for sentence in _of_chain(root, parameters)]


def impossible(node: exp.Expr, parameters: Mapping[str, object], domains: Domains, *, is_condition: bool) -> list[str]:
    """Sentences on comparisons that no row, or every row, meets, for what their column can hold; and on the whole condition."""
    logic = Logic(domains, parameters, parse_expression)
    found = [sentence for one in node.walk() for sentence in _values(one, logic)]
    if not found:
        found = [sentence for one in node.find_all(*_COMPARED) for sentence in _judged(_with_not(one), logic)]
    return found if found or not is_condition else _judged(node, logic)


def _with_not(node: exp.Expr) -> exp.Expr:
    """`is not null` is written as one thing, and read as `not ... is null`."""
    return node.parent if isinstance(node.parent, exp.Not) else node


def _judged(node: exp.Expr, logic: Logic) -> list[str]:
    shown = node.sql(dialect="duckdb")
    if not logic.can(node, T):
        return [f"no row can meet `{shown}`{_reach(node, logic)}"]
    if not logic.can(node, NT):
        return [f"every row meets `{shown}`{_reach(node, logic)}"]
    return []


def _reach(node: exp.Expr, logic: Logic) -> str:
    """What the column of a comparison can hold, for a message."""
    atom = logic.atom(node.this if isinstance(node, exp.Not) else node)
    if atom is None:
        return ""
    column, region = atom[0], logic.domains.region(atom[0])
    known = "" if region.null else " and is never unknown"
    low, high = region.low, region.high
    if low > float("-inf") and high < float("inf"):
        return f"; `{column}` runs from {low:g} to {high:g}{known}"
    if low > float("-inf"):
        return f"; `{column}` is never below {low:g}{known}"
    return f"; `{column}`{known.removeprefix(' and')}" if known else ""


def _values(node: exp.Expr, logic: Logic) -> Iterator[str]:
    """Texts that a column, or a list in a column, never holds."""
    parts = [*node.iter_expressions()] if isinstance(node, (*_COMPARED, exp.ArrayContains, exp.ArrayOverlaps)) else []
    if isinstance(node, exp.In) and isinstance(node.args.get("field"), exp.Expr):
        parts.append(node.args["field"])
    columns = [one.name for one in parts if isinstance(one, exp.Column)]
    for part in parts:
        for one in part.expressions if isinstance(part, exp.Array) else [part]:
            written = one.name if isinstance(one, exp.Literal) and one.is_string else None
            value = logic.parameters.get(one.name) if isinstance(one, exp.Placeholder) else written
            for column in columns:
                sentence = logic.domains.unknown_value(column, value)
                if sentence is not None:
                    yield sentence


def _outer(node: exp.Expr) -> exp.Expr | None:
    parent = node.parent
    while isinstance(parent, exp.Paren):
        parent = parent.parent
    return parent


def _of_chain(root: exp.Expr, parameters: Mapping[str, object]) -> list[str]:
    bounds: dict[str, _Bounds] = {}
    for part in _parts(root):
        for column, kind, values in _comparisons(part, parameters):
            bound = bounds.setdefault(column, _Bounds())
            _narrow(bound, kind, values)
            bound.said.append(part.sql(dialect="duckdb"))
    empty = [
        (column, " and ".join(f"`{said}`" for said in dict.fromkeys(bound.said)))
        for column, bound in bounds.items()
        if bound.is_empty
    ]
    return [f"no row can meet {said}; the range that is left of `{column}` is empty" for column, said in empty]


def _parts(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Paren):
        yield from _parts(node.this)
    elif isinstance(node, exp.And):
        yield from _parts(node.left)
        yield from _parts(node.right)
    else:
        yield node


def _comparisons(part: exp.Expr, parameters: Mapping[str, object]) -> Iterator[tuple[str, type, list[object]]]:
    if isinstance(part, exp.Between) and isinstance(part.this, exp.Column):
        low, high = (_constant(part.args[key], parameters) for key in ("low", "high"))
        yield from ((part.this.name, kind, [value]) for kind, value in ((exp.GTE, low), (exp.LTE, high)) if value is not None)
    elif isinstance(part, exp.In) and isinstance(part.this, exp.Column) and part.expressions:
        listed = [_constant(one, parameters) for one in part.expressions]
        if all(value is not None for value in listed):
            yield part.this.name, exp.In, list(listed)
    elif type(part) in _FLIPPED and isinstance(part, exp.Binary):
        for column, other, kind in ((part.left, part.right, type(part)), (part.right, part.left, _FLIPPED[type(part)])):
            value = _constant(other, parameters)
            if isinstance(column, exp.Column) and value is not None:
                yield column.name, kind, [value]


def _constant(node: exp.Expr, parameters: Mapping[str, object]) -> object:
    if isinstance(node, exp.Neg):
        inner = _constant(node.this, parameters)
        return -inner if isinstance(inner, float) else None
    if isinstance(node, exp.Literal):
        return node.name if node.is_string else float(node.name)
    value = parameters.get(node.name) if isinstance(node, exp.Placeholder) else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return value if isinstance(value, str) else None


def _narrow(bound: _Bounds, kind: type, values: list[object]) -> None:
    if kind in (exp.EQ, exp.In):
        bound.values = set(values) if bound.values is None else bound.values & set(values)
        return
    (value,) = values
    if not isinstance(value, float):
        return
    if kind in (exp.GT, exp.GTE):
        bound.low = max(bound.low, (value, kind is exp.GT))
    else:
        bound.high = min(bound.high, (value, kind is exp.LT), key=lambda one: (one[0], not one[1]))
