"""How the tests stand on a day: sizes, balance, power, and the held back who were addressed all the same."""

from math import isfinite
from typing import Any

import polars as pl

from pipelines.audiences.holdouts import HELD_BACK
from pipelines.engine import Engine, query_text
from pipelines.experiments.arms import in_words
from pipelines.experiments.balance import STRATA, UNITS, imbalances, ratio_p
from pipelines.experiments.cards import GLOBAL, arm_cards, cards_of_tests
from pipelines.experiments.power import Question, people_per_arm, power_with, weeks_until
from pipelines.experiments.stock import pace, planned, question
from pipelines.shape import in_shape
from pipelines.step import Day, Input, Step
from schemas.policy import Policy
from schemas.tables.experiment_health import EXPERIMENT_ARM, EXPERIMENT_HEALTH

NOBODY = dict.fromkeys(("assigned", "members", "addressed", "contaminated", "delivered", "exposed", "recent"), 0)
_GEO_WORDS = {"dark": "not addressed", "buffer": "between dark and lit", "lit": "as planned"}


def build(engine: Engine, day: Day) -> dict[str, pl.DataFrame]:
    """experiment_arm: a row per test and arm. experiment_health: the figures with a limit."""
    cards, rules = cards_of_tests(day.policy, day.as_of), day.policy.experiments
    engine.register("test_card", cards)
    engine.register("arm_card", arm_cards(day.policy))
    on = [one for one in rules.geo_holdouts if one.is_on]
    found = engine.sql(
        query_text(__package__, "standing"), as_of=day.as_of, held_back=HELD_BACK,
        geo_segments=[one.segment for one in on], gap_segments=[one.segment for one in on if one.buffer == "unaddressed"],
    )  # fmt: skip
    told = {(row["test"], row["arm"]): row for row in found.to_dicts()}
    drawn = {(test, arm): count for test, arm, count in engine.sql(UNITS).iter_rows()}
    apart = {(test, arm): value for test, arm, value in imbalances(engine.sql(STRATA)).iter_rows()}
    runs = dict(cards.select("test", "is_in_force").iter_rows())
    rows = [row for test in runs for row in _of_test(day, test, runs[test], told, drawn, apart)]
    rows += [_of_geo(row) for (test, _), row in sorted(told.items()) if test not in runs]
    frame = pl.DataFrame(
        rows, schema={name: _text(one.dtype) for name, one in EXPERIMENT_ARM.schema.columns().items()}, orient="row"
    )
    held = sum(row["assigned"] for row in told.values() if row["is_held_back"] and runs.get(row["test"], True))
    return {
        EXPERIMENT_ARM.name: in_shape(frame, EXPERIMENT_ARM),
        EXPERIMENT_HEALTH.name: in_shape(_health(day.policy, frame, held), EXPERIMENT_HEALTH),
    }


def _text(dtype: Any) -> Any:
    return pl.String if isinstance(dtype, pl.Enum) else dtype


def asked_of(policy: Policy, test: str) -> Question | None:
    """What a test must see; of the global control, what policy asks of every test."""
    if test != GLOBAL:
        return question(policy, next(one for one in policy.experiments.experiments if one.experiment == test))
    rules, share = policy.experiments.power, policy.experiments.global_control_share
    if rules is None or not 0 < share < 1:
        return None
    return Question(rules.baseline_rate, rules.relative_lift, rules.power, rules.confidence, ratio=(1 - share) / share)


def _of_test(
    day: Day, test: str, runs: bool, told: dict[tuple[str, str], dict[str, Any]], drawn: dict[tuple[str, str], int],
    apart: dict[tuple[str, str], float],
) -> list[dict[str, Any]]:  # fmt: skip
    shares, asked = planned(day.policy, test), asked_of(day.policy, test)
    mine = {arm: told.get((test, arm), {**NOBODY, "first_on": day.as_of}) for arm in shares}
    p = ratio_p({arm: drawn.get((test, arm), 0) for arm in shares}, shares)
    smallest = min(share for share in shares.values() if share > 0)
    there = min(mine[arm]["assigned"] * smallest / share for arm, share in shares.items() if share > 0)
    weekly = sum(pace(row["recent"], row["first_on"], day.as_of) for row in mine.values()) * smallest
    weeks = weeks_until(people_per_arm(asked), there, weekly) if asked else None
    segment, effects = _effects(day.policy, test)
    return [
        {
            "test": test, "arm": arm, "segment": segment, "is_in_force": runs, "effect": effects.get(arm, "takes no part"),
            "share": share, **{name: row[name] for name in NOBODY if name != "recent"},
            "ratio_p": p, "imbalance": apart.get((test, arm)),
            "needed": round(people_per_arm(asked) * share / smallest) if asked else None,
            "power_now": power_with(asked, there) if asked else None,
            "weeks_needed": weeks if weeks is not None and isfinite(weeks) else None,
        }
        for (arm, share), row in zip(shares.items(), mine.values(), strict=True)
    ]  # fmt: skip


def _effects(policy: Policy, test: str) -> tuple[str | None, dict[str, str]]:
    if test == GLOBAL:
        return None, {"control": "not addressed at all", "treatment": "as planned"}
    one = next(one for one in policy.experiments.experiments if one.experiment == test)
    return one.segment, {arm.arm: in_words(arm) for arm in one.arms}


def _of_geo(row: dict[str, Any]) -> dict[str, Any]:
    figures = {name: row[name] for name in NOBODY if name != "recent"}
    segment = row["test"].removeprefix("geo_")
    return {
        "test": row["test"],
        "arm": row["arm"],
        "segment": segment,
        "is_in_force": True,
        "effect": _GEO_WORDS[row["arm"]],
        **figures,
    }


def _health(policy: Policy, arms: pl.DataFrame, held: int) -> pl.DataFrame:
    """The figures with a limit; one that cannot be computed has no row."""
    rules, running = policy.experiments.assignment, arms.filter("is_in_force")
    least = running.select(pl.min("ratio_p")).item()
    people, met = int(running["assigned"].sum()), int(running["contaminated"].sum())
    delivered, seen = int(running["delivered"].sum()), int(running["exposed"].sum())
    rows: list[tuple[str, float, float | None, bool, bool]] = [
        ("held_back_delivered", float(delivered), 0.0, delivered == 0, rules.is_blocking),
    ]
    if least is not None:
        rows.append(("sample_ratio", least, rules.ratio_alarm, least >= rules.ratio_alarm, False))
    if held:
        rows.append(("held_back_exposed", seen / held, rules.most_exposed_share, seen <= rules.most_exposed_share * held, False))
    if people:
        rows.append(("arms_met", met / people, rules.most_met_share, met <= rules.most_met_share * people, False))
    return pl.DataFrame(rows, schema=["metric", "value", "limit", "is_within", "is_blocking"], orient="row")


STEP = Step(
    tables=(EXPERIMENT_ARM, EXPERIMENT_HEALTH),
    inputs=(
        *(Input(name) for name in ("assignment", "membership", "delivered", "member", "person", "geo_cluster")),
        Input("touch", "until"),
    ),
    build=build,
)
