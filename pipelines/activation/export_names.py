"""The names under which audiences are known outside: prefix and codes, neutral by construction."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from types import MappingProxyType

from schemas.policy import AudiencePolicy, Policy
from schemas.policy.audiences import SegmentName
from schemas.policy.channels import Platform, PoolPart

UNKNOWN = "NA"  # in place of the code of a market or rooftop that is not known
# In place of an audience's code in the name of a list that holds cells of several audiences of a segment.
SEGMENT_CODES: Mapping[SegmentName, str] = MappingProxyType({"conquest": "ALLC", "in_market": "ALLI", "loyalty": "ALLL"})


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


def known_parts(policy: Policy, audience: AudiencePolicy) -> Iterator[list[tuple[str, str]]]:
    """As `export_parts`, and the names of members whose market or rooftop is not known."""
    yield from export_parts(policy, audience)
    for brand in policy.group.brands:
        here = {"brand": brand.code, "market": UNKNOWN, "rooftop": UNKNOWN}
        yield [("prefix", policy.group.export_prefix), ("code", audience.code), *((key, here[key]) for key in audience.cell_by)]


def chains(policy: Policy, platform: Platform) -> dict[str, list[str]]:
    """Every name of a cell with the lists that it may be pooled into at a platform, nearest first."""
    return {
        _name(parts): _shorter(parts, audience.segment, platform.pool_small_cells_by.get(audience.segment, ()))
        for audience in policy.audiences
        for parts in known_parts(policy, audience)
    }


def _shorter(parts: Sequence[tuple[str, str]], segment: SegmentName, order: Sequence[PoolPart]) -> list[str]:
    left, names = list(parts), []
    for dropped in order:
        if dropped == "audience":
            fewer = [("code", SEGMENT_CODES[segment]) if key == "code" else (key, code) for key, code in left]
        else:
            fewer = [one for one in left if one[0] != dropped]
        if fewer != left:
            names.append(_name(fewer))
        left = fewer
    return names


def _name(parts: Iterable[tuple[str, str]]) -> str:
    return "_".join(code for _, code in parts)


def is_named(policy: Policy, cell: str) -> bool:
    """Whether a policy names a cell; arms with a cell of their own, and lists of some channels, add their codes to its name."""
    codes = {one.upper() for platform in policy.channels.platforms.values() for one in platform.channels}
    codes |= {arm.cell_code for test in policy.experiments.experiments for arm in test.arms if arm.cell_code}
    ends = re.compile(f"(?:_(?:{'|'.join(sorted(codes))}))*") if codes else re.compile("")
    return any(cell.startswith(name) and ends.fullmatch(cell[len(name) :]) for name in all_names(policy))


def all_names(policy: Policy) -> list[str]:
    """The export names of all audiences and of what their cells may be pooled into, in alphabetical order."""
    found: set[str] = set()
    for platform in policy.channels.platforms.values():
        for name, parents in chains(policy, platform).items():
            found |= {name, *parents}
    return sorted(found)
