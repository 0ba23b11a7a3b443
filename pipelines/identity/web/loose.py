"""The step of loose links: anonymous web clients and the people to whom they probably belong.

It says nothing about clients that are tied to somebody by evidence, and nothing that identity, traits or mailings build on.
"""

from collections.abc import Mapping

import polars as pl

from pipelines.engine import Engine, query_text
from pipelines.identity.web.fields import compared
from pipelines.identity.web.likelihood import learn, posteriors, scored
from pipelines.shape import in_shape
from pipelines.step import Day, Input, Step
from schemas.tables.web_identity import LOOSE_LINK, LOOSE_MODEL

PACKAGE = "pipelines.identity.web"
RULE = "web_session"
KNOWN = """
    SELECT member.record_id, member.person_id FROM member
    JOIN person ON person.person_id = member.person_id
    WHERE member.record_id LIKE 'web_events:%' AND NOT person.is_web_only ORDER BY ALL
"""
PEOPLE = "SELECT person_id, household_id, zip FROM person WHERE NOT is_web_only AND NOT is_business ORDER BY person_id"
ASKING = """
    SELECT web_client.record_id, known.person_id AS owner
    FROM web_client LEFT JOIN known ON known.record_id = web_client.record_id
    WHERE web_client.record_id NOT IN (
        SELECT 'web_events:' || value FROM shared_identifier WHERE CAST(kind AS VARCHAR) = 'web_client')
    ORDER BY ALL
"""
ACTIVITY = """
    SELECT DISTINCT member.person_id, told.record_id, told.on_day
    FROM (
        SELECT record_id, last_seen_on AS on_day FROM contact_record
        WHERE feed IN ('crm_leads', 'call_tracking', 'shopping_signals')
        UNION ALL SELECT record_id, coalesce(opened_on, occurred_on) FROM "transaction"
        UNION ALL SELECT record_id, occurred_on FROM "transaction"
    ) AS told JOIN member ON member.record_id = told.record_id
    WHERE told.on_day IS NOT NULL AND told.record_id NOT LIKE 'web_events:%'
"""
OWN_EVIDENCE = "SELECT record_id, value AS told_by FROM web_evidence WHERE CAST(kind AS VARCHAR) IN ('lead', 'call')"
CLIENT_DAY = """
    SELECT DISTINCT 'web_events:' || user_pseudo_id AS record_id, make_timestamp(event_micros)::DATE AS on_day FROM web_events
    WHERE 'web_events:' || user_pseudo_id IN (SELECT record_id FROM asking)
"""
PROFILE = """
    SELECT people.person_id, people.zip, dealt.rooftops, held.makes, held.bodies
    FROM people
    LEFT JOIN (
        SELECT member.person_id, list(DISTINCT contact_record.rooftop_id ORDER BY contact_record.rooftop_id) AS rooftops
        FROM contact_record JOIN member USING (record_id)
        WHERE contact_record.rooftop_id IS NOT NULL AND contact_record.feed <> 'web_events' GROUP BY ALL
    ) AS dealt USING (person_id)
    LEFT JOIN (
        SELECT person_id, list(DISTINCT lower(make) ORDER BY lower(make)) AS makes,
            list(DISTINCT body_style ORDER BY body_style) FILTER (body_style IS NOT NULL) AS bodies
        FROM (
            SELECT person_id, make, CAST(body_style AS VARCHAR) AS body_style FROM garage WHERE is_current
            UNION ALL
            SELECT member.person_id, crm_leads.make, NULL FROM crm_leads
            JOIN member ON member.record_id = 'crm_leads:' || crm_leads.row_key || ':lead'
        ) WHERE make IS NOT NULL GROUP BY ALL
    ) AS held USING (person_id)
    ORDER BY person_id
"""


def build(engine: Engine, day: Day) -> Mapping[str, pl.DataFrame]:
    """loose_link and loose_model of the day."""
    policy = day.policy.identity.web
    levels = _levels(engine, day)
    asking = engine.sql("SELECT record_id, owner FROM asking")
    owners = asking.filter(pl.col("owner").is_not_null()).select("record_id", person_id="owner")
    anonymous = levels.join(owners, on="record_id", how="anti")
    labelled = levels.join(owners, on="record_id", how="semi")
    model = _kept_model(engine, day)
    if model.is_empty() and labelled["record_id"].n_unique() >= policy.least_labelled:
        model = learn(labelled, owners, anonymous, (policy.stranger_shift, policy.stranger_shift_household)).with_columns(
            trained_on=pl.lit(day.as_of)
        )
    links = _links(anonymous, model) if len(model) else _links(anonymous.clear(), model)
    kept = links.filter(pl.col("posterior") >= policy.loose_from)
    return {LOOSE_LINK.name: in_shape(kept, LOOSE_LINK), LOOSE_MODEL.name: in_shape(_all_columns(model), LOOSE_MODEL)}


def _kept_model(engine: Engine, day: Day) -> pl.DataFrame:
    """Yesterday's model, where it is young enough."""
    query = "SELECT * FROM previous_loose_model WHERE date_diff('day', trained_on, $as_of) < $days ORDER BY field, level"
    return engine.sql(query, as_of=day.as_of, days=day.policy.identity.web.retrain_days)


def _levels(engine: Engine, day: Day) -> pl.DataFrame:
    """Candidates of every client, with the levels of each field."""
    policy = day.policy.identity.web
    queries = {
        "known": KNOWN, "people": PEOPLE, "asking": ASKING, "activity": ACTIVITY,
        "own_evidence": OWN_EVIDENCE, "client_day": CLIENT_DAY,
    }  # fmt: skip
    for name, query in queries.items():
        engine.register(name, engine.sql(query))
    limits = {"max_clients": policy.max_clients_per_network, "max_people": policy.max_people_per_household}
    pairs = engine.sql(query_text(PACKAGE, "candidates"), **limits)
    clients = engine.sql("SELECT * FROM web_client")
    known = engine.sql("SELECT record_id, person_id AS device_of FROM known").join(clients, on="record_id")
    return compared(pairs, clients, engine.sql(PROFILE), known)


def _links(anonymous: pl.DataFrame, model: pl.DataFrame) -> pl.DataFrame:
    """All scored pairs of anonymous clients in the columns of loose_link."""
    if model.is_empty():
        return LOOSE_LINK.schema.create_empty()
    found = posteriors(scored(anonymous, model), model)
    return found.with_columns(
        rule=pl.lit(RULE),
        tier=pl.lit("loose"),
        total_bits="total",
        computed_on=model["trained_on"].max(),
    )


def _all_columns(model: pl.DataFrame) -> pl.DataFrame:
    return model if len(model) else LOOSE_MODEL.schema.create_empty()


STEP = Step(
    tables=(LOOSE_LINK, LOOSE_MODEL),
    inputs=(
        *(Input(name) for name in ("member", "person", "garage", "contact_record", "transaction", "shared_identifier")),
        *(Input(name) for name in ("web_client", "web_network", "web_evidence")),
        Input("crm_leads", "until"),
        Input("web_events", "until"),
        Input("loose_model", "previous"),
    ),
    build=build,
)
