"""Where each vehicle held stands with service: last visit, next due, state, open recommendations, next appointment."""

import re
from collections.abc import Mapping
from functools import partial

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.step import Day, Input, Step
from pipelines.traits.held import DAYS_AHEAD_MOST, HELD_INPUTS, register_held
from schemas.policy.reference import ServiceInterval
from schemas.tables.traits import SERVICE

PACKAGE = "pipelines.traits"
INTERVAL_COLUMNS = ("from_year", "to_year", "months", "miles")
OPERATIONS = """
    SELECT DISTINCT unnest(list_concat(op_codes, recommended_ops, coalesce(op_texts, []), coalesce(recommended_texts, []))) AS raw
    FROM "transaction" WHERE kind = 'service'
"""


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """One row per person and current vehicle that was bought, leased or serviced here.

    Due is the earlier of the interval's months after the last visit and the day on which the projected odometer reaches
    the last visit's miles plus the interval; intervals in policy/reference, state thresholds in policy triggers.yaml.
    """
    register_held(engine, day)
    vehicles = day.policy.scoring.vehicles
    engine.register("service_interval", interval_frame(day.policy.reference.service_intervals))
    engine.register("visit", engine.sql(query_text(PACKAGE, "visit"), as_of=day.as_of))
    engine.register("work", kinds_of_work(engine.sql(OPERATIONS), vehicles.operations))
    months = vehicles.recommendation_months
    engine.register("open_work", engine.sql(query_text(PACKAGE, "open_work"), as_of=day.as_of, months=months))
    states = day.policy.triggers.service_states
    standing = engine.sql(
        query_text(PACKAGE, "service"),
        as_of=day.as_of,
        at_risk_from=states.at_risk_from,
        lapsed_from=states.lapsed_from,
        lost_from=states.lost_from,
        days_ahead_most=DAYS_AHEAD_MOST,
        typed_share=vehicles.odometer.typed_share,
        typed_miles=vehicles.odometer.typed_miles,
    )
    return SERVICE.schema.cast(standing)


def interval_frame(intervals: tuple[ServiceInterval, ...]) -> pl.DataFrame:
    """The service intervals as a frame: make in lower case (* is the default), fuel, years, months and miles as integers."""
    schema = {"make": pl.String, "fuel": pl.String, **dict.fromkeys(INTERVAL_COLUMNS, pl.Int64)}
    rows = [
        {"make": one.make.lower(), "fuel": one.fuel.lower(), **{name: getattr(one, name) for name in INTERVAL_COLUMNS}}
        for one in intervals
    ]
    return pl.DataFrame(rows, schema=schema)


def kinds_of_work(operations: pl.DataFrame, kinds: Mapping[str, tuple[str, ...]]) -> pl.DataFrame:
    """Each code or text (`raw`) with the first kind of policy of which it holds a word, else itself: raw, word, is_known.

    Words match whole, without regard to case and to what is neither letter nor digit: LOF and "Lube, Oil & Filter" are oil.
    """
    patterns = [(kind, re.compile(rf"\b(?:{'|'.join(map(re.escape, map(_plain, words)))})\b")) for kind, words in kinds.items()]
    raws = sorted({raw for raw in operations["raw"].to_list() if raw and raw.strip()})
    found = map(partial(_kind_of, patterns=patterns), raws)
    rows = [(raw, kind or raw.strip().upper(), kind is not None) for raw, kind in zip(raws, found, strict=True)]
    return pl.DataFrame(rows, schema={"raw": pl.String, "word": pl.String, "is_known": pl.Boolean}, orient="row")


def _kind_of(raw: str, patterns: list[tuple[str, re.Pattern[str]]]) -> str | None:
    plain = _plain(raw)
    return next((kind for kind, pattern in patterns if pattern.search(plain)), None)


def _plain(text: str) -> str:
    return re.sub(r"[^A-Z0-9]+", " ", text.upper()).strip()


STEP = Step(tables=(SERVICE,), inputs=(*HELD_INPUTS, Input("person"), Input("vehicle")), build=build)
