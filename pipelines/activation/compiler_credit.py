"""Audiences with credit_offer: true. Meta's special ad category and Google's consumer finance policy forbid what they may use."""

from collections.abc import Iterator

from sqlglot import exp

from pipelines.activation.compiler_names import served
from pipelines.activation.compiler_problem import Broken
from pipelines.audiences.rule_text import RuleError, parse_expression
from pipelines.audiences.rules import PLACE, expression_columns, leaves
from schemas.policy import AudiencePolicy, Policy

# Columns that stand for age, income, ZIP code, and marital or parental status, whatever privacy.yaml lists.
FORBIDDEN = ("age_band", "age_years", "has_life_event", "income_band", "zip")
META = "Meta, special ad category: https://www.facebook.com/business/help/2220749868045706"
GOOGLE = "Google, consumer finance: https://support.google.com/adspolicy/answer/14118861"
FEWEST_MILES = {"meta": 15.0, "google": 0.62}  # Meta: 15 miles; Google: 1 km
RADIUS_SOURCE = {"meta": META, "google": "Google: https://support.google.com/adspolicy/answer/9917652"}


def credit_problems(policy: Policy) -> Iterator[Broken]:
    """Everything about credit offers."""
    offers = [one for one in policy.audiences if one.credit_offer]
    if offers:
        yield from _list_is_whole(policy)
    for audience in offers:
        yield from _columns(policy, audience)
        for name, _ in served(policy, audience):
            if name in FEWEST_MILES:
                yield from _radii(policy, audience, name)


def _list_is_whole(policy: Policy) -> Iterator[Broken]:
    missing = sorted(set(FORBIDDEN) - set(policy.privacy.credit_forbidden_columns))
    if missing:
        found = f"credit_forbidden_columns leaves out {', '.join(missing)}"
        fix = "add them; without credit offers in any audience the list is free"
        yield Broken("credit_columns", found, fix, f"{META}; {GOOGLE}", "privacy", path=("credit_forbidden_columns",))


def _columns(policy: Policy, audience: AudiencePolicy) -> Iterator[Broken]:
    forbidden = {*policy.privacy.credit_forbidden_columns, *FORBIDDEN}
    for place, name in sorted({(place, name) for place, name in _used(audience) if name in forbidden}):
        found = f"{place} uses {name}, which no credit offer may"
        fix = "drop the condition or set credit_offer: false"
        source = f"privacy.yaml credit_forbidden_columns; {META}; {GOOGLE}"
        yield Broken("credit_columns", found, fix, source, audience=audience.audience, path=(place,))


def _used(audience: AudiencePolicy) -> Iterator[tuple[str, str]]:
    """Every column that an audience names, with the place that names it."""
    yield from (("score", name) for name in expression_columns(audience.score))
    for one in (audience.rules, *audience.exclusions):
        for leaf, _ in leaves(one):
            told = (found.group(1) for found in PLACE.finditer(leaf.reason or ""))
            yield from ((f"condition {leaf.name}", name) for name in (*expression_columns(leaf.when or ""), *told))


def _radii(policy: Policy, audience: AudiencePolicy, platform: str) -> Iterator[Broken]:
    fewest, source = FEWEST_MILES[platform], RADIUS_SOURCE[platform]
    fix = f"at least {fewest:g} miles for credit offers at {platform}, or credit_offer: false"
    names_radius = any("$radius_miles" in (leaf.when or "") for leaf, _ in leaves(audience.rules))
    for at, radius in enumerate(policy.conquest.radii if names_radius else ()):
        if radius.segment == audience.segment and radius.miles is not None and radius.miles < fewest:
            found = (
                f"{radius.miles:g} miles for {radius.segment} in {radius.market_type}, which {audience.audience} offers credit in"
            )
            yield Broken("credit_radius", found, fix, source, "conquest", path=("radii", at, "miles"))
    for leaf, _ in leaves(audience.rules):
        for miles in _miles_in(leaf.when or "", audience):
            if miles < fewest:
                found = f"condition {leaf.name} keeps people within {miles:g} miles"
                place = (f"condition {leaf.name}",)
                yield Broken("credit_radius", found, fix, source, audience=audience.audience, path=place)


def _miles_in(expression: str, audience: AudiencePolicy) -> Iterator[float]:
    """Every figure that distance_miles is compared with from above, parameters filled in."""
    try:
        tree = parse_expression(expression) if expression else None
    except RuleError:  # what cannot be read is told where rules are judged
        return
    for found in tree.find_all(exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between) if tree else ():
        if isinstance(found, exp.Between):
            sides = (found.this, found.args["high"])
        else:
            sides = (found.this, found.expression) if isinstance(found, exp.LT | exp.LTE) else (found.expression, found.this)
        if isinstance(sides[0], exp.Column) and sides[0].name == "distance_miles":
            yield from _figures(sides[1], audience)


def _figures(node: exp.Expr, audience: AudiencePolicy) -> Iterator[float]:
    if isinstance(node, exp.Literal) and not node.is_string:
        yield float(node.this)
    elif isinstance(node, exp.Parameter | exp.Placeholder):
        name = str(node.name)
        by_place = [by for places in audience.parameters_by.values() for by in places.values()]
        values = [given[name] for given in (audience.parameters, *by_place) if name in given]
        yield from (float(one) for one in values if isinstance(one, int | float))
