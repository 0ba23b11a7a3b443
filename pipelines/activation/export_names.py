"""The names under which audiences are known outside: prefix and codes, neutral by construction."""

import re
from collections.abc import Iterator
from itertools import product

from schemas.policy import AudiencePolicy, Policy


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
