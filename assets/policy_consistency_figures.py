"""triggers, scoring, identity, channels, privacy, experiments and plan: names that exist, and figures that fit together."""

import math
from typing import get_args

from assets.policy_consistency_experiments import experiment_problems
from assets.policy_finder import Finder
from assets.policy_problem import listed
from pipelines.audiences.rules import candidate_columns
from pipelines.normalise.postcode import zip_table
from pipelines.records.touch import FEEDS
from pipelines.triggers import all_triggers
from schemas.names import nearest_of
from schemas.policy.audiences import SegmentName
from schemas.sources import all_feeds
from schemas.vocabulary_propensity import FEATURES
from schemas.vocabulary_touch import TOUCH_KINDS

# Touches that are no sign of shopping: service and parts, what happened at the till, and what we did ourselves.
NOT_SHOPPING = frozenset(
    {
        "form_service",
        "form_parts",
        "call_service",
        "service_visit",
        "service_elsewhere",
        "appointment",
        "purchase",
        "email_open",
        "exposure",
    }
)
SPLIT_OF_ALL = "total"


def figure_problems(found: Finder) -> None:
    """Everything about numbers and the names they hang on."""
    _triggers(found)
    _intent(found)
    _rest_of_scoring(found)
    _channels(found)
    _privacy(found)
    experiment_problems(found)
    _splits(found)
    _plan(found)


def _triggers(found: Finder) -> None:
    declared = all_triggers()
    for name, one in found.policy.triggers.triggers.items():
        path = ("triggers", name)
        found.known("triggers", path, name, declared, "trigger")
        if name not in declared:
            continue
        needed = declared[name].parameters
        for given in one.parameters:
            found.known("triggers", (*path, "parameters", given), given, needed, f"parameter of {name}")
        missing = [parameter for parameter in needed if parameter not in one.parameters]
        if missing:
            found.wrong("triggers", path, f"no {', '.join(missing)}", f"parameters: {', '.join(needed)}")
        for limit in declared[name].takes:
            value = one.parameters.get(limit.name, limit.low)
            if not limit.low <= value <= limit.high:
                expected = f"{limit.low:g} to {limit.high:g} {limit.unit} ({limit.meaning})"
                found.wrong("triggers", (*path, "parameters", limit.name), f"{value:g}", expected)
    states = found.policy.triggers.service_states
    if not states.at_risk_from < states.lapsed_from < states.lost_from:
        shown = f"{states.at_risk_from:g}, {states.lapsed_from:g}, {states.lost_from:g}"
        found.wrong("triggers", ("service_states",), shown, "at_risk_from below lapsed_from below lost_from")


def _intent(found: Finder) -> None:
    intent = found.policy.scoring.intent
    shopping = set(TOUCH_KINDS) - NOT_SHOPPING
    for kind, weight in intent.weights.items():
        path = ("intent", "weights", kind)
        if kind in NOT_SHOPPING:
            found.wrong("scoring", path, f"a weight for {kind}, which is no sign of shopping", listed(shopping, most=99))
        else:
            found.known("scoring", path, kind, shopping, "kind of touch")
        if weight.cap_per_day < weight.points:
            expected = f"at least the {weight.points:g} points of one touch"
            found.wrong("scoring", (*path, "cap_per_day"), f"{weight.cap_per_day:g}", expected)
    for feed, cap in intent.source_caps.items():
        found.known("scoring", ("intent", "source_caps", feed), feed, set(FEEDS), "feed of touches")
        if cap.in_all < cap.per_day:
            expected = f"at least per_day, {cap.per_day:g}"
            found.wrong("scoring", ("intent", "source_caps", feed, "in_all"), f"{cap.in_all:g}", expected)
    if intent.hot_from <= intent.warm_from:
        found.wrong("scoring", ("intent", "hot_from"), f"{intent.hot_from:g}", f"more than warm_from, {intent.warm_from:g}")


