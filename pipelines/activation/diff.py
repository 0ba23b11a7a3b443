"""What must change at each platform: the members who may be there, compared with those who are."""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.step import Day
from schemas.platforms import all_platforms

STRONG = r"^(?:email|phone|address):"
# Refusals that take somebody back at once, whatever the breaker says: consent, licences and what policy itself switched off.
# The others come from the data of a day, which is what the breaker doubts.
AT_ONCE = (
    "licence_expired",
    "licence_channel",
    "bought_list",
    "no_grant",
    "excluded_state",
    "segment_off",
    "segment_not_served",
    "channel_not_planned",
)
STILL = pl.Schema({"platform": pl.String, "cell": pl.String})
FORCED = pl.Schema({"platform": pl.String, "person_id": pl.String, "identifier": pl.String})


def changes(
    engine: Engine, day: Day, eligible: pl.DataFrame, verdict: pl.DataFrame, *,
    still: pl.DataFrame | None = None, forced: pl.DataFrame | None = None,
) -> pl.DataFrame:  # fmt: skip
    """One row per platform, cell and person that is or was there, with action add, refresh, keep or remove; see diff.sql.

    `eligible` has platform, cell, person_id, segment, basis, identifiers and is_open; `verdict` the refused with their cause.
    `still` names cells that the breaker keeps as they were, `forced` identifiers that must leave even those (a blank person:
    for everybody). Adds `withdrawn` and goes_at_once, and leaves out of a removal what another member of the cell still stands
    for, unless consent ended.
    """
    engine.register("eligible", eligible.with_columns(days=_days(day)))
    rules = [(name, one.purpose, one.is_refreshed) for name, one in all_platforms().items()]
    engine.register("platform_rule", pl.DataFrame(rules, schema=["platform", "purpose", "is_refreshed"], orient="row"))
    engine.register("held_still", STILL.to_frame() if still is None else still)
    engine.register("forced", FORCED.to_frame() if forced is None else forced)
    engine.register("verdict", verdict.select("platform", "cell", "person_id", "cause"))
    within = day.policy.channels.refresh_within_days
    text = query_text("pipelines.activation", "diff")
    rows = engine.sql(text, as_of=day.as_of, refresh_within=within, at_once=list(AT_ONCE))
    is_spared = (pl.col("action") == "remove") & ~pl.col("is_forbidden") & (pl.col("kept_by_others").list.len() > 0)
    alone = pl.col("identifiers").list.set_difference("kept_by_others")
    own = alone.list.eval(pl.element().filter(pl.element().str.contains(STRONG))).list.sort()
    return rows.with_columns(
        identifiers=pl.when(is_spared).then(own).otherwise("identifiers"),
        withdrawn=pl.when(pl.col("action") == "refresh").then("lost_alone").otherwise(pl.lit([], pl.List(pl.String))),
    )


def _days(day: Day) -> pl.Expr:
    """Days that a platform keeps a member: the policy's, at most the platform's own limit."""
    stays = {}
    for name, one in day.policy.channels.platforms.items():
        limit = all_platforms()[name].max_membership_days if name in all_platforms() else 0
        stays[name] = min(one.membership_days, limit or one.membership_days)
    return pl.col("platform").replace_strict(stays, default=None, return_dtype=pl.Int64)
