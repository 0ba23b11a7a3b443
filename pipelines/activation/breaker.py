"""The circuit breaker: what would be told is measured against policy, and what moves too far is not told.

A blocked cell stays at the platform as it was: nobody is added, refreshed or taken back for reasons of the day's data. Who opted
out, asked to be deleted, or whose licence ended leaves all the same. Figures are in schemas.policy.breaker.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from pipelines.activation.breaker_words import sentence
from pipelines.activation.consent import TEXTS, served_platforms
from pipelines.activation.reach_forecast import REPORT_DAYS
from pipelines.engine import Engine, query_text
from pipelines.step import Day
from schemas.platforms import PlatformContract, all_platforms
from schemas.policy.breaker import FIGURES, BreakerLimit
from schemas.tables.breaker import WHOLE

REACHABLE = ("email", "phone")
NOTHING_JUDGED = pl.Schema(
    {
        **dict.fromkeys(("platform", "cell", "figure", "subject"), pl.String),
        "value": pl.Float64,
        "limit": pl.Float64,
        "unit": pl.String,
        "verdict": pl.String,
        "is_blocked": pl.Boolean,
        "says": pl.String,
    }
)


def judge(engine: Engine, day: Day, rows: pl.DataFrame, allowed: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """The table breaker of a day, without what was withheld.

    Args:
        engine: knows previous_delivered, breaker_release, feed_freshness and identity_health.
        day: the day.
        rows: what would be asked of the platforms; see `changes`.
        allowed: platform, cell, person_id, identifiers of members who may go; null identifiers where they have none to be sent.
        cells: platform, cell of those that policy still names. Others are taken back without being judged.
    """
    counted = _counts(engine, rows, allowed, cells)
    age = dict(engine.sql("SELECT feed, age_days FROM feed_freshness ORDER BY feed").rows())
    churn = engine.sql("SELECT value FROM identity_health WHERE metric = 'churn'").get_column("value").to_list()
    falls = reported_falls(engine, day)
    released = set(engine.sql("SELECT platform, cell FROM breaker_release ORDER BY ALL").rows())
    told: list[dict[str, Any]] = []
    for name, _, one in served_platforms(day):
        if not one.is_on:
            continue
        mine = {row["cell"]: row for row in counted.filter(pl.col("platform") == name).to_dicts()}
        for limit in day.policy.channels.breaker.of(name):
            for cell, value, base in _values(limit, mine, age, churn, falls.get(name)):
                told.append(_judged(day, name, cell, limit, value, base, mine, released))
    return pl.DataFrame(told, schema=NOTHING_JUDGED, orient="row")


def blocked_cells(breaker: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """platform, cell of all that stay as they are: cells that are blocked, and every cell of a platform that is."""
    blocked = breaker.filter("is_blocked").select("platform", "cell")
    whole = blocked.filter(pl.col("cell") == WHOLE).get_column("platform")
    own = blocked.filter(pl.col("cell") != WHOLE)
    return pl.concat([cells.filter(pl.col("platform").is_in(whole.implode())), own]).unique().sort("platform", "cell")


def withheld(before: pl.DataFrame, after: pl.DataFrame, blocked: pl.DataFrame) -> pl.DataFrame:
    """Rows of the table breaker that count, per blocked cell and action, what was asked without the breaker and is not now."""
    on = ["platform", "cell"]
    sides = [
        frame.join(blocked, on=on).filter(pl.col("action") != "keep").group_by(*on, "action").agg(value=pl.len().cast(pl.Float64))
        for frame in (before, after)
    ]
    both = sides[0].join(sides[1], on=[*on, "action"], how="full", coalesce=True, suffix="_after")
    kept = pl.col("value").fill_null(0) - pl.col("value_after").fill_null(0)
    counted = both.rename({"action": "subject"}).with_columns(value=pl.max_horizontal(kept, pl.lit(0.0)))
    says = pl.format("{} to {} withheld", pl.col("value").cast(pl.Int64), pl.col("subject"))
    more = {name: pl.lit(text) for name, text in (("figure", "withheld"), ("unit", "people"), ("verdict", "counted"))}
    more |= {"limit": pl.lit(None, pl.Float64), "is_blocked": pl.lit(value=False)}
    return counted.with_columns(says=says, **more).select(NOTHING_JUDGED.names())


def _counts(engine: Engine, rows: pl.DataFrame, allowed: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    engine.register("change_row", rows.select("platform", "cell", "person_id", "action", "is_held", "goes_at_once"))
    engine.register("allowed", allowed.select("platform", "cell", "person_id", "identifiers"))
    engine.register("judged_cell", cells)
    kinds = [(name, strong_kinds(contract)) for name, contract in sorted(all_platforms().items())]
    engine.register("strong_kind", pl.DataFrame(kinds, schema={"platform": pl.String, "kinds": TEXTS}, orient="row"))
    return engine.sql(query_text(__package__, "breaker"))


def reported_falls(engine: Engine, day: Day) -> dict[str, float]:
    """By what share of it each platform's newest reported match is below the best of the days before; see reach_reports.sql."""
    reported = engine.sql(query_text(__package__, "reach_reports"), as_of=day.as_of, days=REPORT_DAYS)
    shares: dict[str, list[float]] = {}
    for platform, one, of in reported.select("platform", "reported", "expected").iter_rows():
        shares.setdefault(platform, []).append(one / of)
    return {name: max(1 - of[0] / max(of[1:]), 0.0) for name, of in shares.items() if len(of) > 1 and max(of[1:]) > 0}


