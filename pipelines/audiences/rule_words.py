"""A definition in plain language, made from the rule itself: so the words and what runs cannot differ.

`holds a Toyota or Honda (vol1)`; `lives within 20 miles of the rooftop`; `not: works for the group`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlglot import exp

from pipelines.audiences.rule_nouns import noun
from pipelines.audiences.rule_text import parse_expression
from pipelines.triggers import all_triggers
from schemas.candidate_columns import facts_of
from schemas.policy import Policy
from schemas.policy.audiences import AudiencePolicy, Condition

SIGNS: Mapping[type[exp.Expr], str] = MappingProxyType(
    {exp.EQ: "", exp.NEQ: "other than", exp.GT: "more than", exp.GTE: "at least", exp.LT: "less than", exp.LTE: "at most"}
)
TURNED = {"more than": "less than", "at least": "at most", "less than": "more than", "at most": "at least"}


@dataclass(frozen=True)
class Said:
    """A condition in words: the sentence of a leaf, or how a nest joins what stands below it. `name` is the condition's own."""

    name: str
    words: str
    below: tuple["Said", ...] = ()


def said(condition: Condition, audience: AudiencePolicy, policy: Policy) -> Said:
    """A condition of an audience in words, nests as nests."""
    if condition.when is not None:
        return Said(str(condition.name), Words(audience, policy).sentence(parse_expression(condition.when)))
    key = next(key for key in ("all", "any", "none") if getattr(condition, key) is not None)
    heading = {"all": "all of these", "any": "at least one of these", "none": "none of these"}[key]
    return Said(condition.name or "", heading, tuple(said(one, audience, policy) for one in getattr(condition, key)))


def sentence(audience: AudiencePolicy, policy: Policy) -> str:
    """The whole definition as one sentence: `holds a Toyota; lives within 20 miles; not: works for the group, ...`."""
    rules = said(audience.rules, audience, policy)
    parts = rules.below if rules.words == "all of these" else (rules,)
    left_out = [_flat(said(one, audience, policy)) for one in audience.exclusions]
    return "; ".join([*map(_flat, parts), *([f"not: {', '.join(left_out)}"] if left_out else [])])


def _flat(one: Said) -> str:
    if not one.below:
        return one.words
    word = {"all of these": " and ", "at least one of these": " or ", "none of these": " or "}[one.words]
    parts = [_flat(child) for child in one.below]
    inner = word.join(f"({part})" if word == " or " and " and " in part and part[0] != "(" else part for part in parts)
    return f"not ({inner})" if one.words == "none of these" else f"({inner})"


