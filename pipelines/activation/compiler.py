"""What policy may not ask of the platforms: judged before anything runs, in sentences for the person who wrote it.

Names are neutral because platforms flag audiences whose name tells something about people (Meta since 2025-09-02). Credit
offers may not use age, gender, ZIP or income (Meta special ad categories; Google consumer finance, US and Canada).
"""

import re
from collections.abc import Iterator
from itertools import product

from pipelines.audiences.rule_language import nearest
from pipelines.audiences.rules import PLACE, expression_columns, leaves
from schemas.platforms import all_platforms
from schemas.policy import AudiencePolicy, Policy

NEUTRAL = re.compile(r"^[A-Z0-9_]+$")


def check_policy(policy: Policy) -> list[str]:
    """Every problem that exports would have with a policy, as sentences; empty where there is none."""
    return [*check_names(policy), *check_credit_offers(policy), *check_platforms(policy)]


def check_names(policy: Policy) -> list[str]:
    """Names of exported audiences: neutral characters, no telling words, no two audiences of one name, short enough."""
    words = [word.upper() for word in policy.privacy.forbidden_name_words]
    longest = min((one.max_name_length for one in all_platforms().values() if one.max_name_length), default=0)
    problems = _shared_codes(policy)
    for audience in policy.audiences:
        for name in export_names(policy, audience):
            where = f"audience {audience.audience}: export name {name}"
            if not NEUTRAL.match(name):
                problems.append(f"{where} may hold only A-Z, 0-9 and _; change the code of the audience, brand or market")
            told = [word for word in words if any(word in part for part in name.upper().split("_"))]
            if told:
                problems.append(
                    f"{where} tells {', '.join(told)}, a word of privacy.yaml forbidden_name_words; choose another code"
                )
            if longest and len(name) > longest:
                problems.append(f"{where} has {len(name)} characters; platforms take at most {longest}")
    return problems


def export_names(policy: Policy, audience: AudiencePolicy) -> list[str]:
    """Every cell that an audience can be exported to: prefix and code, then the codes that its cell_by asks for, in its order."""
    return sorted({"_".join(code for _, code in parts) for parts in export_parts(policy, audience)})


def export_parts(policy: Policy, audience: AudiencePolicy) -> Iterator[list[tuple[str, str]]]:
    """The parts of every such name in its order, each with what it stands for: prefix, code, brand, market or rooftop."""
    group = policy.group
    markets = [("market", one.code) for one in group.markets]
    for brand in group.brands:
        if audience.brands is not None and brand.brand not in audience.brands:
            continue
        rooftops = [("rooftop", one.rooftop_id) for one in group.rooftops if one.brand == brand.brand]
        choices = {"brand": [("brand", brand.code)], "market": markets, "rooftop": rooftops}
        for parts in product(*(choices[key] for key in audience.cell_by)):
            yield [("prefix", group.export_prefix), ("code", audience.code), *parts]


def pooled_names(policy: Policy) -> set[str]:
    """Names of the lists that cells may be pooled into, see pool_small_cells_by of channels.yaml."""
    every = [parts for audience in policy.audiences for parts in export_parts(policy, audience)]
    dropped = [one.pool_small_cells_by for one in policy.channels.platforms.values()]
    orders = {order[: at + 1] for order in dropped for at in range(len(order))}
    return {"_".join(code for key, code in parts if key not in order) for parts in every for order in orders}


def is_named(policy: Policy, cell: str) -> bool:
    """Whether a policy names a cell, with or without the channels that a list of part of its members adds to its name."""
    channels = {one.upper() for platform in policy.channels.platforms.values() for one in platform.channels}
    ends = re.compile(f"(?:_(?:{'|'.join(sorted(channels))}))*") if channels else re.compile("")
    return any(cell.startswith(name) and ends.fullmatch(cell[len(name) :]) for name in all_names(policy))


def all_names(policy: Policy) -> list[str]:
    """The export names of all audiences and of what their cells may be pooled into, in alphabetical order."""
    own = {name for audience in policy.audiences for name in export_names(policy, audience)}
    return sorted(own | pooled_names(policy))


def check_credit_offers(policy: Policy) -> list[str]:
    """Audiences with credit_offer: true that name a forbidden column in a rule, an exclusion, the score or a reason."""
    forbidden = set(policy.privacy.credit_forbidden_columns)
    problems = []
    for audience in policy.audiences:
        if audience.credit_offer:
            used = {(place, name) for place, name in _columns(audience) if name in forbidden}
            problems += [
                f"audience {audience.audience}: {place} uses {name}, which no credit offer may "
                "(privacy.yaml credit_forbidden_columns); drop the condition or set credit_offer: false"
                for place, name in sorted(used)
            ]
    return problems


def check_platforms(policy: Policy) -> list[str]:
    """Platforms and grants of the policy against what the platforms take."""
    declared = all_platforms()
    problems = []
    for name, one in policy.channels.platforms.items():
        if name not in declared:
            problems.append(f"channels.yaml: platform {name!r} is not known; {nearest(name, declared)}")
            continue
        contract = declared[name]
        if contract.max_membership_days and one.membership_days > contract.max_membership_days:
            problems.append(
                f"channels.yaml: platform {name}: membership_days {one.membership_days} is more than the platform's "
                f"{contract.max_membership_days}"
            )
        problems += [
            f"channels.yaml: platform {name} does not serve channel {channel!r}; {nearest(channel, contract.channels)}"
            for channel in one.channels
            if channel not in contract.channels
        ]
    return problems + list(_grants(policy))


def _grants(policy: Policy) -> Iterator[str]:
    recipients = {one.recipient: one for one in all_platforms().values()}
    for grant in policy.privacy.grants:
        if grant.recipient not in recipients:
            yield f"privacy.yaml: grant to {grant.recipient!r}, which is not known; {nearest(grant.recipient, recipients)}"
        elif grant.basis == "licence" and recipients[grant.recipient].first_party_only:
            yield (
                f"privacy.yaml: grant to {grant.recipient} on basis licence; that platform takes first-party data only, "
                "remove the grant"
            )


def _shared_codes(policy: Policy) -> list[str]:
    seen: dict[str, str] = {}
    problems = []
    for audience in policy.audiences:
        if audience.code in seen:
            problems.append(
                f"audience {audience.audience}: code {audience.code} is already that of {seen[audience.code]}; choose another"
            )
        seen.setdefault(audience.code, audience.audience)
    return problems


def _columns(audience: AudiencePolicy) -> Iterator[tuple[str, str]]:
    """Every column that an audience names, with the place that names it."""
    yield from (("score", name) for name in expression_columns(audience.score))
    for one in (audience.rules, *audience.exclusions):
        for leaf, _ in leaves(one):
            told = (found.group(1) for found in PLACE.finditer(leaf.reason or ""))
            yield from ((f"condition {leaf.name}", name) for name in (*expression_columns(leaf.when or ""), *told))
