"""channels.yaml and privacy.yaml against what the platforms take: figures, sizes, whose data, how it is declared."""

from collections.abc import Iterator

from pipelines.activation.compiler_problem import Broken
from pipelines.audiences.rule_language import nearest
from schemas.platforms import PlatformContract, all_platforms
from schemas.policy import Policy
from schemas.policy.channels import Platform
from schemas.sources import all_feeds

DECLARED = "schemas/platforms"
OWN_DATA = "USER_PROVIDED_ONLY"


def platform_problems(policy: Policy) -> Iterator[Broken]:
    """Everything about platforms, grants, limits of the breaker and shares found."""
    declared = all_platforms()
    for name, one in policy.channels.platforms.items():
        if name in declared:
            yield from _one(policy, name, one, declared[name])
        else:
            yield _wrong(
                "known_platform", f"platform {name!r} is not known", nearest(name, declared), DECLARED, ("platforms", name)
            )
    yield from _grants(policy)
    yield from _names(policy)


def _one(policy: Policy, name: str, one: Platform, contract: PlatformContract) -> Iterator[Broken]:
    path = ("platforms", name)
    most, least = contract.max_membership_days, contract.min_people
    if most and one.membership_days > most:
        found = f"platform {name}: membership_days {one.membership_days} is more than the platform's {most}"
        source = contract.sources.get("max_membership_days", DECLARED)
        yield _wrong("membership_days", found, f"{most} or fewer", source, (*path, "membership_days"))
    if one.is_on and one.min_members < least and not one.may_be_below_minimum:
        found = f"platform {name}: min_members {one.min_members} is fewer than the {least} people that it serves"
        fix = f"{least} or more; may_be_below_minimum: true where smaller lists are meant, as for a trial"
        yield _wrong("minimum_size", found, fix, contract.sources.get("min_people", DECLARED), (*path, "min_members"))
    for at, channel in enumerate(one.channels):
        if channel not in contract.channels:
            found = f"platform {name} does not serve channel {channel!r}"
            yield _wrong("channel", found, nearest(channel, contract.channels), DECLARED, (*path, "channels", at))
    own = {segment for grant in _of(policy, contract, "first_party_relationship") for segment in grant.segments}
    if contract.first_party_only and "conquest" in one.segments and "conquest" not in own:
        found = f"platform {name} takes first-party data only, and conquest comes from bought lists"
        fix = "take conquest out of its segments"
        source = contract.sources.get("first_party_only", DECLARED)
        yield _wrong("first_party_only", found, fix, source, (*path, "segments"))
    for segment in one.segments:
        if contract.file_source and segment not in contract.file_source:
            found = f"platform {name}: no customer_file_source is declared for {segment}"
            fix = f"declare it in {DECLARED}/{name}.py"
            yield _wrong("file_source", found, fix, contract.sources.get("file_source", DECLARED), (*path, "segments"))


def _of(policy: Policy, contract: PlatformContract, basis: str) -> list:
    mine = [one for one in policy.privacy.grants if one.recipient == contract.recipient and one.purpose == contract.purpose]
    return [one for one in mine if one.basis == basis]


def _grants(policy: Policy) -> Iterator[Broken]:
    recipients = {one.recipient: one for one in all_platforms().values()}
    for at, grant in enumerate(policy.privacy.grants):
        path = ("grants", at)
        if grant.recipient not in recipients:
            found, fix = f"grant to {grant.recipient!r}, which is not known", nearest(grant.recipient, recipients)
            yield Broken("known_recipient", found, fix, DECLARED, "privacy", path=path)
            continue
        contract = recipients[grant.recipient]
        if grant.basis == "licence" and contract.first_party_only:
            found = f"grant to {grant.recipient} on basis licence; that platform takes first-party data only"
            source = contract.sources.get("first_party_only", DECLARED)
            yield Broken("first_party_only", found, "remove the grant", source, "privacy", path=path)
        own = [one for one in grant.segments if contract.file_source.get(one) == OWN_DATA]
        if grant.basis == "licence" and own:
            found = f"grant of bought data to {grant.recipient} for {', '.join(own)}, which is declared there as {OWN_DATA}"
            source = contract.sources.get("file_source", DECLARED)
            yield Broken("file_source", found, "grant bought data for conquest only", source, "privacy", path=(*path, "segments"))


def _names(policy: Policy) -> Iterator[Broken]:
    """Platforms and feeds that the breaker's limits and the shares found name."""
    rates, limits = policy.channels.reach.match_rates, policy.channels.breaker.limits
    named: list[tuple[str | None, tuple[str | int, ...]]] = [
        *((one.platform, ("reach", "match_rates", at)) for at, one in enumerate(rates)),
        *((one.platform, ("breaker", "limits", at)) for at, one in enumerate(limits)),
    ]
    for name, path in named:
        if name is not None and name not in policy.channels.platforms:
            fix = nearest(name, policy.channels.platforms)
            yield _wrong("known_platform", f"{name!r} is no platform here", fix, "channels.yaml platforms", (*path, "platform"))
    feeds = all_feeds()
    for at, one in enumerate(limits):
        if one.feed is not None and one.feed not in feeds:
            place = ("breaker", "limits", at, "feed")
            yield _wrong("known_feed", f"{one.feed!r} is no feed", nearest(one.feed, feeds), "schemas/sources", place)


def _wrong(rule: str, found: str, fix: str, source: str, path: tuple[str | int, ...]) -> Broken:
    return Broken(rule, found, fix, source, "channels", path=path)
