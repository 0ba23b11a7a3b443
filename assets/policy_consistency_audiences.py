"""audiences/*.yaml: rules over columns that exist, and names of brands, channels and messages that exist."""

from collections.abc import Iterator
from typing import Any

from assets.policy_finder import Finder
from assets.policy_problem import listed
from assets.policy_yaml import Document, KeyPath
from pipelines.audiences.rule_checks import findings, idle_exclusions, used_parameters
from pipelines.audiences.rule_domains import Domains, domains_of
from pipelines.audiences.rules import PROVIDED_PARAMETERS
from schemas.names import nearest_of
from schemas.policy.audiences import AudiencePolicy


def audience_problems(found: Finder) -> None:
    """Everything about the definitions of audiences."""
    names: dict[str, str] = {}
    for file in sorted(name for name in found.documents if name.startswith("audiences/")):
        one = AudiencePolicy.model_validate(found.documents[file].content)
        if one.audience in names:
            other = found.documents[names[one.audience]].file
            found.wrong(file, ("audience",), f"the audience {one.audience!r}, which {other} defines too", "a name of its own")
        names.setdefault(one.audience, file)
        _brands(found, file, one)
        _channels_and_messages(found, file, one)
        _figures(found, file, one)
        _parameters(found, file, one)
        _rules(found, file, one)


def _brands(found: Finder, file: str, one: AudiencePolicy) -> None:
    for at, brand in enumerate(one.brands or ()):
        found.known(file, ("brands", at), brand, found.brands, "brand")
    for key in ("channels_by_brand", "message_by_brand"):
        for brand in getattr(one, key):
            found.known(file, (key, brand), brand, found.brands, "brand")


def _channels_and_messages(found: Finder, file: str, one: AudiencePolicy) -> None:
    for at, channel in enumerate(one.channels):
        found.known(file, ("channels", at), channel, found.channels, "channel")
    for brand, channels in one.channels_by_brand.items():
        for at, channel in enumerate(channels):
            found.known(file, ("channels_by_brand", brand, at), channel, found.channels, "channel")
    messages = [theme.message for theme in found.policy.plan.messages]
    found.known(file, ("message",), one.message, messages, "message")
    for brand, message in one.message_by_brand.items():
        found.known(file, ("message_by_brand", brand), message, messages, "message")


def _figures(found: Finder, file: str, one: AudiencePolicy) -> None:
    if one.hot_from is not None and one.warm_from is not None and one.hot_from <= one.warm_from:
        found.wrong(file, ("hot_from",), f"{one.hot_from:g}, not above warm_from", f"more than {one.warm_from:g}")
    for name in PROVIDED_PARAMETERS:
        if name in one.parameters:
            found.wrong(file, ("parameters", name), f"the name {name!r}", "another name: this one is provided to every rule")


def _parameters(found: Finder, file: str, one: AudiencePolicy) -> None:
    """Parameters of places: places that exist, parameters that have a value everywhere else."""
    accepted = {"brand": found.brands, "market": found.markets, "rooftop": found.rooftops}
    for place, named in one.parameters_by.items():
        for name, own in named.items():
            found.known(file, ("parameters_by", place, name), name, accepted[place], place)
            for parameter in own:
                path = ("parameters_by", place, name, parameter)
                if parameter not in one.parameters:
                    expected = f"a value for everywhere else under parameters, or {listed(one.parameters)}"
                    found.wrong(
                        file,
                        path,
                        f"the parameter {parameter!r}, which has none",
                        expected,
                        nearest_of(parameter, one.parameters),
                    )


def _rules(found: Finder, file: str, one: AudiencePolicy) -> None:
    """Expressions, reasons and nests, each with its line; what is superfluous where all are right."""
    domains = domains_of(found.policy)
    told = findings(one, domains=domains)
    for path, sentence in told:
        found.wrong(file, path, sentence)
    if not told:
        _superfluous(found, file, one, domains)


def _superfluous(found: Finder, file: str, one: AudiencePolicy, domains: Domains) -> None:
    """What does nothing, of what this file says itself: a base may say more than each audience needs."""
    document = found.documents[file]
    used = used_parameters(one)
    for name in one.parameters:
        if name not in used and document.place(("parameters", name))[0] == document.file:
            expected = f"${name} in a rule, an exclusion, a reason or the score; or no such line"
            found.wrong(file, ("parameters", name), f"the parameter {name!r}, which nothing uses", expected)
    for path, sentence in idle_exclusions(one, domains):
        if document.place(path)[0] == document.file:
            found.wrong(file, path, sentence)


def place_of(document: Document, sentence: str) -> KeyPath:
    """The key that a sentence is about: `score ...`, `condition <name> ...`, or the audience as a whole."""
    words = sentence.split(maxsplit=2)
    if words[0] == "score":
        return ("score",)
    paths = (path for path, value in _named(document.content, ()) if words[0] == "condition" and value == words[1])
    return next(paths, ("audience",))


def _named(node: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(node, dict):
        if "when" in node and "name" in node:
            yield (*path, "when"), node["name"]
        for key, child in node.items():
            yield from _named(child, (*path, key))
    elif isinstance(node, list):
        for at, child in enumerate(node):
            yield from _named(child, (*path, at))
