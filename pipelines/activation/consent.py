"""The consent gate: who may go to which platform. Closed unless a grant opens it, and when privacy requests are unknown."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from pipelines.audiences.holdouts import is_held_back
from pipelines.engine import Engine, query_text
from pipelines.step import Day
from schemas.platforms import PlatformContract, all_platforms
from schemas.policy.channels import Platform

PACKAGE = "pipelines.activation"
FEED = "privacy_requests"
TEXTS = pl.List(pl.String)

Served = tuple[str, PlatformContract, Platform]


def served_platforms(day: Day) -> list[Served]:
    """Platforms of the policy whose files we draw, in alphabetical order: name, contract, policy.

    One that is switched off is among them where a grant says that it may get somebody: its refusals are counted.
    """
    declared = all_platforms()
    granted = {one.recipient for one in day.policy.privacy.grants}
    platforms = sorted(day.policy.channels.platforms.items())
    drawn = [(name, declared[name], one) for name, one in platforms if name in declared and declared[name].renderer]
    return [(name, contract, one) for name, contract, one in drawn if one.is_on or contract.recipient in granted]


def privacy_feed_cause(engine: Engine) -> str | None:
    """Why the gate is closed for everybody, or None. Reads feed_file of the day.

    Open only where the feed's files of the day were all taken: a request we did not read may be anybody's. A file with
    nothing but quarantined rows was not read either, whatever its status says; nor was one that came too late.
    """
    found = engine.sql(query_text(PACKAGE, "privacy_files"), feed=FEED)
    statuses = set(found.get_column("status"))
    if "rejected" in statuses:
        return "privacy_feed_rejected"
    if found.get_column("is_all_quarantined").any():
        return "privacy_feed_unreadable"
    if "too_late" in statuses:
        return "privacy_feed_missing"
    return None if statuses & {"accepted", "redelivered"} else "privacy_feed_missing"


def verdicts(engine: Engine, day: Day) -> pl.DataFrame:
    """One row per platform, cell and person of the day's audiences: segment, state, cause (null: passed so far)."""
    privacy = day.policy.privacy
    _register_policy(engine, day)
    register_arms(engine)
    return engine.sql(
        query_text(PACKAGE, "gate"),
        segments_on=list(day.policy.channels.segments_on),
        excluded_states=[state.upper() for state in privacy.excluded_states],
        allow_unknown_state=privacy.allow_unknown_state,
    )


def evidence(engine: Engine, passed: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """What may be sent about those who passed, and what may not with its reason; see evidence.sql. Needs `verdicts` first."""
    engine.register("gate_passed", passed.select("platform", "segment", "person_id").unique())
    return engine.sql(query_text(PACKAGE, "evidence"), as_of=as_of)


def register_arms(engine: Engine) -> None:
    """Which arms are held out. An arm that is neither the treatment nor of a test is not understood, and held out too."""
    audiences = " UNION ".join(f"SELECT arm FROM audience_{one}" for one in ("conquest", "in_market", "loyalty"))
    understood = (pl.col("arm") == "treatment") | pl.col("arm").str.contains(":", literal=True)
    arms = engine.sql(f"SELECT arm FROM ({audiences}) ORDER BY arm")
    engine.register("gate_arm", arms.select("arm", is_held_out=is_held_back("arm") | ~understood))


def _register_policy(engine: Engine, day: Day) -> None:
    rules = [
        (
            name,
            contract.recipient,
            contract.purpose,
            contract.first_party_only,
            list(one.channels),
            list(one.identity_tiers),
            list(one.segments),
        )
        for name, contract, one in served_platforms(day)
    ]
    columns = {"platform": pl.String, "recipient": pl.String, "purpose": pl.String, "first_party_only": pl.Boolean}
    lists = {"channels": TEXTS, "identity_tiers": TEXTS, "segments": TEXTS}
    engine.register("gate_platform", _frame(rules, columns | lists))
    grants = [(one.recipient, one.purpose, one.basis, segment) for one in day.policy.privacy.grants for segment in one.segments]
    engine.register("gate_grant", _frame(grants, dict.fromkeys(("recipient", "purpose", "basis", "segment"), pl.String)))
    planned = [
        (one.audience, sorted({*one.channels, *(name for brand in one.channels_by_brand.values() for name in brand)}))
        for one in day.policy.audiences
    ]
    engine.register("gate_audience", _frame(planned, {"audience": pl.String, "channels": TEXTS}))
    plans = [
        (one.audience, brand, list(channels))
        for one in day.policy.audiences
        for brand, channels in ((None, one.channels), *sorted(one.channels_by_brand.items()))
    ]
    engine.register("gate_plan", _frame(plans, {"audience": pl.String, "brand": pl.String, "channels": TEXTS}))


def _frame(rows: Iterable[tuple], columns: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=columns, orient="row")