@dataclass(frozen=True)
class Words:
    """Expressions in words for one audience: its parameters as their values, its reach as the policy's miles."""

    audience: AudiencePolicy
    policy: Policy

    def sentence(self, node: exp.Expr) -> str:
        """A condition in words."""
        if isinstance(node, exp.Or) and {"radius_miles", "in_whole_market"} & {
            one.name for one in node.find_all(exp.Placeholder)
        }:
            return self._reach()
        if isinstance(node, exp.And | exp.Or):
            word = " and " if isinstance(node, exp.And) else " or "
            return word.join(self._part(one, node) for one in (node.left, node.right))
        if isinstance(node, exp.Not):
            return self._not(node.this)
        if isinstance(node, exp.Paren):
            return f"({self.sentence(node.this)})"
        return self._comparison(node)

    def _part(self, node: exp.Expr, of: exp.Expr) -> str:
        """A side of a connective; in brackets where it is another connective."""
        words = self.sentence(node)
        return f"({words})" if isinstance(node, exp.Connector) and type(node) is not type(of) else words

    def _not(self, node: exp.Expr) -> str:
        if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
            if isinstance(node.this, exp.Column) and node.this.name == "competitor_make":
                return self._makes()
            return f"{self.value(node.this)} is known"
        return f"not ({self.sentence(node)})"

    def _is(self, node: exp.Is) -> str:
        if isinstance(node.expression, exp.Null):
            return f"{self.value(node.this)} is not known"
        return self.sentence(node.this) if node.expression.this else f"not ({self.sentence(node.this)})"

    def _comparison(self, node: exp.Expr) -> str:
        if isinstance(node, exp.Column):
            return noun(node.name)
        if isinstance(node, exp.Is):
            return self._is(node)
        if isinstance(node, exp.Between):
            low, high = self.value(node.args["low"]), self.value(node.args["high"])
            return f"{self.value(node.this)}: {low} to {high}{self._unit(node.this)}"
        if isinstance(node, exp.In) and node.expressions:
            return f"{self.value(node.this)}: {_either([self.value(one) for one in node.expressions])}"
        if isinstance(node, exp.ArrayContains | exp.ArrayOverlaps):
            listed = node.expression.expressions if isinstance(node.expression, exp.Array) else [node.expression]
            return f"moment in force: {_either([self._trigger(one) for one in listed])}"
        return self._sign(node, SIGNS[type(node)]) if type(node) in SIGNS else self._written(node)

    def _sign(self, node: exp.Expr, sign: str) -> str:
        left, right = node.this, node.args["expression"]
        if not left.find(exp.Column) and right.find(exp.Column):
            left, right, sign = right, left, TURNED.get(sign, sign)
        if isinstance(left, exp.Column) and left.name == "distance_miles" and sign == "at most":
            return f"lives within {self.value(right)} miles of the brand's nearest rooftop"
        return f"{self.value(left)}: {sign} {self.value(right)}{self._unit(left)}".replace(":  ", ": ")

    def value(self, node: exp.Expr) -> str:
        """A value in words: a column's noun, a parameter's value, a literal."""
        if isinstance(node, exp.Column):
            return noun(node.name)
        if isinstance(node, exp.Placeholder):
            return self._parameter(node.name)
        if isinstance(node, exp.Literal):
            return node.name.replace("_", " ") if node.is_string else node.name
        if isinstance(node, exp.Neg):
            return f"-{self.value(node.this)}"
        return self._written(node)

    def _parameter(self, name: str) -> str:
        if name not in self.audience.parameters:
            return {"as_of": "today", "radius_miles": "the radius in"}.get(name, name)
        shown = _shown(self.audience.parameters[name])
        others = [
            f"{_shown(own[name])} for {place} {where}"
            for place, named in self.audience.parameters_by.items()
            for where, own in named.items()
            if name in own
        ]
        return f"{shown} ({', '.join(others)})" if others else shown

    def _written(self, node: exp.Expr) -> str:
        """What has no words of its own as it is written, with the values of parameters."""
        filled = node.copy().transform(
            lambda one: exp.Var(this=self._parameter(one.name)) if isinstance(one, exp.Placeholder) else one
        )
        return filled.sql(dialect="duckdb")

    def _unit(self, node: exp.Expr) -> str:
        unit = facts_of(node.name).unit.split(",")[0] if isinstance(node, exp.Column) else ""
        return f" {unit}" if unit and unit not in noun(node.name) else ""

    def _trigger(self, node: exp.Expr) -> str:
        name = node.name if isinstance(node, exp.Literal) else str(self.audience.parameters.get(node.name, node.name))
        known = all_triggers().get(name)
        return known.title.lower() if known else name

    def _makes(self) -> str:
        brands = self.audience.brands or tuple(one.brand for one in self.policy.group.brands)
        lists: dict[tuple[str, ...], list[str]] = {}
        for one in self.policy.conquest.brands:
            if one.brand in brands:
                lists.setdefault(one.makes, []).append(one.brand)
        return "holds a " + "; or a ".join(f"{_either(makes)} (for {', '.join(names)})" for makes, names in lists.items())

    def _reach(self) -> str:
        kinds: dict[str, list[str]] = {}
        for one in self.policy.conquest.radii:
            if one.segment == self.audience.segment:
                miles = f"within {_shown(one.miles)} miles of the brand's nearest rooftop" if one.miles is not None else ""
                whole = "in the rooftop's market" if one.whole_market else ""
                reach = "anywhere" if one.unlimited else " or ".join(filter(None, (miles, whole)))
                kinds.setdefault(reach, []).append(one.market_type)
        if len(kinds) == 1:
            return f"lives {next(iter(kinds))}"
        return "lives " + ", ".join(f"{reach} ({_either(types)} markets)" for reach, types in kinds.items())


def _either(words: list[str] | tuple[str, ...]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _shown(value: object) -> str:
    return f"{value:,g}" if isinstance(value, float | int) and not isinstance(value, bool) else str(value).replace("_", " ")
