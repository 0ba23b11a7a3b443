"""Literal records, and days run one after another on the real step."""

from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256

import polars as pl
import pytest

from assets.engine import DuckDBEngine
from assets.policy_files import load_policy
from pipelines.identity.daily import STEP
from pipelines.identity.stated_vins import INPUTS as STATED
from pipelines.step import Day
from schemas.policy import Policy
from schemas.sources import all_feeds
from schemas.tables import identity, records
from schemas.tables.web_identity import WEB_EVIDENCE, WEB_NETWORK

AS_OF = date(2026, 11, 21)
STAMP = datetime.fromisoformat("2026-11-21T05:00")
TABLES = {one.name: one for one in (*STEP.tables, identity.GARAGE, records.CONTACT_RECORD, records.TRANSACTION, records.VEHICLE)}


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy("velocity_b")


def contact(record_id: str, **values: object) -> dict:
    """One contact record; what is not said is null, empty or plain. A list of one e-mail or phone may be given bare."""
    feed = record_id.partition(":")[0]
    roles = {"web_events": "web_client", "dms_sales": "buyer", "crm_leads": "lead", "ownership_lists": "owner"}
    row: dict = dict.fromkeys(records.ContactRecord.column_names())
    lists = ("emails_raw", "emails", "phones_raw", "phones", "email_hashes", "phone_hashes", "life_events")
    row |= {one: [] for one in lists} | {"record_id": record_id, "feed": feed, "role": roles.get(feed, "contact")}
    row |= {"is_business": False, "is_address_valid": False, "is_first_party": feed != "ownership_lists"}
    row |= {"created_on": AS_OF, "updated_at": STAMP, "last_seen_on": AS_OF}
    if "address" in values:
        row |= {"city": "CHARLOTTE", "state": "NC", "zip": "28227", "is_address_valid": True}
    return row | {key: [value] if key in lists and isinstance(value, str) else value for key, value in values.items()}


def deal(number: str, record_id: str, **values: object) -> dict:
    """One closed retail sale, unless said otherwise."""
    row: dict = dict.fromkeys(records.Transaction.column_names())
    row |= {"transaction_id": f"dms_sales:{number}", "kind": "sale", "status": "closed", "number": number, "record_id": record_id}
    row |= {"rooftop_id": "R01", "occurred_on": date(2025, 6, 1), "op_codes": [], "recommended_ops": [], "updated_at": STAMP}
    return row | values


def order(rule_id: str, rule: str, left: str, right: str, hour: int = 1) -> dict:
    """One steward's order."""
    schema = all_feeds()["identity_rules"].schema().create_empty().schema
    row: dict = dict.fromkeys(schema)
    row |= {"rule_id": rule_id, "rule": rule, "left_ref": left, "right_ref": right, "row_key": rule_id, "row_hash": 1}
    row |= {
        "decided_at": datetime.fromisoformat(f"2026-11-01T{hour:02}:00+00:00"),
        "version_at": STAMP,
        "file_name": "f",
        "line_number": hour,
    }
    return row | {"is_superseded": False, "steward": "ds"}


def mail(event_id: str, email: str, status: str) -> dict:
    """One event of the e-mail provider."""
    row: dict = dict.fromkeys(all_feeds()["email_status"].schema().create_empty().schema)
    row |= {"event_id": event_id, "email": email, "status": status, "row_key": event_id, "row_hash": 1, "version_at": STAMP}
    return row | {"file_name": "m", "line_number": 1, "is_superseded": False}


def said(feed: str, values: dict) -> dict:
    """A row of a feed as it was taken in; what is not said is null."""
    row: dict = dict.fromkeys(all_feeds()[feed].schema().create_empty().schema)
    row |= {"row_hash": 1, "version_at": STAMP, "file_name": "f", "line_number": 1, "is_superseded": False}
    return row | values


def frame(table: str, rows: list[dict]) -> pl.DataFrame:
    """Rows in a table's dtypes, in the order given."""
    contract = TABLES[table].schema if table in TABLES else all_feeds()[table].schema()
    return pl.DataFrame(rows, schema=contract.create_empty().schema, orient="row")


def evidence(contacts: list[dict]) -> pl.DataFrame:
    """What the web clients of a day told: their logins, and the hashed e-mails of their forms."""
    clients = [one for one in contacts if one["role"] == "web_client"]
    told = [(one["record_id"], "login", one["web_user_id"]) for one in clients if one["web_user_id"]]
    told += [(one["record_id"], "form", value) for one in clients for value in one["email_hashes"]]
    told += [(one["record_id"], "form", sha256(value.encode()).hexdigest()) for one in clients for value in one["emails"]]
    rows = [{"record_id": a, "kind": b, "value": c, "days": 1, "last_on": AS_OF} for a, b, c in sorted(set(told))]
    return pl.DataFrame(rows, schema=WEB_EVIDENCE.schema.create_empty().schema)


class Days:
    """Runs the step day after day, each on the state that the day before left."""

    def __init__(self, engine: DuckDBEngine, policy: Policy) -> None:
        self.engine, self.policy, self.state = engine, policy, {}

    def run(
        self,
        contacts: list[dict],
        deals: list[dict] = (),
        orders: list[dict] = (),
        mails: list[dict] = (),
        on: date = AS_OF,
        stated: dict[str, list[dict]] | None = None,
    ) -> dict[str, pl.DataFrame]:
        """The tables of a day, valid by their contracts. `stated`: rows of the feeds that state vehicles, by feed."""
        self.engine.register("contact_record", frame("contact_record", contacts))
        self.engine.register("transaction", frame("transaction", list(deals)))
        self.engine.register("email_status", frame("email_status", list(mails)))
        self.engine.register("identity_rules", frame("identity_rules", list(orders)))
        self.engine.register("web_evidence", evidence(contacts))
        self.engine.register("web_network", WEB_NETWORK.schema.create_empty())
        for one in STATED:
            rows = [said(one.table, row) for row in (stated or {}).get(one.table, [])]
            self.engine.register(one.table, frame(one.table, rows).with_columns(dt=pl.lit(on)))
        for name in (one.table for one in STEP.inputs if one.window == "previous"):
            self.engine.register(f"previous_{name}", self.state.get(name, TABLES[name].schema.create_empty()))
        found = STEP.frames(self.engine, Day(on, self.policy, "key"))
        for name, made in found.items():
            TABLES[name].schema.validate(made)
        self.state = found
        return found


@pytest.fixture
def days(engine: DuckDBEngine, policy: Policy) -> Days:
    return Days(engine, policy)


@pytest.fixture
def parts() -> Callable[[dict[str, pl.DataFrame]], set[frozenset[str]]]:
    """The partition of records, as a set of sets."""
    return partition


def partition(found: dict[str, pl.DataFrame]) -> set[frozenset[str]]:
    groups = found["member"].group_by("person_id").agg("record_id")["record_id"].to_list()
    return {frozenset(group) for group in groups}
