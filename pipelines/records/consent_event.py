"""consent_event: every request and signal about consent, by identifier. Rebuilt each day, but for web signals, which add up.

An opt-in withdraws nothing here; readers compare it with the newest request by received_on.
"""

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.normalise.email import standard_emails
from pipelines.records.consent_event_privacy import privacy_events
from pipelines.records.contact_record_dms import PARTIES, Party, person_key
from pipelines.step import Day, Input, Step
from schemas.tables.records import CONSENT_EVENT, ConsentEvent

PACKAGE = "pipelines.records"
DMS = ("dms_sales", "dms_service", "dms_appointments")
FLAGS = {
    "opt_out": ("opt_out_sharing", "do_not_email", "do_not_call", "do_not_mail"),
    "block_email": ("do_not_email",),
    "block_phone": ("do_not_call",),
    "block_mail": ("do_not_mail",),
}
"""What a flag of the DMS or the CRM means. Opt Out is taken in its widest sense."""


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """The consent events known on the day, sorted by consent_id."""
    found = [privacy_events(engine, day), _email_events(engine, day)]
    found += [_flag_events(engine, party.feed, party.role, _dms_flags(party), day) for party in PARTIES]
    found.append(_flag_events(engine, "crm_contacts", "contact", _crm_flags(), day))
    found.append(engine.sql(query_text(PACKAGE, "consent_event_web_events"), as_of=day.as_of))
    every = pl.concat([one.with_columns(pl.col("kind").cast(pl.String)) for one in found], how="diagonal")
    lacking = [pl.lit(None).alias(name) for name in ConsentEvent.column_names() if name not in every.columns]
    return ConsentEvent.cast(every.with_columns(lacking).select(ConsentEvent.column_names())).sort("consent_id")


def _email_events(engine: Engine, day: Day) -> pl.DataFrame:
    typed = engine.sql("SELECT DISTINCT email FROM email_status WHERE status IN ('unsubscribe', 'complaint', 'hard_bounce')")
    forms = standard_emails(typed.to_series()).filter("is_valid").select("raw", "standard")
    engine.register("email_form", forms)
    query = query_text(PACKAGE, "consent_event_email_status")
    found = engine.sql(query, as_of=day.as_of, undeliverable_bounces=day.policy.privacy.undeliverable_bounces)
    local = pl.col("occurred_at").dt.convert_time_zone(day.policy.group.time_zone).dt.date()
    return found.with_columns(pl.min_horizontal(local, "dt").alias("received_on")).drop("occurred_at", "dt")


def _dms_flags(party: Party) -> str:
    """SQL for [person, flags, version_at] of every row of a party that says anything about consent."""
    flags = ", ".join(f"{party.prefix}{flag} AS {flag}" for flag in FLAGS)
    stated = " OR ".join(f"{party.prefix}{flag} IS NOT NULL" for flag in FLAGS)
    return (
        f"SELECT person, {flags}, version_at FROM {party.feed} JOIN ({person_key(party)}) USING (row_key) "
        f"WHERE dt <= $as_of AND ({stated})"
    )


def _crm_flags() -> str:
    flags = ", ".join(FLAGS)
    return f"SELECT row_key AS person, {flags}, version_at FROM crm_contacts WHERE dt <= $as_of"


def _flag_events(engine: Engine, feed: str, role: str, rows: str, day: Day) -> pl.DataFrame:
    """One event per flag that a person's newest row sets, in force since it was set; of equally new rows yes wins."""
    each = " UNION ALL ".join(f"SELECT person, '{flag}' AS flag, {flag} AS is_set, version_at FROM stated" for flag in FLAGS)
    query = f"""
WITH stated AS ({rows}), told AS ({each}),
unset AS (SELECT person, flag, max(version_at) AS unset_at FROM told WHERE NOT is_set GROUP BY ALL)
SELECT person, flag, min(version_at)::DATE AS received_on
FROM told LEFT JOIN unset USING (person, flag)
WHERE is_set AND (unset_at IS NULL OR version_at >= unset_at)
GROUP BY ALL ORDER BY ALL"""
    means = pl.DataFrame([(flag, kind) for flag, kinds in FLAGS.items() for kind in kinds], schema=["flag", "kind"], orient="row")
    found = engine.sql(query, as_of=day.as_of).join(means, on="flag", maintain_order="left_right")
    return found.select(
        pl.format(f"{feed}:{{}}:{role}:{{}}:{{}}", "person", "flag", "kind").alias("consent_id"),
        "kind",
        pl.min_horizontal("received_on", pl.lit(day.as_of)).alias("received_on"),
        pl.format(f"{feed}:{{}}:{role}", "person").alias("record_id"),
        pl.lit(feed).alias("source"),
    )


STEP = Step(
    tables=(CONSENT_EVENT,),
    inputs=(
        *(Input(feed, "until") for feed in ("privacy_requests", "email_status", *DMS, "crm_contacts")),
        Input("web_events"),
        Input("contact_record"),
        Input("consent_event", "previous"),
    ),
    build=build,
)
