"""Touches that score, shared by intent and interest: window, bots, person, brand, cap and decay.

What is made of them belongs to intent (how much) and interest (what).
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.step import Day
from schemas.policy import Policy

# A person cannot look at a page every minute for over eight hours; what does is a crawler or a monitor.
BOT_TOUCHES_PER_DAY = 500

WEIGHT_SCHEMA = {"kind": pl.String, "points": pl.Float64, "half_life_days": pl.Float64, "cap_per_day": pl.Float64}


def register_scored_touches(engine: Engine, day: Day) -> None:
    """Register `scored_touch`: one row per person, local day, kind and thing looked at, with its points.

    Points are weight x touches, capped per kind and local day, times 0.5^(age_days / half_life_days);
    weights in policy scoring.yaml. Reads `touch` and `member`.
    """
    zone = ZoneInfo(day.policy.group.time_zone)
    starts_on = day.as_of - timedelta(days=day.policy.scoring.intent.window_days - 1)
    register_own_brands(engine, day.policy)
    engine.register("intent_weight", _weights(day.policy))
    scored = engine.sql(
        query_text("pipelines.traits", "scored_touch"),
        as_of=day.as_of,
        starts_at=_midnight(starts_on, zone),
        ends_at=_midnight(day.as_of + timedelta(days=1), zone),
        time_zone=zone.key,
        bot_touches_per_day=BOT_TOUCHES_PER_DAY,
    )
    engine.register("scored_touch", scored)


def register_own_brands(engine: Engine, policy: Policy) -> None:
    """Register `own_make`(make in lower case, brand) and `rooftop_brand`(rooftop_id, brand) from the policy."""
    brands = policy.group.brands
    engine.register("own_make", pl.DataFrame({"make": [b.make.lower() for b in brands], "brand": [b.brand for b in brands]}))
    rooftops = policy.group.rooftops
    frame = {"rooftop_id": [r.rooftop_id for r in rooftops], "brand": [r.brand for r in rooftops]}
    engine.register("rooftop_brand", pl.DataFrame(frame))


def _weights(policy: Policy) -> pl.DataFrame:
    rows = [
        (kind, one.points, one.half_life_days, one.cap_per_day) for kind, one in sorted(policy.scoring.intent.weights.items())
    ]
    return pl.DataFrame(rows, schema=WEIGHT_SCHEMA, orient="row")


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a local day, in UTC."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
