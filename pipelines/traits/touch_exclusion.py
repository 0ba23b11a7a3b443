"""touch_exclusion: whose touches do not count. The rules and their figures are policy; what they keep out is counted here."""

from datetime import date, timedelta

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.shape import in_shape
from pipelines.step import Day, Input, Step
from schemas.policy import Policy
from schemas.tables.touches import TOUCH_EXCLUSION


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """One row per record with a touch in the intent window that a rule in force keeps out, sorted by record_id."""
    starts_on = day.as_of - timedelta(days=day.policy.scoring.intent.window_days - 1)
    return in_shape(left_out(engine, day, starts_on), TOUCH_EXCLUSION)


def left_out(engine: Engine, day: Day, starts_on: date) -> pl.DataFrame:
    """record_id, reason, touches and largest of the records with a touch since `starts_on` that a rule in force keeps out.

    Rules about what a record did look at those days. Reads INPUTS; sorted by record_id.
    """
    register_rules(engine, day.policy)
    exclusions = day.policy.scoring.intent.exclusions
    return engine.sql(
        query_text("pipelines.traits", "touch_exclusion"),
        starts_on=starts_on,
        as_of=day.as_of,
        max_touches_per_day=exclusions.max_touches_per_day,
        max_vdp_views_per_minute=exclusions.max_vdp_views_per_minute,
        own_network_share=exclusions.own_network_share,
    )


def register_rules(engine: Engine, policy: Policy) -> None:
    """Register what the rules compare with: which are in force and in what order, and the group's own lines and devices."""
    exclusions = policy.scoring.intent.exclusions
    rules = {"reason": list(exclusions.rules), "place": list(range(len(exclusions.rules)))}
    engine.register("exclusion_rule", pl.DataFrame(rules, schema={"reason": pl.String, "place": pl.Int64}))
    phones = sorted({phone for rooftop in policy.group.rooftops for phone in rooftop.phones})
    engine.register("own_phone", pl.DataFrame({"phone": phones}, schema={"phone": pl.String}))
    clients = [f"web_events:{one}" for one in sorted(set(exclusions.showroom_clients))]
    engine.register("showroom_client", pl.DataFrame({"record_id": clients}, schema={"record_id": pl.String}))
    own = {"ip_hash": sorted(set(exclusions.own_ip_hashes))}
    engine.register("own_ip", pl.DataFrame(own, schema={"ip_hash": pl.String}))


INPUTS = (
    Input("touch_day", "until"),
    Input("busy_minute", "until"),
    *(Input(name) for name in ("contact_record", "member", "person", "web_attachment", "web_network")),
)

STEP = Step(tables=(TOUCH_EXCLUSION,), inputs=INPUTS, build=build)
