"""Vehicles that people are said to hold, not in a deal or a repair order: stated to the CRM, offered for a trade, listed.

A vehicle outlasts an address, a phone and an e-mail: who moved and changed all three still drives in with the same VIN.
"""

from datetime import date

import polars as pl

from pipelines.engine import Engine
from pipelines.records.current_rows import current_rows
from pipelines.step import Input

INPUTS = (Input("crm_contacts", "until"), Input("crm_leads", "until"), Input("ownership_lists", "until"))
SAID = (("crm_contacts", "vin", "contact"), ("crm_leads", "trade_vin", "lead"), ("ownership_lists", "vin", "owner"))
WHOLE = 17  # characters; lists cut the VIN to what the licence allows, and a part names no single vehicle


def stated_vins(engine: Engine, as_of: date) -> pl.DataFrame:
    """record_id, vin: the whole VIN that the newest row of each contact, lead and list entry states. Needs INPUTS."""
    found = [_stated(engine, feed, column, role, as_of) for feed, column, role in SAID]
    return pl.concat(found).unique().sort("record_id", "vin")


def _stated(engine: Engine, feed: str, column: str, role: str, as_of: date) -> pl.DataFrame:
    current = current_rows(feed, (column,), f"SELECT row_key FROM {feed} WHERE {column} IS NOT NULL AND dt <= $as_of")
    query = (
        f"SELECT '{feed}:' || row_key || ':{role}' AS record_id, {column} AS vin FROM ({current}) WHERE length({column}) = $whole"
    )
    return engine.sql(query, as_of=as_of, whole=WHOLE)
