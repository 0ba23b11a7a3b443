"""Whether a condition can hold at all, and whether it can fail: by what its comparisons leave of each column.

A condition is spelt out as alternatives, each a region per column; it can hold where an alternative is left. SQL's three values
are kept apart: a comparison with an unknown is neither true nor false. What is not understood (two columns compared, functions)
counts as possible, so a condition is only called impossible where it is.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from pipelines.audiences.rule_domains import (
    FALSE,
    TRUE,
    UNKNOWN,
    Constant,
    Domains,
    Region,
    compared,
    day_number,
    one_of,
    within,
)
from schemas.policy.audiences import Condition

Alternative = dict[str, Region]  # column, or the text of what is not understood -> what it may be
MOST_ALTERNATIVES = 256  # beyond these a condition counts as possible
SIGNS: Mapping[type[exp.Expr], str] = {exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<="}
FLIPPED = {"=": "=", "<>": "<>", ">": "<", ">=": "<=", "<": ">", "<=": ">="}
# What is asked of an expression: that it be true, false, not true, not false.
T, F, NT, NF = "true", "false", "not true", "not false"
OPPOSITE = {T: F, F: T, NT: NF, NF: NT}


@dataclass
class Logic:
    """Conditions over one set of parameters. `read` gives the tree of an expression."""

    domains: Domains
    parameters: Mapping[str, object]
    read: Callable[[str], exp.Expr]

    def can(self, node: exp.Expr, wanted: str = T) -> bool:
        """Whether an expression can be what is wanted of it for some row."""
        return bool(self.spelt(node, wanted))

    def can_hold(self, conditions: Sequence[Condition], failing: Sequence[Condition] = ()) -> bool:
        """Whether some row meets all conditions and none of those that are to fail."""
        parts = [self.of(one, holds=True) for one in conditions] + [self.of(one, holds=False) for one in failing]
        return bool(self._both(parts))

    def of(self, condition: Condition, *, holds: bool) -> list[Alternative]:
        """The alternatives under which a condition of policy holds, or does not. A leaf that meets an unknown does not hold."""
        if condition.when is not None:
            return self.spelt(self.read(condition.when), T if holds else NT)
        if condition.all is not None:
            parts = [self.of(one, holds=holds) for one in condition.all]
            return self._both(parts) if holds else self._either(parts)
        inner = condition.any if condition.any is not None else condition.none or ()
        should = holds if condition.any is not None else not holds
        parts = [self.of(one, holds=should) for one in inner]
        return self._either(parts) if should else self._both(parts)

    def spelt(self, node: exp.Expr, wanted: str) -> list[Alternative]:
        """The alternatives under which an expression is what is wanted of it."""
        if isinstance(node, exp.Paren):
            return self.spelt(node.this, wanted)
        if isinstance(node, exp.Not):
            return self.spelt(node.this, OPPOSITE[wanted])
        if isinstance(node, exp.And | exp.Or):
            parts = [self.spelt(one, wanted) for one in (node.left, node.right)]
            return self._both(parts) if isinstance(node, exp.And) == (wanted in (T, NF)) else self._either(parts)
        if isinstance(node, exp.Boolean):
            return [{}] if bool(node.this) == (wanted in (T, NF)) else []
        return self._atom(node, wanted)

    def _atom(self, node: exp.Expr, wanted: str) -> list[Alternative]:
        found = self.atom(node)
        if found is None:
            name, true, false, unknown = node.sql(dialect="duckdb"), [TRUE], [FALSE], [UNKNOWN]
        else:
            name, true, false, unknown = found
        regions = {T: true, F: false, NT: [*false, *unknown], NF: [*true, *unknown]}[wanted]
        own = self.domains.region(name)
        return [{name: left} for left in (own.meet(one) for one in regions) if not left.is_empty]

    def atom(self, node: exp.Expr) -> tuple[str, list[Region], list[Region], list[Region]] | None:
        """The column of a comparison with constants, and where it is true, false and unknown; None where it is not understood."""
        if isinstance(node, exp.Column):
            return node.name, [TRUE], [FALSE], [UNKNOWN]
        if isinstance(node, exp.Is):
            return self._is(node)
        column, default = self._column(node.this)
        turned = False
        if column is None and type(node) in SIGNS:
            (column, default), turned = self._column(node.args["expression"]), True
        regions = self._regions(node, column, turned) if column is not None else None
        if column is None or regions is None:
            return None
        true, false = regions
        if default is None:
            return column, true, false, [UNKNOWN]
        fits = any(not one.meet(Region(listed=frozenset({default}), null=False)).is_empty for one in true)
        return column, [*true, UNKNOWN] if fits else true, false if fits else [*false, UNKNOWN], []

    def _is(self, node: exp.Is) -> tuple[str, list[Region], list[Region], list[Region]] | None:
        if not isinstance(node.this, exp.Column):
            return None
        known = Region(null=False)
        if isinstance(node.expression, exp.Null):
            return node.this.name, [UNKNOWN], [known], []
        if isinstance(node.expression, exp.Boolean):
            true, false = (TRUE, FALSE) if node.expression.this else (FALSE, TRUE)
            return node.this.name, [true], [false, UNKNOWN], []
        return None

    def _column(self, node: object) -> tuple[str | None, Constant | None]:
        """The column of `column` or `coalesce(column, constant)`, with what stands in for unknown."""
        if isinstance(node, exp.Paren):
            return self._column(node.this)
        if isinstance(node, exp.Column):
            return node.name, None
        if isinstance(node, exp.Coalesce) and isinstance(node.this, exp.Column) and len(node.expressions) == 1:
            default = self.constant(node.expressions[0], node.this.name)
            return (node.this.name, default) if default is not None else (None, None)
        return None, None

    def _regions(self, node: exp.Expr, column: str, turned: bool) -> tuple[list[Region], list[Region]] | None:
        if isinstance(node, exp.Between):
            low, high = (self.constant(node.args[key], column) for key in ("low", "high"))
            return within(low, high) if low is not None and high is not None else None
        if isinstance(node, exp.In) and node.expressions:
            values = [self.constant(one, column) for one in node.expressions]
            known = [one for one in values if one is not None]
            return one_of(known) if len(known) == len(values) else None
        if type(node) in SIGNS:
            sign, value = SIGNS[type(node)], self.constant(node.this if turned else node.args["expression"], column)
            return compared(FLIPPED[sign] if turned else sign, value) if value is not None else None
        return None

    def constant(self, node: exp.Expr, column: str) -> Constant | None:
        """The value of a literal, a parameter of the audience or arithmetic on them; days of dates as numbers."""
        value = self._value(node)
        if isinstance(value, str) and self.domains.region(column).is_whole:
            return day_number(value)
        return value

    def _value(self, node: exp.Expr) -> Constant | None:
        if isinstance(node, exp.Paren) or (isinstance(node, exp.Cast) and node.args["to"].this == exp.DataType.Type.DATE):
            return self._value(node.this)
        if isinstance(node, exp.Neg | exp.Add | exp.Sub | exp.Mul):
            return self._reckoned(node)
        if isinstance(node, exp.Boolean):
            return bool(node.this)
        if isinstance(node, exp.Literal):
            return node.name if node.is_string else float(node.name)
        value = self.parameters.get(node.name) if isinstance(node, exp.Placeholder) else None
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else _text_or_flag(value)

    def _reckoned(self, node: exp.Expr) -> float | None:
        left = self._value(node.this)
        right = 0.0 if isinstance(node, exp.Neg) else self._value(node.args["expression"])
        if not isinstance(left, float) or not isinstance(right, float):
            return None
        if isinstance(node, exp.Neg):
            return -left
        return left + right if isinstance(node, exp.Add) else left - right if isinstance(node, exp.Sub) else left * right

    def _both(self, parts: Iterable[list[Alternative]]) -> list[Alternative]:
        found: list[Alternative] = [{}]
        for part in parts:
            if len(found) * len(part) > MOST_ALTERNATIVES:
                continue  # leaving a part out makes the rest only more possible
            found = [one for one in (_met(left, right, self.domains) for left in found for right in part) if one is not None]
        return found

    def _either(self, parts: Iterable[list[Alternative]]) -> list[Alternative]:
        found = [one for part in parts for one in part]
        return found if len(found) <= MOST_ALTERNATIVES else [{}]


def _text_or_flag(value: object) -> str | bool | None:
    return value if isinstance(value, str | bool) else None


def _met(left: Alternative, right: Alternative, domains: Domains) -> Alternative | None:
    """Two alternatives at once, or None where a column is left with nothing."""
    found = dict(left)
    for name, region in right.items():
        found[name] = found[name].meet(region) if name in found else region
        if found[name].is_empty:
            return None
    return found
