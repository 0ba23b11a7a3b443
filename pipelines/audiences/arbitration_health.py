"""Whether the finished membership keeps what arbitration promises. A broken promise keeps the day from being published."""

from collections.abc import Mapping

import polars as pl

from pipelines.engine import Engine, query_text
from schemas.tables.arbitration_health import PROMISES
from schemas.tables.audiences import CHANNEL_LOSS, ELIGIBILITY, MEMBERSHIP


def health(engine: Engine, made: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """metric, value, limit, is_within, is_blocking per promise, counted on the tables that are about to be published."""
    engine.register("made_membership", made[MEMBERSHIP.name])
    # The largest tables are only counted, so the engine gets their counts and not a copy of them.
    engine.register("made_eligibility", made[ELIGIBILITY.name].group_by("audience", "brand", "outcome").agg(people=pl.len()))
    engine.register("made_channel_loss", made[CHANNEL_LOSS.name].group_by("audience", "channel").agg(losers=pl.len()))
    counted = engine.sql(query_text(__package__, "arbitration_health")).row(0, named=True)
    rows = [(metric, float(counted[metric]), 0.0, counted[metric] == 0, True) for metric in PROMISES]
    return pl.DataFrame(rows, schema=["metric", "value", "limit", "is_within", "is_blocking"], orient="row")
