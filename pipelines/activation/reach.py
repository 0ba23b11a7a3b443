"""The reach of audiences that are not published: what the exports of a day would find, for a preview. Nothing is sent."""

import polars as pl

from pipelines.activation.consent import verdicts
from pipelines.activation.details import one_per_home
from pipelines.activation.exports import identified
from pipelines.activation.reach_forecast import forecast
from pipelines.engine import Engine
from pipelines.step import Day
from schemas.tables.exports import DELIVERED


def reach(engine: Engine, day: Day) -> pl.DataFrame:
    """The columns of the table reach, for every cell and platform that we draw files for.

    Reads what the exports read, all three audiences among them, as if nothing were held anywhere yet; whether a platform is
    switched on plays no part.
    """
    engine.register("previous_delivered", DELIVERED.schema.create_empty())
    members, refused = identified(engine, day, verdicts(engine, day))
    members, others = one_per_home(engine, members)
    return forecast(engine, day, pl.concat([refused, others.select(refused.columns)]), members)
