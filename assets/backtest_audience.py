"""A back-test of an audience: replay days under its definition, see who then bought or booked. Aggregates only leave here."""

from collections.abc import Callable
from datetime import date, timedelta

import polars as pl

from assets.backtest_lake import outcomes_of, today
from assets.backtest_replay import PastDay, Replay
from assets.backtest_request import BacktestRequestError, replayed_days
from assets.house import House
from assets.policy_problem import listed
from pipelines.measurement.backtest_audience import caught, rates
from pipelines.measurement.backtest_result import AudienceBacktest
from schemas.names import nearest_of
from schemas.policy import Policy

WANTED = ("candidate", "membership")


def backtest_audience(
    house: House, policy: Policy, audience: str, from_on: date, to_on: date, every: int, *,
    tell: Callable[[str], None] = lambda _: None,
) -> AudienceBacktest:  # fmt: skip
    """Replay every `every` days and compare members with everybody else. Errors: BacktestRequestError, NotPublished."""
    definition = next((one for one in policy.audiences if one.audience == audience), None)
    if definition is None:
        known = [one.audience for one in policy.audiences]
        raise BacktestRequestError("--audience", audience, f"a file, or {listed(known)}", nearest_of(audience, known))
    if not definition.is_on or definition.segment not in policy.channels.segments_on:
        raise BacktestRequestError(
            "--audience", f"{audience}, which is off", "an audience with is_on: true in a segment that is on"
        )
    replay = Replay(house, policy, WANTED, tell)
    days, _ = replayed_days(replay, from_on, to_on, every)
    members, known_people, kinds = [], [], []
    for past in replay.days(days):
        kinds.append(past.kind)
        members.append(_members(past, audience))
        known_people.append(_known(past))
    inside = pl.concat(members)
    rules = policy.experiments.backtest
    last = min(days[-1] + timedelta(days=max(*rules.horizons_days, every)), replay.base)
    events = outcomes_of(replay, days[0] + timedelta(days=1), last)
    tell("counting")
    return AudienceBacktest(
        audience=audience,
        title=definition.title,
        days=tuple(days),
        kinds=tuple(kinds),
        every=every,
        last_day=replay.base,
        policy_hash=policy.policy_hash,
        sizes=_sizes(inside, days),
        rates=rates(pl.concat(known_people), inside, events, days, replay.base, rules),
        caught=caught(inside, events.filter(pl.col("on_day") <= replay.base), days, every, rules),
    )


def _members(past: PastDay, audience: str) -> pl.DataFrame:
    """day, person_id, cell of the audience's members on a replayed day, each once."""
    rows = past.tables["membership"].filter(pl.col("audience") == audience)
    named = today(rows.select(pl.lit(past.day).alias("day"), "person_id", "cell"), past)
    return named.sort("person_id", "cell").unique("person_id", keep="first", maintain_order=True)


def _known(past: PastDay) -> pl.DataFrame:
    """day, person_id of everybody who was known on the day: candidates but for web clients, staff and businesses."""
    plain = ~pl.col("is_web_only") & ~pl.col("is_staff") & ~pl.col("is_business")
    people = past.tables["candidate"].filter(plain).select(pl.lit(past.day).alias("day"), "person_id").unique()
    return today(people, past).sort("person_id")


def _sizes(members: pl.DataFrame, days: list[date]) -> pl.DataFrame:
    counted = members.group_by("day").agg(members=pl.len().cast(pl.Int64))
    dated = pl.DataFrame({"day": days}, schema={"day": pl.Date})
    return dated.join(counted, on="day", how="left").with_columns(pl.col("members").fill_null(0)).sort("day")
