"""actionable and hygiene: how clean the customer file is, by rooftop and for the group."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.shape import in_shape
from pipelines.step import Built, Day, Input, Step
from schemas.tables.hygiene import ACTIONABLE, HYGIENE

METRICS: Mapping[str, str] = MappingProxyType(
    {
        "records": "records of people in any feed but the web's",
        "persons": "people behind those records",
        "records_per_person": "records by people, by feed",
        "duplicates": "records of one feed beyond the first of the same person, of all its records",
        "several_customer_numbers": "people with more than one DMS customer number here, of those who have one",
        "bought_records": "records that were bought, of all",
        "matchable": "people with a usable identifier of the kind, of all",
        "stale_people": "people last seen longer ago than stale_after_months, of all",
        "stale_identifiers": "identifiers of the kind last seen longer ago than that, of all of the kind",
        "shared_identifiers": "identifiers that identify nobody, by reason",
        "undeliverable_emails": "e-mails that bounced hard or were complained of, of all",
        "invalid": "records whose identifiers of the kind are all unusable, of those that give one",
        "service_only": "customers who were serviced here and never bought here, of all customers",
        "actionable": "people on file who can be reached and may be, of all on file",
        "actionable_customers": "those who bought or were serviced, of all who did",
        "not_actionable": "people on file by the first thing that stands in the way, of all on file",
    }
)
"""Every metric and what it counts of what."""

SERVES = (("email", "email"), ("phone", "phone"), ("mail", "address"), ("ads", "email"), ("ads", "phone"), ("ads", "address"))
"""Which kind of identifier serves which purpose."""


def build(engine: Engine, day: Day) -> Built:
    """The tables actionable and hygiene of the day."""
    policy = day.policy.identity
    fresh_from = _before(day.as_of, months=policy.stale_after_months)
    served = [pair for pair in SERVES if pair[0] in policy.hygiene.purposes]
    engine.register("serves", pl.DataFrame(served, schema={"purpose": pl.String, "kind": pl.String}, orient="row"))
    actionable = engine.sql(
        query_text(__package__, "actionable"),
        fresh_from=fresh_from,
        born_after=_before(day.as_of, months=12 * day.policy.privacy.minimum_age_years),
        own_only=policy.hygiene.own_identifiers_only,
    )
    engine.register("actionable", actionable)
    found = engine.sql(query_text(__package__, "hygiene"), fresh_from=fresh_from)
    ratio = pl.when(pl.col("whole") > 0).then(pl.col("count") / pl.col("whole"))
    return {
        ACTIONABLE.name: in_shape(actionable, ACTIONABLE),
        HYGIENE.name: in_shape(found.with_columns(ratio=ratio), HYGIENE),
    }


def _before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of its month where there is none."""
    return pl.select(pl.lit(day).dt.offset_by(f"-{months}mo")).item()


INPUTS = ("contact_record", "transaction", "member", "person", "person_identifier", "shared_identifier", "suppression")
STEP = Step(tables=(ACTIONABLE, HYGIENE), inputs=tuple(Input(name) for name in INPUTS), build=build)
