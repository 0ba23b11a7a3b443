"""What a column can hold and what a comparison leaves of it: regions of values that are narrowed until nothing is left."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from math import ceil, floor, inf
from types import MappingProxyType

from pipelines.audiences.rule_language import nearest
from pipelines.normalise.postcode import zip_table
from schemas.candidate_columns import facts_of
from schemas.policy import Policy
from schemas.tables.traits import CANDIDATE

Constant = float | str | bool
MOST_EXCLUDED = 400  # gaps in a bounded range of whole numbers are counted up to here


@dataclass(frozen=True)
class Region:
    """Values that a column may still have: a range less single values, or a list of values; and whether it may be unknown."""

    low: float = -inf
    high: float = inf
    low_open: bool = False
    high_open: bool = False
    listed: frozenset[Constant] | None = None
    without: frozenset[Constant] = frozenset()
    null: bool = True
    values: bool = True  # whether it may have a value at all
    is_whole: bool = False

    def meet(self, other: "Region") -> "Region":
        """What is in both."""
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        high, shut = min((self.high, not self.high_open), (other.high, not other.high_open))
        both = [one for one in (self.listed, other.listed) if one is not None]
        listed = frozenset.intersection(*both) if both else None
        return Region(
            low, high, low_open, not shut, listed, self.without | other.without, self.null and other.null,
            self.values and other.values, self.is_whole or other.is_whole,
        )  # fmt: skip

    @property
    def has_value(self) -> bool:
        """Whether a value is left."""
        if not self.values:
            return False
        if self.listed is not None:
            return any(self._holds(one) for one in self.listed)
        low, high = self._ends()
        if low > high or (low == high and (self.low_open or self.high_open) and not self.is_whole):
            return False
        if low == high:
            return low not in self.without
        if self.is_whole and high - low <= MOST_EXCLUDED:
            return any(float(one) not in self.without for one in range(int(low), int(high) + 1))
        return True

    @property
    def is_empty(self) -> bool:
        """Whether neither a value nor unknown is left."""
        return not self.null and not self.has_value

    def _ends(self) -> tuple[float, float]:
        if not self.is_whole:
            return self.low, self.high
        low = self.low if self.low == -inf else floor(self.low) + 1 if self.low_open else ceil(self.low)
        high = self.high if self.high == inf else ceil(self.high) - 1 if self.high_open else floor(self.high)
        return low, high

    def _holds(self, value: Constant) -> bool:
        if value in self.without:
            return False
        if isinstance(value, str | bool):
            return True
        if self.is_whole and not float(value).is_integer():
            return False
        above = value > self.low or (value == self.low and not self.low_open)
        below = value < self.high or (value == self.high and not self.high_open)
        return above and below


ANYTHING = Region()
UNKNOWN = Region(values=False)
TRUE, FALSE = (Region(listed=frozenset({one}), null=False) for one in (True, False))


@dataclass(frozen=True)
class Domains:
    """What each column can hold; `named` are closed lists of a group's policy: brands, markets, rooftops, triggers."""

    named: Mapping[str, Collection[str]] = field(default_factory=dict)

    def values(self, column: str) -> Collection[str] | None:
        """The closed list of values of a text column or of the members of a list column, or None where it is open."""
        return self.named.get(column) or facts_of(column).values

    def region(self, column: str) -> Region:
        """Everything that a column can hold."""
        found, values = _regions().get(column, ANYTHING), self.values(column)
        return found if values is None or column == "triggers" else replace(found, listed=frozenset(values))

    def unknown_value(self, column: str, value: object) -> str | None:
        """The sentence on a value that a column never has, or None."""
        values = self.values(column)
        if values is None or not isinstance(value, str) or value in values:
            return None
        return f"`{column}` is never '{value}'; {nearest(value, values)}"


def domains_of(policy: Policy) -> Domains:
    """What columns can hold in a group: its brands, markets, rooftops and triggers, the vocabulary's makes, the states."""
    group, makes = policy.group, [one.make for one in policy.reference.makes]
    brands, markets = [one.brand for one in group.brands], [one.market for one in group.markets]
    rooftops, won = [one.rooftop_id for one in group.rooftops], {make for one in policy.conquest.brands for make in one.makes}
    styles = {one.body_style for one in policy.reference.models}
    kinds = {f"{position} {style}" for position in ("luxury", "volume") for style in styles}
    named = {
        "brand": brands, "top_brand": brands, "market": markets, "home_market": markets,
        "market_type": {one.type for one in group.markets}, "rooftop_id": rooftops, "service_rooftop_id": rooftops,
        "top_make": makes, "competitor_make": won, "top_body_style": styles,
        "top_vehicle_segment": kinds, "owned_vehicle_segment": kinds,
        "state": set(zip_table()["state"].to_list()), "triggers": set(policy.triggers.triggers),
    }  # fmt: skip
    return Domains({name: tuple(sorted(values)) for name, values in named.items() if values})


@cache
def _regions() -> Mapping[str, Region]:
    found = {}
    for name, column in CANDIDATE.schema.columns().items():
        facts = facts_of(name)
        low, high = (inf * sign if bound is None else bound for sign, bound in ((-1, facts.low), (1, facts.high)))
        dtype = column.dtype
        flags = frozenset({True, False}) if dtype.base_type().__name__ == "Boolean" else None
        is_whole = dtype.is_integer() or dtype.base_type().__name__ == "Date"
        found[name] = Region(low, high, listed=flags, null=column.nullable, is_whole=is_whole)
    return MappingProxyType(found)


def compared(sign: str, value: Constant) -> tuple[list[Region], list[Region]]:
    """Where `column <sign> value` is true, and where it is false: lists of regions without unknown. sign is = <> < <= > >=."""
    point, others = Region(listed=frozenset({value}), null=False), Region(without=frozenset({value}), null=False)
    if sign in ("=", "<>"):
        return ([point], [others]) if sign == "=" else ([others], [point])
    if isinstance(value, str | bool):  # the order of texts is left alone
        return [Region(null=False)], [Region(null=False)]
    above = Region(low=value, low_open=sign in (">", "<="), null=False)
    below = Region(high=value, high_open=sign in ("<", ">="), null=False)
    return ([above], [below]) if sign in (">", ">=") else ([below], [above])


def one_of(values: Iterable[Constant]) -> tuple[list[Region], list[Region]]:
    """Where `column in (...)` is true, and where it is false."""
    known = frozenset(values)
    return [Region(listed=known, null=False)], [Region(without=known, null=False)]


def within(low: Constant, high: Constant) -> tuple[list[Region], list[Region]]:
    """Where `column between low and high` is true, and where it is false."""
    if isinstance(low, str | bool) or isinstance(high, str | bool):
        return [Region(null=False)], [Region(null=False)]
    under, over = Region(high=low, high_open=True, null=False), Region(low=high, low_open=True, null=False)
    return [Region(low=low, high=high, null=False)], [under, over]


def day_number(text: str) -> float | None:
    """An ISO date as a number of days, or None."""
    try:
        return float(date.fromisoformat(text).toordinal())
    except ValueError:
        return None
