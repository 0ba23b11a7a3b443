"""How e-mails and phones stand: seen to work, seen not to work, or not known. Addresses say it themselves by being valid."""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.normalise.email import standard_emails
from pipelines.step import Day

VERIFIED, UNKNOWN, UNDELIVERABLE = "verified", "unknown", "undeliverable"
STANDINGS = pl.Enum([VERIFIED, UNKNOWN, UNDELIVERABLE])  # in this order: the least is the best

FAILED = "SELECT DISTINCT email FROM email_status WHERE status IN ('complaint', 'hard_bounce') AND email IS NOT NULL"


def standings(engine: Engine, day: Day) -> pl.DataFrame:
    """kind, value, standing of every e-mail and phone about which something is known, sorted. Reads email_status, contact_record.

    An e-mail that bounced hard as often as privacy.undeliverable_bounces says, or whose owner complained, is undeliverable
    for good, as it is for consent; one that was delivered, opened or clicked is verified, and so is a phone that called us.
    """
    forms = standard_emails(engine.sql(FAILED).to_series()).filter("is_valid").select("raw", "standard")
    engine.register("email_form", forms)
    bounces = day.policy.privacy.undeliverable_bounces
    found = engine.sql(query_text("pipelines.identity", "standing"), undeliverable_bounces=bounces)
    return found.select("kind", "value", pl.col("standing").cast(STANDINGS)).sort("kind", "value")
