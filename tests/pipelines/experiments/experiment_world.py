"""A few members a day, and the tests that they meet. Only what assignment reads is there."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from assets.engine import DuckDBEngine
from pipelines.experiments.assignment import assign
from schemas.policy.experiments import ExperimentsPolicy
from schemas.tables.experiments import ASSIGNMENT, GEO_CLUSTER
from schemas.tables.identity import ID_EVENT, PERSON
from schemas.tables.identity_state import RETIRED_PERSON
from tests.audience_world import AS_OF, day, policy, rows_of

EXPOSED = dict.fromkeys(("person_id", "audience", "segment", "brand", "market", "market_type", "zip"), pl.String)
HALVES: dict[str, Any] = {
    "experiment": "halves",
    "segment": "in_market",
    "title": "Halves",
    "kind": "person",
    "arms": [{"arm": "left", "share": 0.5}, {"arm": "right", "share": 0.5}],
    "kpi": "leads",
    "is_on": True,
}


def policy_of(*tests: Mapping[str, Any], share: float = 0.0, assignment: Mapping[str, Any] | None = None, **given: Any) -> Any:
    """A policy whose experiments.yaml says this."""
    told = {"global_control_share": share, "experiments": tests, "assignment": assignment or {}, **given}
    return policy(experiments=ExperimentsPolicy.model_validate(told))


def member(person: str, **given: str) -> dict[str, str]:
    """A member of an in-market audience in the metro."""
    base = {"audience": "shopping", "segment": "in_market", "brand": "lux", "market": "metro", "market_type": "primary"}
    return {"person_id": person, **base, **given}


def run(
    engine: DuckDBEngine, of: Any, members: Iterable[Mapping[str, Any]], previous: pl.DataFrame | None = None, *,
    as_of: date = AS_OF, people: Iterable[Mapping[str, Any]] = (), retired: Iterable[Mapping[str, Any]] = (),
    events: Iterable[Mapping[str, Any]] = (), clusters: Iterable[Mapping[str, Any]] = (), seed: str = "seed",
) -> tuple[dict[tuple[str, str], str], pl.DataFrame]:  # fmt: skip
    """The arm of each (audience, person), and the table of the day."""
    engine.register("person", rows_of(PERSON, people))
    engine.register("retired_person", rows_of(RETIRED_PERSON, retired))
    engine.register("id_event", rows_of(ID_EVENT, events))
    engine.register("geo_cluster", rows_of(GEO_CLUSTER, clusters))
    engine.register("previous_assignment", rows_of(ASSIGNMENT, []) if previous is None else previous)
    known = day(of, as_of)
    exposed = pl.DataFrame([{**dict.fromkeys(EXPOSED), **one} for one in members], schema=EXPOSED)
    drawn, table = assign(engine, type(known)(as_of=as_of, policy=of, seed=seed), exposed)
    assert not ASSIGNMENT.schema.filter(table)[1].counts()
    return {(row["audience"], row["person_id"]): row["arm"] for row in drawn.to_dicts()}, table


def arms_of(table: pl.DataFrame, test: str) -> dict[str, str]:
    """person -> arm of one test."""
    return dict(table.filter(pl.col("test") == test).select("person_id", "arm").iter_rows())
