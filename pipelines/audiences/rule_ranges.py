"""Rules that can never hold: contradicting bounds on one column within one chain of `and`. Cheap and never wrong.

Only comparisons of a bare column with a constant count; everything else is left alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

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
