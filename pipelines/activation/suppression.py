"""Who may not be addressed, for which purpose and why: from requests, signals, flags of the sources, and age."""

from datetime import date

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.step import Day, Input, Step
from schemas.tables.exports import SUPPRESSION


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """The suppression table of the day: one row per person, purpose and reason."""
    privacy = day.policy.privacy
    rows = engine.sql(
        query_text("pipelines.activation", "suppression"),
        as_of=day.as_of,
        born_after=years_before(day.as_of, privacy.minimum_age_years),
        gpc_everywhere=privacy.gpc_is_opt_out_everywhere,
        gpc_states=[state.upper() for state in privacy.gpc_states],
    )
    return SUPPRESSION.schema.cast(rows).sort(SUPPRESSION.key)


def years_before(day: date, years: int) -> date:
    """The same day of an earlier year; 29 February becomes 28 February where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


INPUTS = ("consent_event", "member", "person_identifier", "person", "contact_record", "shared_identifier")
STEP = Step((SUPPRESSION,), tuple(Input(name) for name in INPUTS), build)
