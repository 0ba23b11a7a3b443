"""A handful of people and one small group for tests of audiences, measurement and reports. Every oddity earns its place."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from pipelines.audiences.membership import STEP
from pipelines.engine import Engine
from pipelines.step import Day
from schemas.contract import Table
from schemas.policy import Policy
from schemas.policy.audiences import AudiencePolicy
from schemas.policy.channels import ChannelsPolicy
from schemas.policy.experiments import ExperimentsPolicy
from schemas.policy.group import Brand, Group, Market, Rooftop
from schemas.policy.identity import IdentityPolicy
from schemas.policy.plan import Budget, ConquestBrand, ConquestPolicy, PlanPolicy, Radius
from schemas.policy.triggers import ServiceStates, TriggersPolicy
from schemas.tables.audiences import MEMBERSHIP
from schemas.tables.contacts import CONTACT
from schemas.tables.experiments import ASSIGNMENT, GEO_CLUSTER
from schemas.tables.exports import SUPPRESSION
from schemas.tables.geography import ZIP_DISTANCE, ZIP_REACH
from schemas.tables.identity import ID_EVENT, PERSON, PERSON_IDENTIFIER
from schemas.tables.identity_state import RETIRED_PERSON
from schemas.tables.traits import CANDIDATE, INTEREST

AS_OF = date(2026, 11, 21)
_BLANK: dict[type, Any] = {pl.Boolean: False, pl.String: "", pl.Float64: 0.0, pl.Int64: 0, pl.List: []}


def rows_of(table: Table, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows of a table in its dtypes; a column that is not given is null where it may be, else false, 0, empty."""
    columns = table.schema.columns()
    filled = {name: None if column.nullable else _BLANK.get(column.dtype.base_type()) for name, column in columns.items()}
    listed = [{**filled, **row} for row in rows]
    unknown = {key for row in listed for key in row} - set(columns)
    assert not unknown, f"{table.name} has no columns {sorted(unknown)}"
    return pl.DataFrame(listed, schema={name: column.dtype for name, column in columns.items()}, orient="row")


def candidates(*rows: Mapping[str, Any]) -> pl.DataFrame:
    """Candidate rows; identity_tier is exact and intent_tier cold unless given."""
    return rows_of(CANDIDATE, [{"identity_tier": "exact", "intent_tier": "cold", "is_first_party": True, **row} for row in rows])


def audience(name: str, segment: str, when: str | dict[str, Any], **given: Any) -> AudiencePolicy:
    """An audience with one rule, or with a whole condition."""
    rules = {"name": "rule", "when": when, "reason": "holds"} if isinstance(when, str) else when
    base: dict[str, Any] = {
        "audience": name,
        "segment": segment,
        "title": name,
        "purpose": "a test",
        "owner": "team:test",
        "code": {"conquest": "CQ", "in_market": "IM", "loyalty": "LO"}[segment],
        "cell_by": ("brand", "market"),
        "priority": 10,
        "rules": rules,
        "score": "intent_score",
        "stay_days": 30,
        "channels": ("email", "mail", "social"),
        "message": "hello",
    }
    return AudiencePolicy.model_validate({**base, **given})


BESIDE = (SUPPRESSION, CONTACT, INTEREST, ZIP_DISTANCE, ZIP_REACH, PERSON, RETIRED_PERSON, ID_EVENT, GEO_CLUSTER)
BRANDS = (
    Brand(brand="lux", code="LUX", make="Acura", position="luxury"),
    Brand(brand="vol1", code="VL1", make="Mazda", position="volume"),
)
MARKETS = (
    Market(market="metro", code="M1", title="Metro", type="primary", zip_prefixes=("280",)),
    Market(market="town", code="M2", title="Town", type="tertiary", zip_prefixes=("287",)),
)
ROOFTOPS = tuple(
    Rooftop(
        rooftop_id=one, title=one, brand=brand, market=market, zip="28202", dealer_ids=("DVD00001",), monthly_capacity_contacts=9
    )
    for one, brand, market in (("R01", "lux", "metro"), ("R02", "vol1", "metro"), ("R03", "vol1", "town"))
)
GROUP = Group(
    group="test", title="Test Group", export_prefix="TST", time_zone="America/New_York", history_months=18,
    brands=BRANDS, markets=MARKETS, rooftops=ROOFTOPS,
)  # fmt: skip
RADII = (
    Radius(segment="conquest", market_type="primary", whole_market=True),
    Radius(segment="conquest", market_type="tertiary", miles=30),
    Radius(segment="in_market", market_type="primary", miles=20),
    Radius(segment="loyalty", market_type="primary", unlimited=True),
    Radius(segment="loyalty", market_type="tertiary", unlimited=True),
)


def policy(*audiences: AudiencePolicy, **given: Any) -> Policy:
    """A policy with what audiences need; the parts that they do not read are left out."""
    parts: dict[str, Any] = {
        "group": GROUP,
        "conquest": ConquestPolicy(
            brands=(ConquestBrand(brand="lux", makes=("BMW",)), ConquestBrand(brand="vol1", makes=("Toyota", "Honda"))),
            radii=RADII,
        ),
        "audiences": audiences,
        "triggers": TriggersPolicy(
            triggers={}, service_states=ServiceStates(at_risk_from=12, lapsed_from=18, lost_from=24), life_event_days=90
        ),
        "channels": ChannelsPolicy(
            segment_priority=("loyalty", "in_market", "conquest"),
            brand_choice=("garage", "interest", "distance"),
            platforms={},
            segments_on=("loyalty", "in_market", "conquest"),
        ),
        "experiments": ExperimentsPolicy(global_control_share=0.0, experiments=()),
        "plan": PlanPolicy(budget=Budget(total_usd_per_year=1.0, splits={}), targets=(), messages=()),
        "identity": IdentityPolicy.model_construct(stale_after_months=60),
        "policy_hash": "hash-1",
    }
    return Policy.model_construct(**{**parts, **given})


def day(of: Policy, as_of: date = AS_OF) -> Day:
    """The day of a policy."""
    return Day(as_of=as_of, policy=of, seed="seed")


def register(engine: Engine, tables: Mapping[str, pl.DataFrame]) -> None:
    """Make frames readable under their names; what membership reads besides is empty."""
    empty = {**{one.name: rows_of(one, []) for one in BESIDE}, "previous_assignment": rows_of(ASSIGNMENT, [])}
    for name, frame in {**empty, **tables}.items():
        engine.register(name, frame)


def membership_of(
    engine: Engine, of: Policy, rows: Iterable[Mapping[str, Any]], **beside: pl.DataFrame
) -> dict[str, pl.DataFrame]:  # fmt: skip
    """The tables of membership of candidates, on a first day unless `beside` says what was before."""
    nothing = {"person_identifier": rows_of(PERSON_IDENTIFIER, []), "previous_membership": rows_of(MEMBERSHIP, [])}
    register(engine, {**nothing, **beside, "candidate": candidates(*rows)})
    return STEP.frames(engine, day(of))
