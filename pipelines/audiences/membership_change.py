"""Who entered and who left since the day before, and why."""

import polars as pl

from pipelines.audiences.arbitration import audience_ranks
from pipelines.engine import Engine, query_text
from pipelines.shape import in_shape
from pipelines.step import Day, Input, Step
from schemas.tables.audiences import MEMBERSHIP_CHANGE


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """Entries and exits with their cause, sorted.

    enter: arbitration (met the rules before and had lost), policy (the policy changed since the day before), data.
    leave: identity (the person id is gone), policy (the audience is off, or the policy changed), the exclusion's name,
    arbitration, rule (the rules hold no more). The policy's hash tells that it changed, not which of its lines decided.
    """
    engine.register("audience_rank", audience_ranks(day.policy))
    query = query_text(__package__, "membership_change")
    return in_shape(engine.sql(query, policy_hash=day.policy.policy_hash), MEMBERSHIP_CHANGE)


STEP = Step(
    tables=(MEMBERSHIP_CHANGE,),
    inputs=(
        Input("membership"),
        Input("membership", "previous"),
        Input("eligibility"),
        Input("eligibility", "previous"),
        Input("person"),
    ),
    build=build,
)
