"""A made-up group of some hundred people and two years, in which who shops soon buys. Every number comes from a fixed draw."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from pipelines.propensity.daily import STEP
from pipelines.step import Day
from schemas.policy import Policy
from schemas.policy.propensity import PropensityPolicy
from schemas.tables import all_tables
from tests import trait_world
from tests.engines import fresh_engine

AS_OF = date(2026, 11, 21)
FIRST = AS_OF - timedelta(days=540)
LIMITS = PropensityPolicy(min_positives=60, min_negatives=60, min_purchases_judged=20, calibration_tolerance=0.6)


def policy(limits: PropensityPolicy = LIMITS) -> Policy:
    return trait_world.policy(propensity=limits)


def day(as_of: date = AS_OF, limits: PropensityPolicy = LIMITS) -> Day:
    return Day(as_of, policy(limits), "test")


def deal(person: object, on: date, number: int = 0, **given: Any) -> dict[str, Any]:
    known = {"record_id": f"dms_sales:{person}:buyer", "vin": f"V{person}-{number}", "kind": "sale", "status": "closed"}
    dates = {"occurred_on": on, "opened_on": on, "transaction_id": f"dms_sales:{person}-{number}"}
    return {**known, **dates, "price": Decimal(30000), "sale_type": "retail", "condition": "new", **given}


def touch(record: str, on: date, kind: str = "vdp_view", touches: int = 1, **given: Any) -> dict[str, Any]:
    return {
        "record_id": record,
        "local_day": on,
        "kind": kind,
        "touches": touches,
        "feed": record.split(":", maxsplit=1)[0],
        **given,
    }


def world(people: int = 900, seed: int = 5, *, has_signal: bool = True) -> dict[str, list[dict[str, Any]]]:
    """Inputs of the step. Each person bought once long ago; four in ten buy again, after three weeks of shopping."""
    rng = np.random.default_rng(seed)
    deals, touches = [], []
    for person in range(people):
        deals.append(deal(person, FIRST - timedelta(days=int(rng.integers(200, 1500)))))
        client = f"crm_leads:{person}:lead"
        touches.append(touch(client, FIRST + timedelta(days=int(rng.integers(0, 20))), "srp_view"))
        on = FIRST + timedelta(days=int(rng.integers(40, 540)))
        buys = bool(rng.random() < 0.75)
        if buys and on <= AS_OF:
            deals.append(deal(person, on, 1))
        shops_from = on if has_signal else FIRST + timedelta(days=int(rng.integers(40, 540)))
        days = rng.integers(1, 25, size=6) if buys and has_signal else rng.integers(1, 25, size=1)
        touches += [
            touch(client, shops_from - timedelta(days=int(one)), touches=2, vin=f"S{one % 3}", make="Kia", model="Rio")
            for one in days
        ]
        touches += (
            [touch(client, shops_from - timedelta(days=2), "form_sales")] if buys and has_signal and rng.random() < 0.5 else []
        )
    touches = [one for one in touches if one["local_day"] <= AS_OF]
    return {**parties(range(people)), "transaction": deals, "touch_day": touches}


def parties(people: Any) -> dict[str, list[dict[str, Any]]]:
    """Members and persons: each has a deal's record and a lead's."""
    ids = [f"p{one:05d}" for one in people]
    records = [(f"dms_sales:{one}:buyer", who) for one, who in zip(people, ids, strict=True)]
    records += [(f"crm_leads:{one}:lead", who) for one, who in zip(people, ids, strict=True)]
    return {
        "member": [{"record_id": record, "person_id": who, "tier": "exact", "rule": "email"} for record, who in records],
        "person": [{"person_id": who, "records": 2, "is_first_party": True} for who in ids],
    }


def tables(given: dict[str, Any]) -> dict[str, pl.DataFrame]:
    """A frame per input of the step; logs with the day they were taken in, which is the lake's first unless given."""
    made = {}
    for one in STEP.inputs:
        rows, contract = given.get(one.alias, []), all_contracts()[one.table]
        dated = [row.pop("dt", date(2026, 11, 1)) for row in rows] if one.window == "until" and isinstance(rows, list) else []
        frame = rows if isinstance(rows, pl.DataFrame) else trait_world.frame(contract, *rows)
        made[one.alias] = frame.with_columns(dt=pl.Series(dated, dtype=pl.Date)) if one.window == "until" else frame
    return made


def all_contracts() -> dict[str, Any]:
    from assets.catalogue import all_contracts as known

    return {**known(), **all_tables()}


def run(frames: dict[str, pl.DataFrame], today: Day | None = None) -> dict[str, pl.DataFrame]:
    """The step's tables, checked against their contracts."""
    engine = fresh_engine()
    for name, frame in frames.items():
        engine.register(name, frame)
    built = STEP.frames(engine, today or day())
    engine.close()
    for table in STEP.tables:
        table.schema.validate(built[table.name])
    return built


def moment(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
