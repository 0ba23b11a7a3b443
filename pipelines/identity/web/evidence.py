"""The step of web evidence: what each web client told about its user, in SQL beside this module."""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.normalise.email import standard_emails
from pipelines.records.rooftop_alias import rooftop_aliases
from pipelines.shape import in_shape
from pipelines.step import Day, Input, Step
from schemas.tables.web_identity import WEB_EVIDENCE

PACKAGE = "pipelines.identity.web"
MICROS_PER_MINUTE = 60_000_000
RECORD_EMAIL = """
    SELECT record_id, sha256(unnest(emails)) AS email_hash FROM contact_record WHERE CAST(role AS VARCHAR) <> 'web_client'
    UNION
    SELECT record_id, lower(unnest(email_hashes)) FROM contact_record WHERE CAST(role AS VARCHAR) <> 'web_client'
"""
RAW_EMAIL = "SELECT raw, sha256(standard) AS email_hash FROM email_form"


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """The evidence of the day."""
    policy = day.policy.identity
    raw = engine.sql("SELECT DISTINCT email FROM email_status WHERE status = 'click' ORDER BY email").to_series()
    forms = standard_emails(raw, policy.placeholder_emails)
    engine.register("email_form", forms.filter("is_valid").select("raw", "standard"))
    engine.register("raw_email", engine.sql(RAW_EMAIL))
    engine.register("rooftop_alias", rooftop_aliases(day.policy.group))
    engine.register("record_email", engine.sql(RECORD_EMAIL))
    found = engine.sql(
        query_text(PACKAGE, "evidence"),
        window_micros=policy.web.form_window_minutes * MICROS_PER_MINUTE,
        click_pattern=click_pattern(policy.web.click_parameters),
    )
    return in_shape(found, WEB_EVIDENCE)


def click_pattern(parameters: tuple[str, ...]) -> str:
    """The regular expression whose first group is the e-mail provider's event id in a page's address."""
    return rf"[?&](?:{'|'.join(parameters)})=([A-Za-z0-9_-]+)"


STEP = Step(
    tables=(WEB_EVIDENCE,),
    inputs=(
        *(Input(feed, "until") for feed in ("web_events", "crm_leads", "call_tracking", "email_status")),
        Input("contact_record"),
        Input("transaction"),
    ),
    build=build,
)
