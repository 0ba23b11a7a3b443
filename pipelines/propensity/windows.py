"""Which past days are learned from, calibrated on and judged on. What follows one of them never reaches into the next part."""

from dataclasses import dataclass
from datetime import date, timedelta

from schemas.policy.propensity import PropensityPolicy

LEAST_MEMORY_DAYS = 90  # a day to learn from has so much behaviour behind it


@dataclass(frozen=True)
class Windows:
    """Past days, newest first. The horizon after each calibration day ends by the first later day, and so on downwards."""

    train: tuple[date, ...]
    calibration: tuple[date, ...]
    later: tuple[date, ...]

    @property
    def all_days(self) -> tuple[date, ...]:
        """All of them, newest first."""
        return (*self.later, *self.calibration, *self.train)


def windows(as_of: date, horizon_days: int, first_day: date | None, policy: PropensityPolicy) -> Windows:
    """The past days for one horizon; train is empty where the history is too short.

    `first_day` is the first day of behaviour. Later and calibration days are a horizon apart, so that each purchase is judged
    once; days to learn from are policy's step apart.
    """
    apart = max(policy.step_days, horizon_days)
    count = max(1, policy.judged_days // apart)
    later = tuple(as_of - timedelta(days=horizon_days + apart * k) for k in range(count))
    calibration = tuple(later[-1] - timedelta(days=apart * (k + 1)) for k in range(count))
    newest = calibration[-1] - timedelta(days=horizon_days)
    earliest = max(newest - timedelta(days=policy.train_days), (first_day or as_of) + timedelta(days=LEAST_MEMORY_DAYS))
    steps = (newest - earliest).days // policy.step_days + 1 if newest >= earliest else 0
    return Windows(tuple(newest - timedelta(days=policy.step_days * k) for k in range(steps)), calibration, later)
