"""The step of identity: records of a day and what the day before left become members, persons and households.

One step, because these tables say the same thing and must change together. Records become profiles, profiles clusters
(clusters), nameless records and web clients are tied to them (nameless, web), and all together are named (persons).
"""

from dataclasses import dataclass

import polars as pl

from pipelines.engine import Engine
from pipelines.identity.clusters import Clustered, clustered, state_tables
from pipelines.identity.encode import Encoded, encode, sha256_hex
from pipelines.identity.fanout import listed, shared_identifiers
from pipelines.identity.health import health
from pipelines.identity.households import households
from pipelines.identity.identifiers import person_identifiers
from pipelines.identity.linkable import WEB, linkable, profiles
from pipelines.identity.linkage.edges import with_ends
from pipelines.identity.linkage.households import pairs_of_people
from pipelines.identity.nameless import attach
from pipelines.identity.persons import Persons, events, persons, retired
from pipelines.identity.record_edges import alike, record_edges
from pipelines.identity.standing import standings
from pipelines.identity.stated_vins import INPUTS as STATED
from pipelines.identity.stated_vins import stated_vins
from pipelines.identity.steward import steward_orders
from pipelines.identity.survive import ordered_records, survivors
from pipelines.identity.web.attach import Attached, carried
from pipelines.identity.web.attach import attach as attach_clients
from pipelines.identity.web.home import homes
from pipelines.identity.web.own import own_network
from pipelines.identity.whole import of_clients, of_nameless, of_profiles, ordered
from pipelines.shape import in_shape
from pipelines.step import Built, Day, Input, Step
from schemas.tables import identity as tables
from schemas.tables import identity_state as state
from schemas.tables.web_identity import WEB_ATTACHMENT

TABLES = (
    tables.MEMBER,
    tables.EDGE,
    tables.PERSON,
    tables.PERSON_IDENTIFIER,
    tables.HOUSEHOLD,
    tables.ID_EVENT,
    tables.SHARED_IDENTIFIER,
    WEB_ATTACHMENT,
    state.RETIRED_PERSON,
    state.IDENTITY_RECORD,
    state.IDENTITY_PROFILE,
    state.PROFILE_EDGE,
    state.IDENTITY_PARAMETER,
    state.IDENTITY_VALUE_SHARE,
    state.IDENTITY_RULE,
    state.DROPPED_BLOCK,
    state.IDENTITY_HEALTH,
)
INPUTS = (
    Input("contact_record"),
    Input("transaction"),
    Input("identity_rules", "until"),
    Input("email_status", "until"),
    Input("web_evidence"),
    Input("web_network"),
    *STATED,
    Input("member", "previous"),
    Input("person", "previous"),
    Input("household", "previous"),
    Input("edge", "previous"),
    Input("retired_person", "previous"),
    Input("identity_profile", "previous"),
    Input("profile_edge", "previous"),
    Input("identity_parameter", "previous"),
    Input("identity_value_share", "previous"),
    Input("identity_rule", "previous"),
)

CONTACTS = """
    SELECT * EXCLUDE (emails_raw, phones_raw, address_raw, zip_raw, dppa_basis) FROM contact_record
"""
PREVIOUS_MEMBER = "SELECT record_id, person_id, since FROM previous_member"
PREVIOUS_PERSON = "SELECT person_id, household_id, created_on FROM previous_person"
PREVIOUS_HOME = """
    SELECT p.person_id, p.household_id, h.created_on
    FROM previous_person AS p JOIN previous_household AS h ON h.household_id = p.household_id
"""
PREVIOUS_ORDER = """
    SELECT left_record_id, right_record_id, CAST(kind AS VARCHAR) AS kind
    FROM previous_edge WHERE kind IN ('must_link', 'must_not_link')
"""
PREVIOUS_RETIRED = "SELECT retired_person_id, person_id, retired_on, rule FROM previous_retired_person"
ORDERS = "SELECT rule_id, decided_at, version_at, line_number, rule, left_ref, right_ref FROM identity_rules"
TRANSACTIONS = """
    SELECT record_id, co_record_id, vin, CAST(kind AS VARCHAR) AS kind, CAST(status AS VARCHAR) AS status,
           CAST(sale_type AS VARCHAR) AS sale_type, occurred_on, trade_vin, trade_vin_2
    FROM "transaction"
"""
NAMELESS = pl.col("first_name").is_null() & (pl.col("party") == "person")


@dataclass(frozen=True)
class _Told:
    """Labels of every record, and what stands behind them."""

    labels: pl.DataFrame
    edges: pl.DataFrame
    records: pl.DataFrame
    engine: Clustered
    clients: Attached


def build(engine: Engine, day: Day) -> Built:
    """Resolve the records of the day."""
    contacts, transactions = engine.sql(CONTACTS), engine.sql(TRANSACTIONS)
    encoded = encode(contacts, transactions, stated_vins(engine, day.as_of), day.as_of)
    shared = shared_identifiers(encoded, day.policy.identity, day.policy.group)
    orders = steward_orders(encoded, engine.sql(ORDERS))
    told = _labelled(engine, day, contacts, encoded, shared, orders)
    shared = pl.concat([shared, told.clients.shared.select(shared.columns).cast(shared.schema)]).sort("kind", "value")
    before, created = engine.sql(PREVIOUS_MEMBER), engine.sql(PREVIOUS_PERSON)
    records = encoded.records.select("record_id", "created_on")
    found = persons(records, told.labels, before=before, created=created, seed=day.seed, as_of=day.as_of)
    lived = pairs_of_people(found.member, told.edges)
    frames = _surviving(engine, day, contacts, found, transactions=transactions, shared=shared, pairs=lived)
    edges = pl.concat([told.edges, alike(told.records, found.member)]).sort("left_record_id", "right_record_id", "rule")
    frames |= {"edge": edges, "member": found.member, "shared_identifier": listed(shared)}
    frames |= {"web_attachment": _attachments(told, found), "identity_record": told.records}
    frames["id_event"] = events(
        found, created, edges, _reordered(engine.sql(PREVIOUS_ORDER), orders), seed=day.seed, as_of=day.as_of
    )
    alive = found.people["person_id"]
    frames["retired_person"] = retired(engine.sql(PREVIOUS_RETIRED), frames["id_event"], alive, day.as_of)
    frames |= state_tables(told.engine)
    frames["identity_health"] = health(told.engine, found, frames["id_event"], created, day.policy.identity.health)
    return {table.name: in_shape(frames[table.name], table) for table in TABLES}


