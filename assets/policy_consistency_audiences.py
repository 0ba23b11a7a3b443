"""audiences/*.yaml: rules over columns that exist, and names of brands, channels and messages that exist."""

from collections.abc import Iterator
from typing import Any

from assets.policy_finder import Finder
from assets.policy_yaml import Document, KeyPath
from pipelines.audiences.rules import PROVIDED_PARAMETERS, candidate_columns, check_audience, check_expression, check_template
from schemas.policy.audiences import AudiencePolicy, Condition


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


def _rules(found: Finder, file: str, one: AudiencePolicy) -> None:
    """Expressions and reasons one by one, so that each has its line; what concerns several of them where all are right."""
    before = len(found.problems)
    columns = candidate_columns()
    places = [*_leaves(one.rules, ("rules",))]
    for at, exclusion in enumerate(one.exclusions):
        places += _leaves(exclusion, ("exclusions", at))
    for leaf, path in places:
        for sentence in check_expression(leaf.when or "", columns, one.parameters):
            found.wrong(file, (*path, "when"), sentence)
        for sentence in check_template(leaf.reason or "", columns, one.parameters):
            found.wrong(file, (*path, "reason"), sentence)
    for sentence in check_expression(one.score, columns, one.parameters, expects="number"):
        found.wrong(file, ("score",), sentence)
    if len(found.problems) == before:
        for sentence in check_audience(one):
            part, _, rest = sentence.partition(": ")
            found.wrong(file, (part.split("[")[0],), rest)


def _leaves(condition: Condition, path: KeyPath) -> Iterator[tuple[Condition, KeyPath]]:
    if condition.when is not None:
        yield condition, path
    for key in ("all", "any", "none"):
        for at, child in enumerate(getattr(condition, key) or ()):
            yield from _leaves(child, (*path, key, at))


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
