"""The step of identity: records of a day and the persons of the day before become edges, persons and households.

One step, because these tables say the same thing and must change together.
"""

import polars as pl

from pipelines.engine import Engine
from pipelines.identity.block import meetings
from pipelines.identity.cluster import clusters
from pipelines.identity.compare import compare
from pipelines.identity.encode import Encoded, encode
from pipelines.identity.fanout import listed, shared_identifiers
from pipelines.identity.households import households
from pipelines.identity.identifiers import person_identifiers
from pipelines.identity.persons import Persons, events, persons
from pipelines.identity.rules import rule_edges
from pipelines.identity.standing import standings
from pipelines.identity.steward import steward_edges
from pipelines.identity.survive import ordered_records, survivors
from pipelines.shape import in_shape
from pipelines.step import Built, Day, Input, Step
from schemas.policy.identity import IdentityPolicy
from schemas.tables import identity as tables

TABLES = (
    tables.MEMBER,
    tables.EDGE,
    tables.PERSON,
    tables.PERSON_IDENTIFIER,
    tables.HOUSEHOLD,
    tables.ID_EVENT,
    tables.SHARED_IDENTIFIER,
)
INPUTS = (
    Input("contact_record"),
    Input("transaction"),
    Input("identity_rules", "until"),
    Input("email_status", "until"),
    Input("member", "previous"),
    Input("person", "previous"),
    Input("household", "previous"),
)

CONTACTS = """
    SELECT * EXCLUDE (middle_name, emails_raw, phones_raw, address_raw, zip_raw, dppa_basis) FROM contact_record
"""
PREVIOUS_MEMBER = "SELECT record_id, person_id, since FROM previous_member"
PREVIOUS_PERSON = "SELECT person_id, household_id, created_on FROM previous_person"
PREVIOUS_HOME = """
    SELECT p.person_id, p.household_id, h.created_on
    FROM previous_person AS p JOIN previous_household AS h ON h.household_id = p.household_id
"""
ORDERS = "SELECT rule_id, decided_at, version_at, line_number, rule, left_ref, right_ref FROM identity_rules"
TRANSACTIONS = """
    SELECT record_id, co_record_id, vin, CAST(kind AS VARCHAR) AS kind, CAST(status AS VARCHAR) AS status,
           CAST(sale_type AS VARCHAR) AS sale_type, occurred_on
    FROM "transaction"
"""


def build(engine: Engine, day: Day) -> Built:
    """Resolve the records of the day."""
    policy = day.policy.identity
    contacts = engine.sql(CONTACTS)
    transactions = engine.sql(TRANSACTIONS)
    encoded = encode(contacts, transactions, day.as_of)
    shared = shared_identifiers(encoded, policy, day.policy.group)
    edges = all_edges(encoded, shared, engine.sql(ORDERS), policy)
    grouped = clusters(encoded, edges, policy.name_similarity_from)
    before = engine.sql(PREVIOUS_MEMBER)
    created = engine.sql(PREVIOUS_PERSON)
    found = persons(encoded, grouped, edges, before=before, created=created, seed=day.seed, as_of=day.as_of)
    frames = _surviving(engine, day, contacts, found, transactions=transactions, shared=shared)
    frames["edge"] = _named_ends(encoded, edges)
    frames["member"] = found.member
    frames["id_event"] = events(found, created, edges, day.seed, day.as_of)
    frames["shared_identifier"] = listed(shared)
    return {table.name: in_shape(frames[table.name], table) for table in TABLES}


def all_edges(encoded: Encoded, shared: pl.DataFrame, orders: pl.DataFrame, policy: IdentityPolicy) -> pl.DataFrame:
    """Edges of the rules and of the steward: left < right (rec), rule, kind, tier."""
    met = meetings(encoded, shared)
    sigs = met.nodes.select("node", "sig")
    ends = met.pairs.join(sigs, left_on="left", right_on="node").join(sigs, left_on="right", right_on="node", suffix="_of")
    distinct = ends.select(left=pl.min_horizontal("sig", "sig_of"), right=pl.max_horizontal("sig", "sig_of")).unique()
    states = compare(encoded.signatures, distinct, policy.name_similarity_from)
    return pl.concat([rule_edges(encoded, met, states), steward_edges(encoded, orders)]).sort("left", "right", "rule")


def _surviving(
    engine: Engine, day: Day, contacts: pl.DataFrame, found: Persons, *, transactions: pl.DataFrame, shared: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """The tables person, person_identifier and household."""
    policy = day.policy.identity
    records = ordered_records(contacts, found.member, policy, day.as_of)
    identifiers = person_identifiers(records, shared, standings=standings(engine, day), policy=policy)
    people = survivors(
        records, found.people, identifiers, shared=shared, transactions=transactions, group=day.policy.group, policy=policy
    )
    owner = found.member.select("record_id", "person_id")
    deals = transactions.filter(pl.col("co_record_id").is_not_null() & (pl.col("status") != "cancelled"))
    signed = deals.join(owner, on="record_id").join(owner, left_on="co_record_id", right_on="record_id", suffix="_of")
    together = signed.select(left="person_id", right="person_id_of").unique().sort("left", "right")
    homes, household = households(
        people,
        shared,
        together,
        records=records,
        before=engine.sql(PREVIOUS_HOME),
        policy=policy.household,
        seed=day.seed,
        as_of=day.as_of,
    )
    person = people.join(homes, on="person_id", how="left")
    return {"person": person, "person_identifier": identifiers, "household": household}


def _named_ends(encoded: Encoded, edges: pl.DataFrame) -> pl.DataFrame:
    """Edges with record ids; records are numbered in the order of their ids, so left stays the smaller."""
    ids = encoded.records.select("rec", "record_id")
    named = edges.join(ids, left_on="left", right_on="rec").join(ids, left_on="right", right_on="rec", suffix="_of")
    return named.select("rule", "kind", "tier", left_record_id="record_id", right_record_id="record_id_of")


STEP = Step(tables=TABLES, inputs=INPUTS, build=build)
