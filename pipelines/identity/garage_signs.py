"""What the garage knows: every sign of a holding and every deal, with mistyped VINs read as the household's own.

Registers with the engine what garage_holding.sql reads: evidence, closed, trade and offered.
"""

from datetime import date

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.records.current_rows import current_rows

PACKAGE = "pipelines.identity"
LIST_FIELDS = ("vin", "year", "make", "model", "purchased_on", "condition", "licence_id", "expires_on")
LIST_VEHICLE = """
    SELECT l.row_key, made.matched AS make, modelled.matched AS model
    FROM listed AS l
    LEFT JOIN vocabulary_match AS made ON made.kind = 'make' AND made.raw = lower(trim(l.make))
    LEFT JOIN vocabulary_match AS modelled
        ON modelled.kind = 'model' AND modelled.context = made.matched AND modelled.raw = lower(trim(l.model))
"""
DUMMY_VIN = """
    SELECT s.value AS vin FROM shared_identifier AS s LEFT JOIN vehicle AS v ON v.vin = s.value
    WHERE s.kind = 'vin' AND NOT coalesce(v.is_vin_valid, false)
"""
OF_HOUSEHOLDS = """
    SELECT signs.*, person.household_id, lower(person.first_name) AS given, lower(person.last_name) AS family, person.is_business
    FROM signs JOIN person ON person.person_id = signs.person_id
"""
SPELLED = """
    SELECT evidence.* REPLACE (coalesce(spelling.vin, evidence.vin) AS vin)
    FROM evidence LEFT JOIN spelling ON spelling.household_id = evidence.household_id AND spelling.typed = evidence.vin
    ORDER BY person_id, vin, on_day, sign_id
"""
TRADE = """
    SELECT household_id, trade_vin AS vin, on_day FROM closed WHERE trade_vin IS NOT NULL
    UNION
    SELECT household_id, trade_vin_2, on_day FROM closed WHERE trade_vin_2 IS NOT NULL
"""
OFFERED = """
    SELECT vin, listed_on AS on_day FROM inventory
    WHERE listed_on <= $as_of AND NOT is_superseded AND condition IN ('used', 'cpo') AND vin IN (SELECT vin FROM evidence)
    GROUP BY vin, listed_on
"""
NO_SPELLING = pl.DataFrame(schema={"household_id": pl.String, "typed": pl.String, "vin": pl.String})


def register_signs(engine: Engine, as_of: date) -> None:
    """Make evidence, closed, trade and offered readable. Needs the inputs of the step of the garage."""
    _register_statements(engine, as_of)
    engine.register("signs", engine.sql(query_text(PACKAGE, "garage_evidence"), as_of=as_of))
    engine.register("evidence", engine.sql(OF_HOUSEHOLDS))
    _register_deals(engine, NO_SPELLING, as_of)
    spelling = engine.sql(query_text(PACKAGE, "garage_spelling"))
    if not spelling.is_empty():
        _register_deals(engine, spelling, as_of)
        engine.register("evidence", engine.sql(SPELLED))
    engine.register("offered", engine.sql(OFFERED, as_of=as_of))


def _register_deals(engine: Engine, spelling: pl.DataFrame, as_of: date) -> None:
    engine.register("spelling", spelling)
    engine.register("closed", engine.sql(query_text(PACKAGE, "garage_deals"), as_of=as_of))
    engine.register("trade", engine.sql(TRADE))


def _register_statements(engine: Engine, as_of: date) -> None:
    """What lists and CRM say today, under the names that garage_evidence.sql reads."""
    lists = current_rows("ownership_lists", LIST_FIELDS, "SELECT row_key FROM ownership_lists")
    contacts = current_rows(
        "crm_contacts", ("vin", "source_updated_at"), "SELECT row_key FROM crm_contacts WHERE vin IS NOT NULL"
    )
    engine.register("listed", engine.sql(lists, as_of=as_of))
    engine.register("stated", engine.sql(contacts, as_of=as_of))
    engine.register("list_vehicle", engine.sql(LIST_VEHICLE))
    engine.register("dummy_vin", engine.sql(DUMMY_VIN))
