"""Names of exported lists: neutral, telling nothing about people, each once, and short enough for every platform."""

import re
from collections.abc import Iterator, Sequence

from pipelines.activation.compiler_problem import Broken
from pipelines.activation.export_names import SEGMENT_CODES, export_names
from schemas.platforms import PlatformContract, all_platforms
from schemas.policy import AudiencePolicy, Policy

NEUTRAL = re.compile(r"^[A-Z0-9_]+$")
# Words about somebody's money, whatever policy lists: Meta flags audiences whose name suggests them, and blocks their edits.
MONEY = ("INCOME", "CREDIT", "SUBPRIME", "EQUITY", "LOAN", "DEBT", "WEALTH", "BANKRUPT", "FICO", "SALARY")
META_471 = "Meta since 2025-09-02: operation status 471, error_subcode 1713230"
OURS = "our own rule: names are neutral, meanings live in the catalogue"


def name_problems(policy: Policy) -> Iterator[Broken]:
    """Everything about names."""
    yield from _shared_codes(policy)
    yield from _arms(policy)
    for audience in policy.audiences:
        names = export_names(policy, audience)
        yield from _words(policy, audience, names)
        yield from _lengths(policy, audience, max(names, key=len, default=""))


def _words(policy: Policy, audience: AudiencePolicy, names: Sequence[str]) -> Iterator[Broken]:
    """One problem per rule and audience, which shows the first of the names that break it."""
    about, path = audience.audience, ("code",)
    for name in [one for one in names if not NEUTRAL.match(one)][:1]:
        found = f"export name {name} may hold only A-Z, 0-9 and _"
        yield Broken("neutral_name", found, "change the code of the audience, brand or market", OURS, audience=about, path=path)
    for rule, source, words in _telling(policy):
        bad = [(name, [word for word in words if any(word in part for part in name.upper().split("_"))]) for name in names]
        for name, said in [one for one in bad if one[1]][:1]:
            found = f"export name {name} tells {', '.join(said)}"
            yield Broken(rule, found, "choose another code for the audience, brand or market", source, audience=about, path=path)


def _arms(policy: Policy) -> Iterator[Broken]:
    """An arm with a cell of its own adds its code to the name."""
    for at, test in enumerate(policy.experiments.experiments):
        for place, arm in enumerate(test.arms):
            for rule, source, words in _telling(policy):
                said = [word for word in words if word in (arm.cell_code or "").upper()]
                if said:
                    path = ("experiments", at, "arms", place, "cell_code")
                    found = f"cell_code {arm.cell_code} tells {', '.join(said)} at the end of export names"
                    yield Broken(rule, found, "choose another code", source, "experiments", path=path)


def _telling(policy: Policy) -> tuple[tuple[str, str, Sequence[str]], ...]:
    """Rule, source and words of the lists that no name may hold."""
    listed = [word.upper() for word in policy.privacy.forbidden_name_words if word.upper() not in MONEY]
    return ("financial_status_name", META_471, MONEY), ("telling_name", "privacy.yaml forbidden_name_words", listed)


def _lengths(policy: Policy, audience: AudiencePolicy, longest: str) -> Iterator[Broken]:
    """A list of part of the members carries its channels too, so the longest name that can come is judged."""
    for name, contract in served(policy, audience):
        channels = policy.channels.platforms[name].channels
        whole = "_".join((longest, *(one.upper() for one in sorted(channels))))
        if contract.max_name_length and len(whole) > contract.max_name_length:
            found = f"export name {whole} has {len(whole)} characters; {name} takes at most {contract.max_name_length}"
            source = contract.sources.get("max_name_length", "the platform's declaration")
            yield Broken("name_length", found, "choose shorter codes", source, audience=audience.audience, path=("code",))


def served(policy: Policy, audience: AudiencePolicy) -> Iterator[tuple[str, PlatformContract]]:
    """The platforms that are on and could get an audience, by name."""
    declared = all_platforms()
    planned = {*audience.channels, *(one for channels in audience.channels_by_brand.values() for one in channels)}
    for name, one in sorted(policy.channels.platforms.items()):
        if name in declared and one.is_on and audience.segment in one.segments and planned & set(one.channels):
            yield name, declared[name]


def _shared_codes(policy: Policy) -> Iterator[Broken]:
    seen: dict[str, str] = {code: f"lists of all of {segment}" for segment, code in SEGMENT_CODES.items()}
    for audience in policy.audiences:
        if audience.code in seen and seen[audience.code] != audience.audience:
            found = f"code {audience.code} is already that of {seen[audience.code]}"
            fix = "choose another, or two audiences are one list outside"
            yield Broken("one_name_each", found, fix, OURS, audience=audience.audience, path=("code",))
        seen.setdefault(audience.code, audience.audience)