def _labelled(
    engine: Engine, day: Day, contacts: pl.DataFrame, encoded: Encoded, shared: pl.DataFrame, orders: pl.DataFrame
) -> _Told:
    """Profiles clustered, nameless records and web clients tied to them, orders followed."""
    named = pl.concat([orders["left_record_id"], orders["right_record_id"]]).unique()
    said, of = profiles(linkable(encoded, contacts, shared), named)
    weak, strong = said.filter(NAMELESS), said.filter(~NAMELESS)
    seen = of.join(strong.select(profile_id="record_id"), on="profile_id", how="semi")
    inner = _between_profiles(orders, seen)
    clusters = clustered(engine, day, strong, inner)
    members = clusters.profiles.select(record_id="profile_id", person_id="cluster_id")
    nameless = of_nameless(of, attach(weak, strong, members))
    known = pl.concat([of_profiles(of, clusters.profiles), nameless])
    clients = _clients(engine, day, contacts, encoded, shared, known)
    labels = pl.concat([known, of_clients(clients.members)])
    sure = seen["record_id"].implode()
    both = pl.col("left_record_id").is_in(sure) & pl.col("right_record_id").is_in(sure)
    whole = ordered(labels, orders, both)
    return _Told(whole, record_edges(clusters, of, whole, orders), of, clusters, clients)


def _between_profiles(orders: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """Orders between records that the engine sees (record_id, profile_id), as orders between their profiles."""
    ends = with_ends(orders, seen, "record_id")
    left, right = pl.min_horizontal("profile_id", "profile_id_of"), pl.max_horizontal("profile_id", "profile_id_of")
    told = ends.select("kind", left_record_id=left, right_record_id=right)
    return told.select("left_record_id", "right_record_id", "kind").unique().sort("left_record_id", "right_record_id", "kind")


def _clients(
    engine: Engine, day: Day, contacts: pl.DataFrame, encoded: Encoded, shared: pl.DataFrame, known: pl.DataFrame
) -> Attached:
    """Web clients tied to the people of the other records."""
    policy = day.policy.identity
    clients = encoded.records.filter(pl.col("feed") == WEB).select("record_id")
    emails = contacts.select(pl.col("emails").explode()).to_series().drop_nulls().unique()
    hashes = sha256_hex(emails).rename({"plain": "email", "hash": "email_hash"})
    nobody = shared.filter(pl.col("kind") == "email").join(hashes, left_on="value", right_on="email", how="left")
    barred = pl.coalesce("email_hash", pl.col("value").str.strip_prefix("sha256:"))
    told = carried(contacts, hashes).join(nobody.select(kind="kind", value=barred), on=["kind", "value"], how="anti")
    evidence = engine.sql("SELECT record_id, CAST(kind AS VARCHAR) AS kind, value, days FROM web_evidence")
    networks = engine.sql("SELECT record_id, ip_hash, days FROM web_network")
    own = own_network(networks, evidence, policy.web, policy.max_people_per_web_client)
    people = known.select("record_id", person_id="label")
    lived = homes(people, contacts, policy.web.max_people_per_household)
    members = people.join(lived, on="person_id", how="left", maintain_order="left")
    return attach_clients(clients, evidence, told, members, policy.web, policy.max_people_per_web_client, own)


def _attachments(told: _Told, found: Persons) -> pl.DataFrame:
    """The table web_attachment, with persons in place of labels."""
    named = found.member.select("record_id", named_id="person_id")
    labels = (
        told.labels.select("label", "record_id").unique("label", keep="first", maintain_order=True).join(named, on="record_id")
    )
    out = told.clients.attachments.join(labels.select("label", "named_id"), left_on="person_id", right_on="label", how="left")
    return out.with_columns(person_id="named_id").drop("named_id")


def _reordered(before: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """Orders that came or went: left_record_id, right_record_id, rule (the kind; withdrawn where it went)."""
    on = ["left_record_id", "right_record_id", "kind"]
    came = orders.select(on).join(before, on=on, how="anti").with_columns(rule="kind")
    went = before.join(orders.select(on), on=on, how="anti").with_columns(rule=pl.lit("withdrawn"))
    return pl.concat([came, went]).select("left_record_id", "right_record_id", "rule").unique()


def _surviving(
    engine: Engine,
    day: Day,
    contacts: pl.DataFrame,
    found: Persons,
    *,
    transactions: pl.DataFrame,
    shared: pl.DataFrame,
    pairs: pl.DataFrame,
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
        pairs=pairs,
    )
    person = people.join(homes, on="person_id", how="left")
    return {"person": person, "person_identifier": identifiers, "household": household}


STEP = Step(tables=TABLES, inputs=INPUTS, build=build)
