"""The figures of a back-test in words, as terminal and page say them."""

from collections.abc import Mapping
from types import MappingProxyType

WHAT_KINDS_MEAN: Mapping[str, str] = MappingProxyType(
    {
        "own": "from the tables of the day itself: truly known then",
        "reconstructed": "put together from the newest day: deals and lists as files had stated them by then, people as they are "
        "known today",
    }
)
SHORT: Mapping[str, str] = MappingProxyType(
    {
        "bought_here": "bought here",
        "bought_elsewhere": "bought elsewhere",
        "serviced": "serviced",
        "booked": "booked",
        "lead": "lead",
    }
)
FIGURES: Mapping[str, str] = MappingProxyType(
    {
        "held_months": "months held",
        "service_months": "months since service",
        "visits": "service visits in 24 months",
        "purchases": "deals here",
        "is_leased": "leased here",
        "has_loan": "loan still running",
    }
)


def share(value: float | None) -> str:
    """A rate as percents with one decimal; a dash where there is none."""
    return "–" if value is None else f"{value:.1%}"


def points(value: float | None) -> str:
    """A difference of rates in percentage points, signed."""
    return "–" if value is None else f"{value * 100:+.1f}".replace("-", "−")


def times(value: float | None) -> str:
    """A lift: 1.8 times; ∞ where nothing bounds it."""
    if value is None:
        return "–"
    return "∞" if value == float("inf") else f"{value:.1f}×" if value >= 10 else f"{value:.2f}×"


def between(low: float | None, high: float | None, words: object) -> str:
    """The two limits of an interval in the words of a function for one figure."""
    if low is None or high is None or not callable(words):
        return "–"
    return f"{words(low)} to {words(high)}"


def verdict_on(difference_low: float | None, difference_high: float | None) -> str:
    """What an interval of a difference says: more often, less often, or nothing."""
    if difference_low is None or difference_high is None:
        return ""
    if difference_low > 0:
        return "more often"
    return "less often" if difference_high < 0 else "no difference to be told"


def matched_at(place: str) -> str:
    """The place at which people were matched, in words."""
    return {"rooftop": "at the same rooftop", "brand": "at the same brand", "group": "anywhere in the group"}[place]


def days_early(row: Mapping[str, object]) -> str:
    """Median and quarters of the days early of a row of CAUGHT_SCHEMA; a dash where too few were caught."""
    figures = [row[f"days_early_{name}"] for name in ("median", "q1", "q3")]
    if any(one is None for one in figures):
        return "–"
    median, low, high = (round(float(str(one))) for one in figures)
    return f"{median} ({low} to {high})"
