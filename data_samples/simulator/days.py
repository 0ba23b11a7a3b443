"""Days as whole numbers since 1970-01-01, and the days on which files are delivered."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from dateutil.relativedelta import relativedelta
from numpy.typing import NDArray

EPOCH = date(1970, 1, 1)
NEVER = 99_999
RECENT_DAYS = 60  # days that keep a file of their own when nothing else is asked for


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def as_date(day: int) -> date:
    """The calendar day of a day number."""
    return EPOCH + timedelta(days=int(day))


def compact(day: int) -> str:
    """YYYYMMDD."""
    return as_date(day).strftime("%Y%m%d")


@dataclass(frozen=True)
class Calendar:
    """The window of the world (first and last day) and the days with deliveries, ascending."""

    first: int
    last: int
    deliveries: tuple[int, ...]

    def delivery_of(self, day: NDArray[np.int64]) -> NDArray[np.int64]:
        """Position in `deliveries` of the first delivery on or after each day; len(deliveries) when there is none."""
        return np.searchsorted(np.asarray(self.deliveries), day, side="left").astype(np.int64)

    @property
    def daily(self) -> list[int]:
        """Positions of the deliveries that hold one day only."""
        return [i for i in range(1, len(self.deliveries)) if self.deliveries[i - 1] == self.deliveries[i] - 1]

    @property
    def now(self) -> datetime:
        """Noon of the last day; freezes the clock of the VIN generator."""
        return datetime.combine(as_date(self.last), time(12), UTC)


def make_calendar(until: date, months: int, days: int | None) -> Calendar:
    """Deliveries: one for the history, then (days given) the last days; else month ends, then the last sixty days."""
    last = day_number(until)
    first = day_number(until - relativedelta(months=months)) + 1
    daily = range(last - (days or min(RECENT_DAYS, last - first)) + 1, last + 1)
    history = daily.start - 1
    ends: list[int] = []
    if days is None:
        ends = [day for day in range(first, history) if as_date(day + 1).day == 1]
        ends = [first, *(day for day in ends if day > first)] if first < history else []
    return Calendar(first, last, (*ends, history, *daily))
