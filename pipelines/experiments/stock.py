"""Whether a test has, or will have, enough people: asked before they are drawn, so that a blind test draws nobody."""

from datetime import date
from math import isfinite

import polars as pl

from pipelines.engine import Engine
from pipelines.experiments.cards import arm_cards
from pipelines.experiments.power import Question, people_per_arm, weeks_until
from pipelines.step import Day
from schemas.policy import Policy
from schemas.policy.experiments import Experiment

_STOCK = """
    SELECT test, count(*) AS people, count(*) FILTER (assigned_on > $as_of - 28 AND assigned_on < $as_of) AS recent,
        min(assigned_on) AS first_on
    FROM (
        SELECT test, person_id, assigned_on FROM carried
        UNION ALL SELECT DISTINCT c.test, c.person_id, $as_of FROM concerned c
            ANTI JOIN carried h ON h.test = c.test AND h.person_id = c.person_id
    ) GROUP BY test
"""
WEEKS = 4


def question(policy: Policy, test: Experiment) -> Question | None:
    """What a test must see, by policy: its own figures, else those of `power`; None where neither says."""
    rules = policy.experiments.power
    baseline = test.baseline_rate or (rules.baseline_rate if rules else None)
    lift = test.relative_lift or (rules.relative_lift if rules else None)
    if rules is None or baseline is None or lift is None or baseline * (1 + lift) >= 1:
        return None
    shares = sorted(arm.share for arm in test.arms)
    return Question(
        baseline, lift, rules.power, rules.confidence, len(shares), ratio=sum(shares[1:]) / (len(shares) - 1) / shares[0]
    )


def weeks_needed(policy: Policy, test: Experiment, people: float, per_week: float) -> float | None:
    """Weeks until the smallest arm is large enough; infinite where it never will be, None where nothing is asked."""
    asked = question(policy, test)
    if asked is None:
        return None
    share = min(arm.share for arm in test.arms)
    return weeks_until(people_per_arm(asked), people * share, per_week * share)


def stock(engine: Engine, day: Day) -> pl.DataFrame:
    """test, people (in an arm, or about to be), recent (of the last four weeks), first_on. Reads concerned, carried."""
    return engine.sql(_STOCK, as_of=day.as_of)


def pace(recent: int, first_day: date, as_of: date) -> float:
    """People a week, over the last four; 0 where the test is younger, since its first day says nothing about the pace."""
    age = (as_of - first_day).days
    return recent / WEEKS if age >= WEEKS * 7 else 0.0


def too_small(engine: Engine, day: Day) -> list[str]:
    """Tests in force that policy refuses: not large enough, and not within most_weeks or by their last day."""
    rules = day.policy.experiments.power
    if rules is None or rules.too_small != "refuse":
        return []
    there = {row["test"]: row for row in stock(engine, day).to_dicts()}
    refused = []
    for test in day.policy.experiments.experiments:
        row = there.get(test.experiment)
        if row is None or test.kind != "person":  # clusters are judged in geo_balance
            continue
        weeks = weeks_needed(day.policy, test, row["people"], pace(row["recent"], row["first_on"], day.as_of))
        most = min(float(rules.most_weeks), (test.ends_on - day.as_of).days / 7 if test.ends_on else float(rules.most_weeks))
        if weeks is not None and (not isfinite(weeks) or weeks > most):
            refused.append(test.experiment)
    return sorted(refused)


def planned(policy: Policy, test: str) -> dict[str, float]:
    """The share of each arm of a test, 0 to 1."""
    rows = arm_cards(policy).filter(pl.col("test") == test)
    return {arm: parts / 1_000_000 for arm, parts in rows.select("arm", "parts").iter_rows()}
