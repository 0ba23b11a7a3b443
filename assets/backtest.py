"""A back-test of a trigger: replay days, find who is compared with whom, match, see what followed. Aggregates only leave here."""

from collections.abc import Callable
from datetime import date, timedelta

import polars as pl

from assets.backtest_lake import held_on, outcomes_of, population_of
from assets.backtest_replay import Replay
from assets.backtest_request import BacktestRequestError, replayed_days
from assets.house import House
from pipelines.measurement.backtest_estimate import OUTCOMES, curves, followed, results
from pipelines.measurement.backtest_match import balance, match
from pipelines.measurement.backtest_result import TriggerBacktest
from pipelines.measurement.backtest_spells import compared
from pipelines.triggers import all_triggers
from schemas.names import nearest_of
from schemas.policy import Policy


def backtest_trigger(
    house: House, policy: Policy, trigger: str, from_on: date, to_on: date, every: int, *,
    new_only: bool = False, tell: Callable[[str], None] = lambda _: None,
) -> TriggerBacktest:  # fmt: skip
    """Replay every `every` days from from_on to to_on, and compare. Errors: BacktestRequestError, NotPublished."""
    known = sorted(policy.triggers.triggers)
    if trigger not in known:
        raise BacktestRequestError("--trigger", trigger, f"one of {', '.join(known)}", nearest_of(trigger, known))
    only_one, reads = only(policy, trigger), all_triggers()[trigger].reads
    replay = Replay(house, only_one, tuple(sorted({one.table for one in reads})), tell)
    days, before = replayed_days(replay, from_on, to_on, every)
    population, in_force, kinds = [], [], {}
    for past in replay.days([*([before] if before else []), *days]):
        kinds[past.day] = past.kind
        in_force.append(held_on(house, only_one, past))
        population.append(population_of(policy, past))
    who = compared(pl.concat(population), pl.concat(in_force), days, before, new_only=new_only)
    tell(f"{who.units.height:,} rows to match")
    rules = policy.experiments.backtest
    place, rows = match(who.units, rules.match)
    last = days[-1] + timedelta(days=max(rules.horizons_days))
    events = outcomes_of(replay, days[0] + timedelta(days=1), min(last, replay.base))
    inside = followed(rows.filter(pl.col("weight").is_not_null()), events, tuple(OUTCOMES))
    fired = rows.filter("is_fired")
    without = fired["person_id"].n_unique() - inside.filter("is_fired")["person_id"].n_unique()
    funnel = (
        *who.funnel,
        ("  left out: nobody like them to match", without),
        ("people matched", fired["person_id"].n_unique() - without),
    )
    return TriggerBacktest(
        trigger=trigger,
        title=all_triggers()[trigger].title,
        days=tuple(days),
        kinds=tuple(kinds[day] for day in days),
        last_day=replay.base,
        new_only=new_only,
        place=place,
        policy_hash=policy.policy_hash,
        results=results(inside, tuple(OUTCOMES), replay.base, rules),
        curves=curves(inside, tuple(OUTCOMES), replay.base, rules),
        balance=balance(rows),
        funnel=funnel,
    )


def only(policy: Policy, trigger: str) -> Policy:
    """The policy with one trigger on and all others off, so that a replay makes no more than is asked for."""
    one = policy.triggers.triggers[trigger].model_copy(update={"is_on": True})
    others = {name: each.model_copy(update={"is_on": False}) for name, each in policy.triggers.triggers.items()}
    return policy.model_copy(update={"triggers": policy.triggers.model_copy(update={"triggers": {**others, trigger: one}})})
