"""The day's exports: who is sent where, who is held by whom, what was shared, and who was kept in the house."""

from collections.abc import Mapping

import polars as pl

from pipelines.activation.breaker_gate import Decision, decided
from pipelines.activation.consent import evidence, privacy_feed_cause, served_platforms, verdicts
from pipelines.activation.details import one_per_home, with_details
from pipelines.activation.forget_owed import owed
from pipelines.activation.held import open_to
from pipelines.activation.identifiers import member_identifiers
from pipelines.activation.ledger import shared
from pipelines.activation.pool import into_parents, pooled, refused_there
from pipelines.activation.reach_forecast import forecast
from pipelines.engine import Engine
from pipelines.shape import in_shape
from pipelines.step import Day, Input, Step
from schemas.tables.breaker import BREAKER
from schemas.tables.exports import DELIVERED, EXPORT_MEMBER, GATE_REFUSAL, SHARED_WITH
from schemas.tables.reach import REACH

# What speaks for a refusal where several pieces of evidence were each refused: the first that occurs.
REFUSALS = ("licence_expired", "licence_channel", "bought_list", "no_grant", "identity_tier")
KEY = ("platform", "cell", "person_id")


def build(engine: Engine, day: Day) -> Mapping[str, pl.DataFrame]:
    """All export tables of the day. They are made together, because each is a view of one decision."""
    engine.register("previous_delivered", engine.sql("SELECT * FROM held"))  # yesterday's plan, as far as receipts confirm it
    engine.register("previous_delivered", engine.sql("SELECT * FROM held"))  # yesterday's plan, as far as receipts confirm it
    verdict = verdicts(engine, day)
    members, verdict = identified(engine, day, verdict)
    members, others = one_per_home(engine, members)
    parents = pooled(day, members, engine.sql("SELECT DISTINCT platform, cell FROM previous_delivered ORDER BY ALL"))
    counted = forecast(engine, day, pl.concat([verdict, others.select(verdict.columns)]), members, parents)
    members = into_parents(members, parents)
    eligible, closed = _opened(engine, day, members)
    eligible, rejected = open_to(engine, eligible)
    closed = pl.concat([closed, rejected.with_columns(state=pl.lit(""), cause=pl.lit("platform_rejected"))])
    eligible, rejected = open_to(engine, eligible)
    closed = pl.concat([closed, rejected.with_columns(state=pl.lit(""), cause=pl.lit("platform_rejected"))])
    refused = pl.concat([verdict.filter(pl.col("cause").is_not_null()), others.select(verdict.columns)])
    found = decided(engine, day, Decision(eligible, refused, refused_there(day, refused)))
    rows, closed = found.rows, pl.concat([closed, found.held_back])
    sent = pl.concat([rows.filter(pl.col("action") != "keep"), owed(engine, day)], how="diagonal_relaxed")
    return {
        EXPORT_MEMBER.name: in_shape(sent, EXPORT_MEMBER),
        DELIVERED.name: in_shape(rows.filter(pl.col("action") != "remove"), DELIVERED),
        SHARED_WITH.name: in_shape(shared(engine, day, sent), SHARED_WITH),
        GATE_REFUSAL.name: in_shape(_counted(pl.concat([refused, closed], how="diagonal")), GATE_REFUSAL),
        BREAKER.name: in_shape(found.breaker, BREAKER),
        REACH.name: in_shape(counted, REACH),
    }


def identified(engine: Engine, day: Day, verdict: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Members with what may be sent of them, and the verdicts completed by those of whom nothing may."""
    passed = verdict.filter(pl.col("cause").is_null())
    known = evidence(engine, passed, day.as_of)
    states = passed.select("person_id", "state")
    found = [
        member_identifiers(engine, contract, known.filter(pl.col("platform") == name), states, one.most_per_kind).with_columns(
            platform=pl.lit(name)
        )
        for name, contract, one in served_platforms(day)
    ]
    on = ["platform", "segment", "person_id"]
    empty = {name: pl.String for name in (*on, "basis")} | {"identifiers": pl.List(pl.String)}
    told = pl.concat(found, how="diagonal") if found else pl.DataFrame(schema=empty)
    joined = passed.join(told, on=on, how="left").join(_why_nothing(known), on=on, how="left")
    nothing = joined.filter(pl.col("identifiers").is_null())
    nothing = nothing.with_columns(cause=pl.col("why").fill_null("no_identifier")).select(verdict.columns)
    members, kept = with_details(engine, day, joined.filter(pl.col("identifiers").is_not_null()))
    refused = verdict.filter(pl.col("cause").is_not_null())
    return members, pl.concat([refused, nothing, kept.select(verdict.columns)])


def _why_nothing(known: pl.DataFrame) -> pl.DataFrame:
    """Per member the refusal that speaks for all evidence; no row where some evidence was free."""
    rank = pl.col("denied").replace_strict({cause: n for n, cause in enumerate(REFUSALS)}, default=None)
    judged = known.filter(pl.col("segment").is_not_null() & (pl.col("kind") != "name"))
    worst = judged.group_by("platform", "segment", "person_id").agg(is_free=pl.col("denied").is_null().any(), worst=rank.min())
    why = pl.col("worst").replace_strict(dict(enumerate(REFUSALS)), default=None, return_dtype=pl.String)
    return worst.filter(~pl.col("is_free")).select("platform", "segment", "person_id", why=why)


def _opened(engine: Engine, day: Day, members: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Members with is_open, and those of closed cells with the cause: no privacy feed, switched off, or too few people."""
    feed = privacy_feed_cause(engine)
    switched = {name: one.is_on for name, _, one in served_platforms(day)}
    least = {name: one.min_members for name, _, one in served_platforms(day)}
    is_on = pl.col("platform").replace_strict(switched, default=False, return_dtype=pl.Boolean)
    smallest = pl.col("platform").replace_strict(least, default=None, return_dtype=pl.Int64)
    cause = (
        pl.when(pl.lit(feed is not None))
        .then(pl.lit(feed, pl.String))
        .when(~is_on)
        .then(pl.lit("platform_off"))
        .when(pl.len().over("platform", "cell") < smallest)
        .then(pl.lit("below_minimum"))
    )
    judged = members.with_columns(cause=cause).with_columns(is_open=pl.col("cause").is_null())
    columns = [*KEY, "segment", "basis", "identifiers", "is_open"]
    return judged.select(columns), judged.filter(~pl.col("is_open")).select(*KEY, "segment", "state", "cause")


def _counted(refused: pl.DataFrame) -> pl.DataFrame:
    groups = refused.group_by("platform", "cell", "cause")
    return groups.agg(people=pl.col("person_id").n_unique().cast(pl.Int64), segment=pl.col("segment").min())


STEP = Step(
    (EXPORT_MEMBER, DELIVERED, SHARED_WITH, GATE_REFUSAL, BREAKER, REACH),
    (
        *(Input(f"audience_{segment}") for segment in ("conquest", "in_market", "loyalty")),
        *(Input(name) for name in ("person", "person_identifier", "member", "contact_record", "suppression", "feed_file")),
        Input("garage"),
        Input("transaction"),
        Input("pending_removal"),
        *(Input(name) for name in ("breaker_release", "feed_freshness", "identity_health")),
        Input("drift", "until"),
        *(Input(name) for name in ("held", "dead_letter", "receipt_member")),
    ),
    build,
)