def _rest_of_scoring(found: Finder) -> None:
    rfm = found.policy.scoring.rfm
    total = rfm.recency_weight + rfm.frequency_weight + rfm.monetary_weight
    if not math.isclose(total, 1, abs_tol=1e-6):
        found.wrong("scoring", ("rfm",), f"weights that add up to {total:g}", "weights that add up to 1")
    for at, feature in enumerate(found.policy.scoring.propensity.excluded_features):
        found.known("scoring", ("propensity", "excluded_features", at), feature, FEATURES, "feature of the propensity")
    for at, feed in enumerate(found.policy.identity.source_order):
        found.known("identity", ("source_order", at), feed, all_feeds(), "feed")
    for field, line in found.policy.identity.survivorship.fields.items():
        for at, feed in enumerate(line.source_order):
            found.known("identity", ("survivorship", "fields", field, "source_order", at), feed, all_feeds(), "feed")


def _channels(found: Finder) -> None:
    """Platforms themselves are judged with the exports."""
    for key in ("contact_limits", "household_limits"):
        for at, one in enumerate(getattr(found.policy.channels, key)):
            found.known("channels", (key, at, "channel"), one.channel, found.channels, "channel")
    for at, start in enumerate(found.policy.channels.rollout):
        if start.after_days_low > start.after_days_high:
            found.wrong("channels", ("rollout", at), "after_days_low above after_days_high", "low not above high")


def _privacy(found: Finder) -> None:
    states = set(zip_table()["state"])
    for at, state in enumerate(found.policy.privacy.excluded_states):
        found.known("privacy", ("excluded_states", at), state, states, "state")
    for at, column in enumerate(found.policy.privacy.credit_forbidden_columns):
        found.known("privacy", ("credit_forbidden_columns", at), column, candidate_columns(), "candidate column")
    for at, grant in enumerate(found.policy.privacy.grants):
        for place, segment in enumerate(grant.segments):
            found.known("privacy", ("grants", at, "segments", place), segment, get_args(SegmentName), "segment")


def _splits(found: Finder) -> None:
    """<what>_by_<dimension>: both ends and every part are names of this policy."""
    parts = {
        "segment": list(get_args(SegmentName)),
        "market": found.markets,
        "market_type": found.market_types,
        "brand": found.brands,
        "channel": sorted(found.channels),
        "rooftop": [one.rooftop_id for one in found.policy.group.rooftops],
    }
    whole = [SPLIT_OF_ALL, *parts["segment"], *parts["market_type"], *parts["market"], *parts["brand"]]
    for name, shares in found.policy.plan.budget.splits.items():
        path = ("budget", "splits", name)
        what, _, dimension = name.rpartition("_by_")
        if dimension not in parts or what not in whole:
            accepted = [f"{one}_by_{other}" for one in whole for other in parts]
            expected = f"<what>_by_<dimension>; what: {', '.join(dict.fromkeys(whole))}; dimension: {', '.join(parts)}"
            found.wrong("plan", path, f"the unknown split {name!r}", expected, nearest_of(name, accepted))
            continue
        for at, share in enumerate(shares):
            found.known("plan", (*path, at, "name"), share.name, parts[dimension], dimension.replace("_", " "))


def _plan(found: Finder) -> None:
    plan = found.policy.plan
    accepted = {"market": found.markets, "market_type": found.market_types, "brand": found.brands}
    for at, one in enumerate(plan.business):
        found.known("plan", ("business", at, "name"), one.name, accepted[one.by], one.by.replace("_", " "))
    for measure, by in sorted({(one.measure, one.by) for one in plan.business}):
        chosen = [one for one in plan.business if (one.measure, one.by) == (measure, by)]
        low, high = sum(one.low for one in chosen), sum(one.high for one in chosen)
        if low > 1.0005 or high < 0.9995:
            shown = f"shares of {measure} that add up to {low:g} to {high:g}"
            found.wrong("plan", ("business",), shown, "shares that can add up to 1")
    found.once("plan", [(("messages", at, "message"), one.message) for at, one in enumerate(plan.messages)], "message")
    kpis = [(("targets", at), (one.segment, one.kpi)) for at, one in enumerate(plan.targets)]
    found.once("plan", kpis, "target")
