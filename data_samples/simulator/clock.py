"""Local time of day to UTC, for whole columns of days."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import numpy as np

from data_samples.simulator.days import as_date
from data_samples.simulator.draws import Ints


def utc_offset_seconds(zone: str, day: Ints) -> Ints:
    """Seconds to add to UTC to get local time, at noon of each day."""
    days, position = np.unique(day, return_inverse=True)
    noons = [datetime.combine(as_date(one), time(12), ZoneInfo(zone)) for one in days.tolist()]
    offsets = [noon.utcoffset() for noon in noons]
    return np.array([int(one.total_seconds()) if one else 0 for one in offsets])[position]


def utc_seconds(zone: str, day: Ints, local_second: Ints) -> Ints:
    """Seconds since 1970 UTC of a local second of the day."""
    return day.astype(np.int64) * 86_400 + local_second - utc_offset_seconds(zone, day)
