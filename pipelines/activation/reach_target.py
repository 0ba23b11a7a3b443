"""What the platforms could find of all who are meant, and how often people saw us, beside the plan's targets."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.shape import in_shape
from pipelines.step import Day, Input, Step
from schemas.policy import Policy
from schemas.tables.reach import REACH_FREQUENCY, REACH_TARGET

REACH_KPI, FREQUENCY_KPI = "reach_share", "contacts_per_person"
YEAR_DAYS = 365


def build(engine: Engine, day: Day) -> Mapping[str, pl.DataFrame]:
    """The tables reach_target and reach_frequency."""
    return {
        REACH_TARGET.name: in_shape(_targets(engine, day), REACH_TARGET),
        REACH_FREQUENCY.name: in_shape(_frequency(engine, day), REACH_FREQUENCY),
    }


def _targets(engine: Engine, day: Day) -> pl.DataFrame:
    policy = day.policy
    segments = [(one.audience, one.segment) for one in policy.audiences]
    wanted = [(one.segment, one.low, one.high) for one in policy.plan.targets if one.kpi == REACH_KPI]
    engine.register("audience_segment", pl.DataFrame(segments, schema=["audience", "segment"], orient="row"))
    limits = {"segment": pl.String, "target_low": pl.Float64, "target_high": pl.Float64}
    engine.register("segment_target", pl.DataFrame(wanted, schema=limits, orient="row"))
    found = engine.sql(query_text(__package__, "reach_target"))
    rows = [{**row, **_verdict(row)} for row in found.iter_rows(named=True)]
    return pl.DataFrame(rows, schema=found.schema | {"verdict": pl.String, "says": pl.String}, orient="row")


def _verdict(row: Mapping[str, Any]) -> dict[str, str]:
    if row["target_low"] is None or row["share_low"] is None:
        return {"verdict": "no_target", "says": ""}
    low, high, wanted = row["share_low"], row["share_high"], row["target_low"]
    if low >= wanted:
        return {"verdict": "met", "says": ""}
    verdict = "possible" if high >= wanted else "missed"
    return {"verdict": verdict, "says": _missing(row, low, high, wanted)}


def _missing(row: Mapping[str, Any], low: float, high: float, wanted: float) -> str:
    lost = {
        "are no members with a channel": row["universe"] - row["members"],
        "are in cells that are not sent": row["in_small_cells"],
        "have no leave or no identifier to go there": max(row["members"] - row["matchable"] - row["in_small_cells"], 0),
    }
    where, most = max(lost.items(), key=lambda pair: (pair[1], pair[0]))
    told = f"{low:.0%} to {high:.0%} of {row['universe']:,} people are found, and the plan asks for {wanted:.0%}"
    return f"{told}; of those who are meant {most:,} {where}"


def _frequency(engine: Engine, day: Day) -> pl.DataFrame:
    target = frequency_target(day.policy)
    zone = ZoneInfo(day.policy.group.time_zone)
    seen = engine.sql(
        query_text(__package__, "reach_frequency"),
        since=_midnight(day.as_of - timedelta(days=YEAR_DAYS - 1), zone),
        until=_midnight(day.as_of + timedelta(days=1), zone),
        times=target or 1.0,
    )
    each = seen.with_columns(
        contacts_per_person=pl.col("contacts") / pl.col("people"), target_contacts=pl.lit(target, pl.Float64)
    )
    return each.with_columns(is_met=(pl.col("contacts_per_person") >= pl.col("target_contacts")).fill_null(value=True))


def frequency_target(policy: Policy) -> float | None:
    """Contacts per person and year that the plan asks for, of the first segment that has such a target; else null."""
    return next((one.low for one in policy.plan.targets if one.kpi == FREQUENCY_KPI), None)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a local day, in UTC."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


STEP = Step(
    (REACH_TARGET, REACH_FREQUENCY),
    (*(Input(name) for name in ("reach", "eligibility", "membership", "member")), Input("touch", "until")),
    build,
)