def strong_kinds(contract: PlatformContract) -> list[str]:
    """Kinds of identifiers by which a platform finds people best: e-mails and phones; all that it takes if neither."""
    best = [one.kind for one in contract.identifiers if one.evidence in REACHABLE]
    return best or [one.kind for one in contract.identifiers]


def _values(
    limit: BreakerLimit, mine: Mapping[str, Mapping[str, int]], age: Mapping[str, int], churn: list[float], fall: float | None
) -> Iterator[tuple[str, float | None, int | None]]:  # fmt: skip
    """Cell, value and the people that it is a share of (null: it is no share of people), for each cell that a limit is about."""
    if limit.figure == "feed_age":
        found = age.get(limit.feed or "")
        yield WHOLE, None if found is None else float(found), None
    elif limit.figure == "identity_churn":
        yield WHOLE, churn[0] if churn else None, None
    elif limit.figure == "reported_match_loss":
        yield WHOLE, fall, None
    else:
        for cell, row in mine.items():
            yield cell, *_share(limit.figure, row)


def _share(figure: str, row: Mapping[str, int]) -> tuple[float | None, int]:
    part, whole = _parts(figure, row)
    return (part / whole if whole else None), whole


def _parts(figure: str, row: Mapping[str, int]) -> tuple[float, int]:
    """What a share is of, and of how many people. Who leaves at once is outside of it: nobody may be kept for it."""
    base, before = row["held"] - row["gone_at_once"], row["identifiers_before"]
    fewer = max(1 - row["identifiers_now"] / before, 0.0) if before else 0.0
    return {
        "growth": (max(row["stay"] - base, 0), base),
        "shrinkage": (max(base - row["stay"], 0), base),
        "removals_share": (row["removed"], base),
        "overlap_share": (row["twice"], row["stay"]),
        "null_share": (_rise(row) * row["sendable"], row["sendable"]),
        "lost_share": (row["lost_strong"], row["had_strong"]),
        "match_loss": (fewer * row["both_times"], row["both_times"]),
    }[figure]


def _rise(row: Mapping[str, int]) -> float:
    """Points by which the share without a strong identifier is above that of those held; some segments have few at any time."""
    if not row["sendable"] or not row["was_held"]:
        return 0.0
    return max(row["weak"] / row["sendable"] - row["was_weak"] / row["was_held"], 0.0)


def _judged(
    day: Day, platform: str, cell: str, limit: BreakerLimit, value: float | None, base: int | None,
    mine: Mapping[str, Mapping[str, int]], released: set[tuple[str, str]],
) -> dict[str, Any]:  # fmt: skip
    held = mine.get(cell, {}).get("held", 0)
    if held == 0:
        verdict = "no_history"
    elif base is not None and base < day.policy.channels.breaker.min_people:
        verdict = "too_few"
    elif value is None:
        verdict = "not_measured"
    elif value <= limit.limit:
        verdict = "within"
    else:
        verdict = "released" if {(platform, cell), (platform, WHOLE)} & released else "over"
    is_blocked = verdict == "over" and limit.does == "block"
    row = {"platform": platform, "cell": cell, "figure": limit.figure, "subject": limit.feed or "", "value": value}
    row |= {"limit": limit.limit, "unit": limit.unit, "verdict": verdict, "is_blocked": is_blocked}
    return row | {"says": sentence(row, FIGURES[limit.figure], day.as_of)}
