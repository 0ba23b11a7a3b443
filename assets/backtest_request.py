"""What may be asked of a back-test: which days a lake can replay, and what is said where it cannot."""

from collections.abc import Sequence
from datetime import date, timedelta

from assets.backtest_replay import Replay

MOST_DAYS = 400  # replayed days; more would take hours and say no more


class BacktestRequestError(Exception):
    """Something asked for that cannot be: an option, what was found, what would be accepted, and the nearest name."""

    def __init__(self, option: str, found: str, expected: str, nearest: str | None = None) -> None:
        self.option, self.found, self.expected = option, found, expected
        hint = f"; did you mean {nearest}?" if nearest else ""
        super().__init__(f"{option}: found {found}, expected {expected}{hint}")


def replayed_days(replay: Replay, from_on: date, to_on: date, every: int) -> tuple[list[date], date | None]:
    """The days to replay, and the one before them where history reaches so far. Errors: BacktestRequestError."""
    first, last = replay.first, replay.base
    if every < 1:
        raise BacktestRequestError("--every", str(every), "1 or more days")
    if from_on > to_on:
        raise BacktestRequestError("--from, --to", f"{from_on} after {to_on}", "the earlier day first")
    if from_on < first or to_on >= last:
        history = f"days from {first} to {last - timedelta(days=1)} ({last} is the last day that is known)"
        raise BacktestRequestError("--from, --to", f"{from_on} to {to_on}", history)
    days = list(_steps(from_on, to_on, every))
    if len(days) > MOST_DAYS:
        raise BacktestRequestError("--every", str(every), f"at most {MOST_DAYS} days to replay, these are {len(days)}")
    before = from_on - timedelta(days=every)
    return days, before if before >= first else None


def _steps(from_on: date, to_on: date, every: int) -> Sequence[date]:
    return [from_on + timedelta(days=gone) for gone in range(0, (to_on - from_on).days + 1, every)]
