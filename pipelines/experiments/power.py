"""How many people a test needs before it can see what it is for. Formulas only; nothing here knows a group.

Two proportions, normal approximation, pooled variance under no difference: Fleiss, Levin and Paik, Statistical Methods for
Rates and Proportions (3rd ed. 2003), section 4.2, without the continuity correction. Clusters: the minimum detectable effect
of Bloom, Minimum Detectable Effects (Evaluation Review 19, 1995), on changes of clusters, with Student's t.
"""

from dataclasses import dataclass
from math import ceil, inf, isfinite, sqrt
from statistics import NormalDist

from scipy.stats import t as student

_NORMAL = NormalDist()
_HALVINGS = 60  # of an interval of at most 1: beyond the precision of a double


class Unpowered(ValueError):
    """Figures for which no size can be given. `name`, `value` and `expected` say which and why."""

    def __init__(self, name: str, value: float, expected: str) -> None:
        self.name, self.value, self.expected = name, value, expected
        super().__init__(f"{name} {value:g}: expected {expected}")


@dataclass(frozen=True)
class Question:
    """What a test must see: a relative lift over a baseline rate (0 to 1), with this power and two-sided confidence.

    `arms` counts the one compared with; with more than two, each comparison gets its share of the risk (Bonferroni).
    `ratio`: people of the other arm for each person of the smaller one. Errors: Unpowered.
    """

    baseline: float
    lift: float
    power: float = 0.80
    confidence: float = 0.95
    arms: int = 2
    ratio: float = 1.0

    def __post_init__(self) -> None:
        for name, value in (("baseline", self.baseline), ("power", self.power), ("confidence", self.confidence)):
            if not 0 < value < 1:
                raise Unpowered(name, value, "a share between 0 and 1")
        if not isfinite(self.lift) or self.lift == 0 or self.lift <= -1 or self.baseline * (1 + self.lift) >= 1:
            raise Unpowered("lift", self.lift, "a relative lift that is not 0 and keeps the rate between 0 and 1")
        if self.power <= 0.5:
            raise Unpowered("power", self.power, "more than 0.5")
        if self.arms < 2:
            raise Unpowered("arms", self.arms, "two or more, the one compared with among them")
        if not (isfinite(self.ratio) and self.ratio > 0):
            raise Unpowered("ratio", self.ratio, "more than 0")

    @property
    def risk(self) -> float:
        """The two-sided risk of each comparison."""
        return (1 - self.confidence) / (self.arms - 1)


def exact_per_arm(asked: Question) -> float:
    """People of the smaller arm, not rounded."""
    return _people(asked, asked.baseline * (1 + asked.lift), _NORMAL.inv_cdf(asked.power))


def people_per_arm(asked: Question) -> int:
    """People of the smaller arm, rounded up. 2.5% and a lift of 10% at 80% and 95% with equal arms: 64,199."""
    return ceil(exact_per_arm(asked))


def _people(asked: Question, other: float, z_power: float) -> float:
    first, ratio = asked.baseline, asked.ratio
    pooled = (first + ratio * other) / (1 + ratio)
    z_risk = _NORMAL.inv_cdf(1 - asked.risk / 2)
    none = z_risk * sqrt((1 + 1 / ratio) * pooled * (1 - pooled))
    some = z_power * sqrt(first * (1 - first) + other * (1 - other) / ratio)
    return ((none + some) / (other - first)) ** 2


def power_with(asked: Question, people: float) -> float:
    """The power that `people` in the smaller arm give; the other arm has `ratio` times as many."""
    if people <= 0:
        return 0.0
    first, other, ratio = asked.baseline, asked.baseline * (1 + asked.lift), asked.ratio
    pooled = (first + ratio * other) / (1 + ratio)
    none = _NORMAL.inv_cdf(1 - asked.risk / 2) * sqrt((1 + 1 / ratio) * pooled * (1 - pooled))
    some = sqrt(first * (1 - first) + other * (1 - other) / ratio)
    return _NORMAL.cdf((abs(other - first) * sqrt(people) - none) / some)


def detectable_lift(asked: Question, people: float) -> float | None:
    """The smallest relative lift upwards that `people` in the smaller arm can see; None where even certainty would not do."""
    low, high = asked.baseline, 1.0 - 1e-12
    z_power = _NORMAL.inv_cdf(asked.power)
    if people <= 0 or _people(asked, high, z_power) > people:
        return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _people(asked, middle, z_power) > people else (low, middle)
    return high / asked.baseline - 1


def weeks_until(needed: float, have: float, per_week: float) -> float:
    """Weeks until `needed` people are there, when `per_week` join; 0 where they are, infinite where none joins."""
    if have >= needed:
        return 0.0
    return (needed - have) / per_week if per_week > 0 else inf


def cluster_effect(spread: float, dark: int, lit: int, power: float, confidence: float) -> float | None:
    """The smallest difference of changes between dark and lit clusters that can be seen, in the unit of `spread`.

    `spread` is the standard deviation over clusters of the change from the weeks before to the weeks of the test; degrees of
    freedom are dark + lit - 2. None where there are fewer than two of one kind, since then nothing says how they vary.
    """
    if dark < 1 or lit < 1 or dark + lit < 3:
        return None
    freedom = dark + lit - 2
    reach = float(student.ppf(1 - (1 - confidence) / 2, freedom) + student.ppf(power, freedom))
    return reach * spread * sqrt(1 / dark + 1 / lit)
