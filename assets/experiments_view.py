"""What is shown of the tests of a day: read from the lake once, for the terminal and for the page."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from assets.lake import Lake
from assets.rehearsal import NotPublished
from pipelines.reports.experiments_page import experiments_page
from schemas.policy import Policy

TABLES = ("experiment_arm", "experiment_health", "geo_balance")


@dataclass(frozen=True)
class ExperimentsView:
    """The tests of a day: frames of TABLES, and people by test, stratum and arm."""

    day: date
    arms: pl.DataFrame
    health: pl.DataFrame
    geo: pl.DataFrame
    strata: pl.DataFrame

    def page(self, policy: Policy) -> str:
        """The page as HTML."""
        return experiments_page(self.day, policy, self.arms, self.health, self.strata, self.geo)


def experiments_view(lake: Lake, day: date | None) -> ExperimentsView:
    """The tests of a day; of the newest where none is given. Errors: NotPublished."""
    days = lake.days("experiment_arm")
    chosen = day or (days[-1] if days else None)
    if chosen is None or chosen not in days:
        raise NotPublished(lake, chosen)
    arms, health, geo = (_plain(lake.read(name, chosen)) for name in TABLES)
    columns = ["test", "stratum", "arm"]
    found = pl.read_parquet(lake.part("assignment", chosen), columns=columns)
    strata = found.group_by(columns).agg(people=pl.len()).sort(columns)
    return ExperimentsView(chosen, arms, health, geo, strata)


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Enums as text, so that rows of several tables can be told together."""
    return frame.with_columns(pl.col(name).cast(pl.String) for name, dtype in frame.schema.items() if isinstance(dtype, pl.Enum))
