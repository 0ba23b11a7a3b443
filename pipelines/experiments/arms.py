"""What an arm changes for its people: the message, the channels, who addresses them and when, the cell. Applied to members.

An arm that changes nothing in any export would be a sham: everything that policy declares is done here, or has a cell of its
own in which somebody does it by hand.
"""

from dataclasses import dataclass

import polars as pl

from pipelines.engine import Engine
from pipelines.step import Day
from schemas.policy import Policy
from schemas.policy.experiments import Arm, Experiment

_DUE = """
    SELECT m.audience, m.person_id, c.service_days_to_due AS due_days
    FROM arm_member m JOIN candidate c ON c.person_id = m.person_id AND c.brand = m.brand
"""
_EFFECT: dict[str, pl.DataType | type[pl.DataType]] = {
    "audience": pl.String,
    "arm": pl.String,
    "arm_message": pl.String,
    "only": pl.List(pl.String),
    "is_silent": pl.Boolean,
    "notice_days": pl.Int64,
    "code": pl.String,
}


@dataclass(frozen=True)
class Effect:
    """What the arms of one member do together."""

    message: str | None
    only: tuple[str, ...] | None
    is_silent: bool
    notice_days: int | None
    code: str | None


def effect_of(policy: Policy, audience: str, told: str) -> Effect:
    """What an arm text (`test:arm|test:arm`) means in an audience. The later test's message counts; channels intersect."""
    tests = {one.experiment: one for one in policy.experiments.experiments}
    parts = [part.split(":", 1) for part in told.split("|") if ":" in part]
    arms = [_arm(tests[test], name) for test, name in parts if test in tests]
    found = [one for one in arms if one is not None]
    limits = [set(one.channels) for one in found if one.channels is not None]
    notices = [one.notice_days for one in found if one.notice_days is not None]
    return Effect(
        message=next((one.message for one in reversed(found) if one.message), None),
        only=tuple(sorted(set.intersection(*limits))) if limits else None,
        is_silent=any(one.audiences is not None and audience not in one.audiences for one in found),
        notice_days=min(notices) if notices else None,
        code="_".join(one.cell_code for one in found if one.cell_code) or None,
    )


def _arm(test: Experiment, name: str) -> Arm | None:
    return next((one for one in test.arms if one.arm == name), None)


def effects(policy: Policy, pairs: pl.DataFrame) -> pl.DataFrame:
    """An effect for each distinct audience and arm of `pairs`."""
    rows = []
    for audience, told in pairs.select("audience", "arm").unique().sort("audience", "arm").iter_rows():
        one = effect_of(policy, audience, told)
        only = None if one.only is None else list(one.only)
        rows.append((audience, told, one.message, only, one.is_silent, one.notice_days, one.code))
    return pl.DataFrame(rows, schema=_EFFECT, orient="row")


def as_arms_say(engine: Engine, day: Day, members: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The members with message, channels and cell as their arms say, and the channels lost by it. Reads `candidate`.

    Losses have audience, person_id, brand, channel, cause (`arm`), winner and winner_brand (both null).
    """
    known = members.join(effects(day.policy, members), on=["audience", "arm"], how="left", maintain_order="left")
    engine.register("arm_member", members.select("audience", "person_id", "brand"))
    known = known.join(engine.sql(_DUE), on=["audience", "person_id"], how="left", maintain_order="left")
    is_early = pl.col("notice_days").is_not_null() & (pl.col("due_days") > pl.col("notice_days")).fill_null(False)
    chosen = pl.col("channels").list.set_intersection("only").list.sort()
    limited = pl.when(pl.col("only").is_null()).then("channels").otherwise(chosen)
    kept = pl.when(pl.col("is_silent") | is_early).then(pl.lit([], pl.List(pl.String))).otherwise(limited)
    cell = pl.when(pl.col("code").is_null()).then("cell").otherwise(pl.concat_str("cell", pl.lit("_"), "code"))
    told = known.with_columns(kept=kept, message=pl.coalesce("arm_message", "message"), cell=cell)
    nothing = pl.lit(None, pl.String)
    lost = told.select(
        "audience", "person_id", "brand", channel=pl.col("channels").list.set_difference("kept"), cause=pl.lit("arm"),
        winner=nothing, winner_brand=nothing,
    ).filter(pl.col("channel").list.len() > 0).explode("channel")  # fmt: skip
    return told.with_columns(channels="kept").select(members.columns), lost


def in_words(arm: Arm) -> str:
    """What an arm changes, in a sentence."""
    if arm.is_held_back:
        return "not addressed"
    told = [
        f"message {arm.message}" if arm.message else "",
        f"only through {', '.join(arm.channels)}" if arm.channels is not None else "",
        f"addressed by {', '.join(arm.audiences)} only" if arm.audiences is not None else "",
        f"addressed once service is due within {arm.notice_days} days" if arm.notice_days is not None else "",
        f"a cell of its own, {arm.cell_code}" if arm.cell_code else "",
        f"by hand at the platform: {arm.by_hand}" if arm.by_hand else "",
    ]
    return "; ".join(one for one in told if one) or "as planned"
