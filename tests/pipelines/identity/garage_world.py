"""What the tests of garages share: deals, orders and lists of a few people, and the step that says who holds which vehicle."""

from collections.abc import Callable
from datetime import date, datetime

import polars as pl
import pytest

from assets.engine import DuckDBEngine
from pipelines.identity.garage import STEP
from pipelines.step import Day
from schemas.policy import Policy
from schemas.sources import all_feeds
from schemas.tables import identity, records
from tests.pipelines.identity.conftest import AS_OF, deal, frame

VIN, OTHER, TYPED = "1HGCM82633A004352", "JM1BK32F781234567", "1HGCM82633A004325"


STAMP = datetime.fromisoformat("2026-11-01T05:00")


SCHEMAS = {"vocabulary_match": records.VOCABULARY_MATCH, "shared_identifier": identity.SHARED_IDENTIFIER}


Garage = Callable[..., dict[tuple[str, str], dict]]


def order(number: str, record_id: str, on: date, **values: object) -> dict:
    return deal(number, record_id, kind="service", transaction_id=f"ro:{number}", occurred_on=on, vin=VIN) | values


def source(feed: str, **values: object) -> dict:
    schema = all_feeds()[feed].schema().create_empty().schema
    origin = {"row_hash": 1, "version_at": STAMP, "file_name": "f", "line_number": 1, "is_superseded": False, "dt": AS_OF}
    return {**dict.fromkeys(schema), **origin, **values}


def listing(**values: object) -> dict:
    return source("ownership_lists", row_key="LIC|7", vin=VIN, licence_id="LIC", expires_on=date(2027, 1, 1)) | values


@pytest.fixture
def garage(engine: DuckDBEngine, policy: Policy) -> Garage:
    """Runs the step; persons are the letters before the colon-free record ids: record a1 belongs to person a."""

    def run(
        deals: list[dict] = (),
        lists: list[dict] = (),
        crm: list[dict] = (),
        shared: list[dict] = (),
        stock: list[dict] = (),
        homes: dict[str, str] | None = None,
        families: dict[str, str] | None = None,
        givens: dict[str, str] | None = None,
        table: str = "garage",
        businesses: str = "",
        words: list[tuple[str, str, str, str]] = (),
    ) -> dict:
        ids = {one[key] for one in deals for key in ("record_id", "co_record_id") if one[key]}
        people = {one: one[0] for one in ids}
        people |= {f"ownership_lists:{one['row_key']}:owner": one.pop("owner", "l") for one in map(dict, lists)}
        lists = [{key: value for key, value in one.items() if key != "owner"} for one in lists]
        people |= {f"crm_contacts:{one['row_key']}:contact": "s" for one in crm}
        member = [{"record_id": r, "person_id": p} for r, p in sorted(people.items())]
        person = [
            {
                "person_id": p,
                "household_id": (homes or {}).get(p, f"h{p}"),
                "first_name": (givens or {}).get(p, f"given {p}"),
                "last_name": (families or {}).get(p, 9 * p),
                "is_business": p in businesses,
            }
            for p in sorted(set(people.values()))
        ]
        vehicle = [
            {"vin": VIN, "year": 2024, "make": "Mazda", "model": "CX-5", "body_style": "suv", "is_vin_valid": True},
            {"vin": TYPED, "is_vin_valid": False},
        ]
        vocabulary = [
            {"kind": "make", "context": "", "raw": "bimmer", "matched": "BMW"},
            {"kind": "model", "context": "BMW", "raw": "x3 sport", "matched": "X3"},
        ]
        vocabulary += [dict(zip(("kind", "context", "raw", "matched"), one, strict=True)) for one in words]
        tables = {
            "member": member,
            "person": person,
            "vehicle": vehicle,
            "vocabulary_match": vocabulary,
            "shared_identifier": shared,
        }
        kinds = {"member": identity.MEMBER, "person": identity.PERSON, "vehicle": records.VEHICLE, **SCHEMAS}
        for name, rows in tables.items():
            schema = kinds[name].schema.create_empty().schema
            engine.register(name, pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema, orient="row"))
        engine.register("transaction", frame("transaction", list(deals)))
        for feed, rows in (("ownership_lists", lists), ("crm_contacts", crm), ("inventory", stock)):
            schema = {**all_feeds()[feed].schema().create_empty().schema, "dt": pl.Date}
            engine.register(feed, pl.DataFrame(list(rows), schema=schema, orient="row"))
        made = STEP.frames(engine, Day(AS_OF, policy, "key"))
        identity.Garage.validate(made["garage"])
        identity.HouseholdGarage.validate(made["household_garage"])
        key = "person_id" if table == "garage" else "household_id"
        return {(one[key], one["vin"]): one for one in made[table].to_dicts()}

    return run
